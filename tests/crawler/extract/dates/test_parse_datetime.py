"""Moments as pages write them."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta, timezone

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from crawler.extract.dates.parse_datetime import parse_datetime, stated_datetime

NOW = datetime(2026, 5, 20, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2026-05-19T08:15:00+02:00", datetime(2026, 5, 19, 6, 15, tzinfo=UTC)),
        ("2026-05-19T08:15:00.123Z", datetime(2026, 5, 19, 8, 15, tzinfo=UTC)),
        ("2026-05-19 08:15:00 -0500", datetime(2026, 5, 19, 13, 15, tzinfo=UTC)),
        ("20260519", datetime(2026, 5, 19, tzinfo=UTC)),
        ("2026/05/19", datetime(2026, 5, 19, tzinfo=UTC)),
        ("19.05.2026", datetime(2026, 5, 19, tzinfo=UTC)),
        ("May 19, 2026", datetime(2026, 5, 19, tzinfo=UTC)),
        ("Tue, 19 May 2026 08:15:00 +0200", datetime(2026, 5, 19, 6, 15, tzinfo=UTC)),
        ("1779178500", datetime(2026, 5, 19, 8, 15, tzinfo=UTC)),
        ("1779178500000", datetime(2026, 5, 19, 8, 15, tzinfo=UTC)),
        ("2026-05-21T02:00:00Z", datetime(2026, 5, 21, 2, 0, tzinfo=UTC)),
        ("2026-05-19T00:00:00+08:00", datetime(2026, 5, 19, tzinfo=UTC)),
        ("2026-05-19T00:00:00-05:00", datetime(2026, 5, 19, 5, 0, tzinfo=UTC)),
        ("19. Mai 2026", datetime(2026, 5, 19, tzinfo=UTC)),
        ("۲۹ اردیبهشت ۱۴۰۵", datetime(2026, 5, 19, tzinfo=UTC)),
    ],
)
def test_a_moment_is_read_as_utc(written: str, meant: datetime) -> None:
    assert parse_datetime(written, NOW) == meant


@pytest.mark.parametrize(
    "written",
    [
        *("", "yesterday", "10", "2026", "2026-02-30", "2026-13-01", "0000-00-00", "9999-12-31"),
        *("1989-12-31", "1970-01-01T00:00:00Z", "2026-05-21T04:00:00Z", "2026-05-19T25:00:00Z"),
        *("0001-01-01T00:00:00+14:00", "99999999999999", "2026-05-19T08:15:00+99:99"),
    ],
)
def test_what_cannot_be_read_or_be_true_is_none(written: str) -> None:
    assert parse_datetime(written, NOW) is None


@pytest.mark.parametrize(
    ("written", "lie"),
    [
        ("2026-06-30T00:00:00Z", "future"),
        ("9999-12-31T23:59:59-10:00", "future"),
        ("1970-01-01T00:00:00Z", "too old"),
        ("0", "too old"),
        ("0001-01-01T00:00:00", "too old"),
        ("0001-01-01T00:00:00+14:00", "too old"),
        ("1989-12-31", "too old"),
        ("0000-00-00", "impossible"),
        ("2026-02-30", "impossible"),
        ("2026-13-01T10:00:00Z", "impossible"),
        ("soon", ""),
        ("", ""),
        ("2026-05-19", ""),
        ("9" * 100_000, ""),
    ],
)
def test_a_lie_is_named(written: str, lie: str) -> None:
    assert stated_datetime(written, NOW).lie == lie


@given(
    st.integers(0, int((NOW - datetime(1990, 1, 2, tzinfo=UTC)).total_seconds())),
    st.integers(-14 * 60, 14 * 60),
)
def test_every_iso_moment_comes_back(seconds: int, offset: int) -> None:
    zone = timezone(timedelta(minutes=offset))
    moment = (NOW - timedelta(seconds=seconds)).astimezone(zone)
    assume(moment.time() != time())  # midnight may mean a day
    assert parse_datetime(moment.isoformat(), NOW) == moment


@given(st.text(max_size=40))
def test_nothing_written_raises(text: str) -> None:
    parse_datetime(text, NOW)
