"""Days as people write them."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.extract.dates.written_dates import day_written, read_dated_line

DAYS = st.dates(date(1990, 1, 1), date(2060, 12, 31))


@given(DAYS)
def test_every_day_comes_back(day: date) -> None:
    for pattern in ("%d.%m.%Y", "%Y-%m-%d", "%Y年%m月%d日", "%d %B %Y", "%B %d, %Y", "%b. %d, %Y"):
        assert day_written(day.strftime(pattern)) == day


@given(DAYS)
def test_a_buddhist_year_is_543_ahead(day: date) -> None:
    assert day_written(f"{day.day} / {day.month}") is None
    assert day_written(f"{day.year + 543}-{day.month:02}-{day.day:02}") == day


@pytest.mark.parametrize(
    ("year", "first"),
    [
        *((1378, date(1999, 3, 21)), (1387, date(2008, 3, 20)), (1399, date(2020, 3, 20))),
        *((1400, date(2021, 3, 21)), (1404, date(2025, 3, 21)), (1408, date(2029, 3, 20))),
    ],
)
def test_persian_years_begin_in_spring(year: int, first: date) -> None:
    assert day_written(f"1 فروردین {year}") == first
    assert day_written(f"{year}/07/01") == first + timedelta(days=6 * 31)


@pytest.mark.parametrize(
    "text",
    [
        *("", "yesterday", "12 May", "May 2026", "2026", "30 February 2026", "0 May 2026"),
        *("03/04/2026", "03-04-2026", "from 3 May 2026 to 4 May 2026", "12345-67-89", "1 مهر 2026"),
        "12 May 2026 " * 50,
    ],
)
def test_no_whole_day_several_or_an_ambiguous_one_is_none(text: str) -> None:
    assert day_written(text) is None


@pytest.mark.parametrize(
    ("text", "beside"),
    [
        ("Published: Tuesday, May 12, 2026 at 9:30 a.m. EDT", ""),
        ("Von Ada Low | 12.05.2026, 11:30 Uhr", "von ada low"),
        ("The wall of 12 May 1994 fell", "wall fell"),
    ],
)
def test_what_says_nothing_beside_a_date_is_left_out(text: str, beside: str) -> None:
    written = read_dated_line(text)
    assert written is not None
    assert written.beside == beside


@pytest.mark.parametrize(
    "text", ["Updated 12 May 2026", "Stand: 12.05.2026", "Mis à jour le 12 mai 2026"]
)
def test_a_label_tells_of_a_change(text: str) -> None:
    written = read_dated_line(text)
    assert written is not None
    assert written.of_change


@given(st.text(max_size=250))
def test_nothing_written_raises(text: str) -> None:
    read_dated_line(text)
