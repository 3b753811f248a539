"""Days and quiet hours by the clock on a recipient's wall, also where it jumps."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.calendar.local_time import day_of, day_start, quiet_end, same_hours, zone_of

BERLIN = ZoneInfo("Europe/Berlin")
ZONES = [
    ZoneInfo(name)
    for name in (
        "UTC",
        "Europe/Berlin",
        "Asia/Kathmandu",  # 5:45 before UTC
        "Australia/Lord_Howe",  # its clock jumps by half an hour
        "America/Havana",  # its clock jumps at midnight
        "Pacific/Apia",
    )
]


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc,arg-type]


@pytest.mark.parametrize(
    "name", ["", "Mars/Base", "../../etc/passwd", "Europe", "/etc/passwd", "a\0"]
)
def test_what_is_no_time_zone_is_none(name: str) -> None:
    assert zone_of(name) is None


@pytest.mark.parametrize(
    ("now", "end"),
    [
        (utc(2026, 6, 1, 19, 59), None),  # 21:59 in Berlin
        (utc(2026, 6, 1, 20, 0), utc(2026, 6, 2, 5, 0)),
        (utc(2026, 6, 1, 23, 0), utc(2026, 6, 2, 5, 0)),  # after midnight
        (utc(2026, 6, 2, 4, 59), utc(2026, 6, 2, 5, 0)),
        (utc(2026, 6, 2, 5, 0), None),
        (utc(2026, 12, 1, 21, 0), utc(2026, 12, 2, 6, 0)),  # in winter
    ],
)
def test_quiet_hours_go_over_midnight(now: datetime, end: datetime | None) -> None:
    assert quiet_end(now, BERLIN, time(22), time(7)) == end


def test_quiet_hours_within_a_day() -> None:
    assert quiet_end(utc(2026, 6, 1, 11), BERLIN, time(12), time(14)) == utc(2026, 6, 1, 12)
    assert quiet_end(utc(2026, 6, 1, 9), BERLIN, time(12), time(14)) is None


@given(st.datetimes(timezones=st.just(UTC)), st.times())
def test_from_a_time_until_the_same_time_there_are_no_quiet_hours(now: datetime, at: time) -> None:
    at = at.replace(second=0, microsecond=0)
    assert quiet_end(now.replace(year=2026, day=1), BERLIN, at, at) is None


def test_a_zone_at_quarter_hours_has_its_own_quiet_hours() -> None:
    kathmandu = ZoneInfo("Asia/Kathmandu")
    assert quiet_end(utc(2026, 6, 1, 16, 14), kathmandu, time(22), time(7)) is None
    assert quiet_end(utc(2026, 6, 1, 16, 15), kathmandu, time(22), time(7)) == utc(
        2026, 6, 2, 1, 15
    )


def test_quiet_hours_end_on_time_in_the_nights_when_the_clock_changes() -> None:
    assert quiet_end(utc(2026, 3, 28, 22), BERLIN, time(22), time(7)) == utc(2026, 3, 29, 5)
    assert quiet_end(utc(2026, 10, 24, 21), BERLIN, time(22), time(7)) == utc(2026, 10, 25, 6)


def test_an_end_that_the_clock_jumps_over_is_the_jump() -> None:
    assert quiet_end(utc(2026, 3, 29, 0, 10), BERLIN, time(1), time(2, 30)) == utc(2026, 3, 29, 1)
    # The clock jumped to 03:00: what comes now does not wait.
    assert quiet_end(utc(2026, 3, 29, 1), BERLIN, time(1), time(2, 30)) is None


def test_hours_that_the_clock_shows_twice_are_quiet_twice() -> None:
    first, second = utc(2026, 10, 25, 0, 10), utc(2026, 10, 25, 1, 10)  # both 02:10 in Berlin
    assert quiet_end(first, BERLIN, time(1), time(2, 30)) == utc(2026, 10, 25, 0, 30)
    assert quiet_end(second, BERLIN, time(1), time(2, 30)) == utc(2026, 10, 25, 1, 30)


MINUTES = st.times().map(lambda at: at.replace(second=0, microsecond=0))
MOMENTS = st.integers(0, 600_000_000).map(lambda at: utc(2011, 1, 1) + timedelta(seconds=at))


@given(MOMENTS, st.sampled_from(ZONES), MINUTES, MINUTES, st.floats(0, 0.999))
def test_all_is_quiet_until_quiet_hours_end_and_not_then(
    now: datetime, zone: ZoneInfo, begin: time, until: time, part: float
) -> None:
    end = quiet_end(now, zone, begin, until)
    if end is None:
        return
    assert now < end <= now + timedelta(hours=50)  # Apia skipped a day
    assert quiet_end(now + (end - now) * part, zone, begin, until) == end
    assert quiet_end(end, zone, begin, until) is None


@given(MOMENTS, st.sampled_from(ZONES))
def test_a_day_begins_when_the_clock_shows_it_first(now: datetime, zone: ZoneInfo) -> None:
    start = day_start(day_of(now, zone), zone)
    assert start <= now
    assert day_of(start, zone) == day_of(now, zone)
    assert day_of(start - timedelta(seconds=1), zone) < day_of(now, zone)


def test_a_day_whose_midnight_is_skipped_begins_at_the_jump() -> None:
    beirut = ZoneInfo("Asia/Beirut")
    assert day_start(date(2022, 3, 27), beirut) == utc(2022, 3, 26, 22)


def test_days_before_end_at_this_time_of_day_as_their_clock_showed_it() -> None:
    now = utc(2026, 3, 30, 10)  # noon in Berlin, a day after the jump
    [sunday, saturday] = same_hours(now, BERLIN, 2)
    assert sunday == (utc(2026, 3, 28, 23), utc(2026, 3, 29, 10))
    assert saturday == (utc(2026, 3, 27, 23), utc(2026, 3, 28, 11))
