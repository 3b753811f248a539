"""A date as a field holds it: read where every token is understood, and else not at all."""

from __future__ import annotations

import contextlib
from datetime import UTC, date, datetime, timedelta
from itertools import product

import pytest
from babel import Locale
from babel.dates import format_date, format_datetime
from babel.localedata import locale_identifiers
from hypothesis import given
from hypothesis import strategies as st

from crawler.extract.dates.date_value import (
    ANYWHERE,
    HOUR_UNREAD,
    ZONE_UNKNOWN,
    DatePlace,
    WrittenMoment,
    read_moment,
)
from crawler.extract.dates.parse_datetime import is_of_day, listed_datetime, stated_datetime

NOW = datetime(2026, 11, 27, 12, 0, tzinfo=UTC)
DAY = datetime(2026, 11, 26)  # noqa: DTZ001 - as it is written


def at(hour: int, minute: int = 0, offset: float | None = None) -> datetime:
    moment = datetime(2026, 11, 26, hour, minute)  # noqa: DTZ001 - as it is written
    return moment if offset is None else (moment - timedelta(hours=offset)).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("Thu, 26 Nov 2026 08:15:00 +0200", at(8, 15, 2)),  # RFC 822
        ("Thursday, 26-Nov-26 08:15:00 GMT", at(8, 15, 0)),  # RFC 850
        ("Thu Nov 26 08:15:00 2026", at(8, 15)),  # asctime, of C
        ("Thu Nov 26 08:15:00 UTC 2026", at(8, 15, 0)),  # Java's and date's
        ("Thu Nov 26 2026 08:15:00 GMT+0100 (Central European Standard Time)", at(8, 15, 1)),
        ("2026-11-26 08:15:00 +0100 CET", at(8, 15, 1)),  # Go's
        ("26-11-2026 08:15", at(8, 15)),
        ("2026/11/26 15:07", at(15, 7)),
        ("26.11.2026, 15.07 Uhr", at(15, 7)),
        ("26.11.2026 um 15 Uhr 07", at(15, 7)),
        ("26/11/2026 - 15h07", at(15, 7)),
        ("26 novembre 2026 à 15h07", at(15, 7)),
        ("Nov 26, 2026 at 3:07 p.m.", at(15, 7)),
        ("November 26, 2026 12:30 AM", at(0, 30)),
        ("November 26, 2026 12:30 PM", at(12, 30)),
        ("26 Nov 2026 3pm", at(15)),
        ("26 de noviembre de 2026 3:07 p. m.", at(15, 7)),
        ("2026年11月26日 15:07", at(15, 7)),
        ("2026년 11월 26일 오후 3:07", at(15, 7)),
        ("२६ नवंबर २०२६", DAY),
        ("2026-11-26T08:15:00+5:30", at(8, 15, 5.5)),
        ("2026-11-25T24:00:00", DAY),
        ("Published 26 Nov 2026 08:15 | Updated 27 Nov 2026 09:00", at(8, 15)),
        ("Updated: 27 Nov 2026 09:00. Published: 26 Nov 2026 08:15", at(8, 15)),
        ("mar., 24 nov. 2026", datetime(2026, 11, 24)),  # noqa: DTZ001
    ],
)
def test_usual_forms_are_read(written: str, meant: datetime) -> None:
    assert read_moment(written) == WrittenMoment(meant)


@pytest.mark.parametrize(
    ("written", "country", "meant"),
    [
        ("26 Nov 2026 08:15 IST", "in", at(8, 15, 5.5)),
        ("26 Nov 2026 08:15 IST", "il", at(8, 15, 2)),
        ("26 Nov 2026 08:15 CST", "us", at(8, 15, -6)),
        ("26 Nov 2026 08:15 CST", "cn", at(8, 15, 8)),
        ("26 Nov 2026 08:15 CET", None, at(8, 15, 1)),
        ("26 Nov 2026 08:15 MSK", None, at(8, 15, 3)),
        ("11/12/2026", "us", datetime(2026, 11, 12)),  # noqa: DTZ001
        ("11/12/2026", "gb", datetime(2026, 12, 11)),  # noqa: DTZ001
    ],
)
def test_the_country_of_the_site_decides(
    written: str, country: str | None, meant: datetime
) -> None:
    assert read_moment(written, DatePlace(country=country)) == WrittenMoment(meant)


@pytest.mark.parametrize(
    ("written", "doubt"),
    [
        ("26 Nov 2026 08:15 IST", ZONE_UNKNOWN),
        ("26 Nov 2026 08:15 ZZZT", HOUR_UNREAD),
        ("26 Nov 2026 15:15 AM", HOUR_UNREAD),
    ],
)
def test_an_hour_that_is_not_certain_leaves_the_day_and_says_so(written: str, doubt: str) -> None:
    assert read_moment(written) == WrittenMoment(DAY, doubt)
    assert stated_datetime(written, NOW).doubt == doubt


@pytest.mark.parametrize(
    "written",
    [
        *("11/12/2026", "26 Nov", "Nov 2026", "26 27 2026", "26 Nov 2026 and 27 Nov 2026"),
        *("a strike of 26 Nov 2026", "15:07", "26 Nov 2026 08:15 09:15", "1 2 3", "26 Nov 20260"),
        "two weeks ago",
    ],
)
def test_what_is_not_one_certain_day_is_none(written: str) -> None:
    assert read_moment(written) is None


@pytest.mark.parametrize(
    "written", ["31 Feb 2026", "2026/13/14 08:15", "26 Nov 2026 +1700 08:15:00 +1700"]
)
def test_a_day_that_cannot_be_is_an_error(written: str) -> None:
    with pytest.raises(ValueError, match=r"\S"):
        read_moment(written)


NOT_READ = {"bo", "dz", "eu", "fur", "kgp", "kln", "lld", "mni", "mrh", "nnh", "tok", "wo"}
"""Languages of which CLDR writes a whole date, of one month at least, in a way that is not read."""


def test_whole_dates_are_read_as_cldr_writes_them() -> None:
    wrong: dict[str, list[str]] = {}
    for language in filter(lambda code: "_" not in code, sorted(locale_identifiers())):
        for month, width in product(range(1, 13), ("long", "full")):
            day = date(2026, month, 17)
            written = format_date(day, width, locale=language)
            moment = read_moment(written, DatePlace(language))
            has_names = f"M{month:02}" not in written
            if has_names and (moment is None or moment.at.date() != day):
                wrong.setdefault(language, []).append(written)
    assert set(wrong) == NOT_READ, wrong


@given(st.datetimes(datetime(2024, 1, 1), datetime(2026, 12, 31)))  # noqa: DTZ001
def test_the_moments_of_english_come_back_to_the_minute(moment: datetime) -> None:
    minute = moment.replace(second=0, microsecond=0)
    written = format_datetime(minute, "long", locale=Locale("en", "US")).replace(" UTC", "")
    read = read_moment(written, ANYWHERE)
    assert read is not None
    assert read.at == minute


@given(st.text(max_size=60))
def test_nothing_else_raises(text: str) -> None:
    with contextlib.suppress(ValueError):
        read_moment(text)


def test_a_listing_gives_no_guess() -> None:
    assert listed_datetime("2026/11/26 15:07", NOW) == at(15, 7, 0)
    assert listed_datetime("11/12/2026 15:07", NOW) is None
    assert listed_datetime(None, NOW) is None


@pytest.mark.parametrize(
    ("hours", "is_so"), [(-16, False), (-14, True), (0, True), (38, True), (40, False)]
)
def test_an_instant_is_of_a_day_in_some_zone(hours: int, is_so: bool) -> None:
    day = DAY.replace(tzinfo=UTC)
    assert is_of_day(day + timedelta(hours=hours), day) is is_so
