"""The names of months and weekdays, and the zones of time."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from crawler.extract.dates.written_dates import folded
from crawler.lexicon.calendar_words import calendar_names
from crawler.lexicon.time_zones import country_of, is_zone_name, offset_zone, zone_named
from tests.crawler.lexicon import cldr_calendar

WINTER = datetime(2026, 1, 20)  # noqa: DTZ001 - a wall clock's


def test_the_file_is_what_cldr_says_now() -> None:
    assert cldr_calendar.FILE.read_text("utf-8") == cldr_calendar.text()


def test_a_name_is_told_by_language_the_likeliest_first() -> None:
    names = calendar_names(folded)
    assert names.months["mars"]["fr"] == 3
    assert names.weekdays["cet"]["hr"] == 3
    assert names.halves["오후"]["ko"] == 12
    assert next(iter(names.months["march"])) == "en"
    assert names.is_a_name("dienstag")
    assert not names.is_a_name("ferry")


@pytest.mark.parametrize(
    ("name", "country", "hours"),
    [("cet", None, 1), ("ist", "in", 5.5), ("ist", "ie", 1), ("aest", None, 10), ("est", "us", -5)],
)
def test_a_zone_is_known_by_its_name_and_country(
    name: str, country: str | None, hours: float
) -> None:
    zone = zone_named(name, country)
    assert zone is not None
    assert zone.utcoffset(WINTER) == timedelta(hours=hours)


def test_a_name_of_several_zones_is_none_without_a_country() -> None:
    assert is_zone_name("ist")
    assert zone_named("ist", None) is None
    assert zone_named("ferry", "us") is None


@pytest.mark.parametrize(
    ("host", "country"),
    [
        ("www.example.in", "in"),
        ("example.co.uk.", "uk"),
        ("example.com", None),
        ("news.example.tv", None),
    ],
)
def test_the_country_of_a_host_is_its_top_level_domains(host: str, country: str | None) -> None:
    assert country_of(host) == country


def test_an_offset_is_hours_and_minutes() -> None:
    assert offset_zone("-03:30").utcoffset(None) == timedelta(hours=-3.5)
    with pytest.raises(ValueError, match="3:30"):
        offset_zone("3:30")
