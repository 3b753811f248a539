"""Read the days that people wrote: months by name in many languages, Persian and Thai years; pure.

Only a whole day counts, with its year.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from crawler.lexicon.calendar_words import any_word, month_numbers

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_LONGEST = 200  # characters; a longer line is prose
_PERSIAN_YEARS = range(1360, 1450)
_BUDDHIST_YEARS = range(2500, 2650)
_BUDDHIST_AHEAD = 543  # years of the Buddhist calendar before ours
_NOWRUZ = date(2020, 3, 20)  # the first day of the Persian year 1399
_NOWRUZ_YEAR = 1399
_LETTERS = str.maketrans("یکłıø", "يكlio")  # letters that are written in two ways
_NUMERALS = "一二三四五六七八九"
_ZEROS = "\u3007零"
_NTH = r"(?:st|nd|rd|th|er|ro|º|ª|\.)?"
_TIME = re.compile(
    r"\d{1,2}[:.h]\d{2}(?:[:.]\d{2})?\s?(?:[ap]\.?m\.?|uhr|z)?|\d{1,2}\s?(?:[ap]\.?m\.?|uhr)|\d+\s?min"
)
_IN_PATH = (
    re.compile(r"/(?P<y>\d{4})/(?P<m>\d{1,2}|[a-z]{3,9})/(?P<d>\d{1,2})(?=[/_-]|$)"),
    re.compile(r"/(?P<y>\d{4})-(?P<m>\d{2})-(?P<d>\d{2})(?=[/_-]|$)"),
    re.compile(r"/(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})(?=/|$)"),
)
_OLDEST_IN_PATH = 1990  # year; a lower number is none


@dataclass(frozen=True, slots=True)
class WrittenDate:
    """A date where it stands in a line, and the days that it may mean: none where it can't be one.

    Two days are meant where either number may be the month.
    """

    start: int
    end: int
    days: tuple[date, ...]


@dataclass(frozen=True, slots=True)
class DatedLine:
    """A day that a line gives, what else the line says, and whether it tells of a change."""

    day: date
    beside: str
    of_change: bool = False


def day_written(text: str) -> date | None:
    """Return the one day that stands in a text, None for none, several, or an ambiguous one."""
    line = read_dated_line(text)
    return line.day if line is not None else None


def read_dated_line(text: str) -> DatedLine | None:
    """Read a line that gives one day; None where it gives none, several or an ambiguous one."""
    if len(text) > _LONGEST or not any(map(str.isdigit, text)):
        return None
    line = folded(text)
    dates = written_dates(line)
    days = {written.days for written in dates}
    meant = days.pop() if len(days) == 1 else ()
    return _dated_line(meant[0], line, dates) if len(meant) == 1 else None


def written_dates(line: str) -> list[WrittenDate]:
    """Return the dates of a line in small letters without accents, in the order of their places."""
    dates: list[WrittenDate] = []
    for form in _forms():
        for match in form.finditer(line):
            if not any(other.start < match.end() and match.start() < other.end for other in dates):
                dates.append(WrittenDate(*match.span(), tuple(_days(match))))
    return sorted(dates, key=lambda written: written.start)


def date_of_address(url: str) -> date | None:
    """Return the day that stands in an address's path, the newest when there are several."""
    path = urlsplit(url).path.lower()
    matches = (match for form in _IN_PATH for match in form.finditer(path))
    dated = (match for match in matches if int(match["y"]) >= _OLDEST_IN_PATH)
    return max((day for match in dated for day in _days(match)), default=None)


def folded(text: str) -> str:
    """Return a text in small letters without accents, with one spelling for each letter."""
    if text.isascii():
        return text.lower()
    return without_accents(text.casefold()).translate(_LETTERS)


def without_accents(text: str) -> str:
    """Return a text with plain letters and digits in place of those with accents and of widths."""
    apart = unicodedata.normalize("NFKD", text)
    bare = "".join(c for c in apart if not unicodedata.combining(c))
    return unicodedata.normalize("NFC", bare)


@cache
def change_label() -> re.Pattern[str]:
    """Return what stands before the day of a change, in a line as `written_dates` takes it."""
    return re.compile(any_word(folded, "changed"))


@cache
def published_label() -> re.Pattern[str]:
    """Return what stands before the day of publication, in a line as `written_dates` takes it."""
    return re.compile(any_word(folded, "published"))


def _dated_line(day: date, line: str, dates: list[WrittenDate]) -> DatedLine:
    before = line[: dates[0].start]
    for written in reversed(dates):
        line = f"{line[: written.start]} {line[written.end :]}"
    beside = _labels().sub(" ", _TIME.sub(" ", line))
    return DatedLine(day, " ".join(beside.split()), change_label().search(before) is not None)


@cache
def _forms() -> tuple[re.Pattern[str], ...]:
    names = {*_months(), *_persian_months()}
    month = "|".join(re.escape(name) for name in sorted(names, key=lambda name: (-len(name), name)))
    between = r"[\s,./-]*(?:de |of |di )?"
    return tuple(
        re.compile(form)
        for form in (
            rf"(?<!\w)(?P<d>\d{{1,2}}){_NTH}{between}(?P<m>{month})\.?{between}(?:del |พ.ศ. ?)?(?P<y>\d{{4}})(?!\d)",
            rf"(?<!\w)(?P<m>{month})\.?\s*(?P<d>\d{{1,2}}){_NTH}[,.]?\s+(?P<y>\d{{4}})(?!\d)",
            rf"(?<!\w)(?P<y>\d{{4}})\.?\s*(?P<m>{month})\.?\s*(?P<d>\d{{1,2}})(?!\d)",
            r"(?<![\w/.-])(?P<y>\d{4})(?P<s>[-/.])\s?(?P<m>\d{1,2})(?P=s)\s?(?P<d>\d{1,2})(?:t(?=\d)|(?!\d))",
            r"(?<![\w/.-])(?P<d>\d{1,2})(?P<s>\.\s?|[-/])(?P<m>\d{1,2})(?P=s)(?P<y>\d{4})(?!\d)",
            rf"(?<!\d)(?P<y>[\d{_ZEROS}{_NUMERALS}]{{4}})\s?[年년]\s?(?P<m>[\d十{_NUMERALS}]{{1,2}})\s?[月월]\s?(?P<d>[\d十{_NUMERALS}]{{1,3}})\s?[日일]",
            r"(?<!\w)(?P<d>\d{1,2})\s?thang\s?(?P<m>\d{1,2}),?\s?(?:nam )?(?P<y>\d{4})(?!\d)",
        )
    )


def _days(match: re.Match[str]) -> Iterator[date]:
    """Yield the days that a date may mean; two where either number may be the month."""
    year, day = _number(match["y"]), _number(match["d"])
    month = (year in _PERSIAN_YEARS and _persian_months().get(match["m"])) or _month(match["m"])
    either = match.groupdict().get("s") in {"/", "-"} and match.start("d") < match.start("y")
    yield from days_of(year, month, day)
    if either and month != day and year not in _PERSIAN_YEARS:
        yield from days_of(year, day, month)


def days_of(year: int, month: int, day: int) -> Iterator[date]:
    """Yield the day of a year that may be one of the Persian or the Buddhist calendar; nothing for none."""
    if year in _PERSIAN_YEARS:
        yield from _from_persian(year, month, day)
        return
    try:
        yield date(year - _BUDDHIST_AHEAD if year in _BUDDHIST_YEARS else year, month, day)
    except ValueError:
        return


def _month(written: str) -> int:
    return _months().get(written, 0) or _number(written)


def _number(written: str) -> int:
    """Read digits, or Chinese numerals up to 31 or digit by digit; 0 for neither."""
    if written.isdecimal():
        return int(written)
    tens, ten, ones = written.rpartition("十")
    if ten:
        return 10 * (_digits(tens) if tens else 1) + (_digits(ones) if ones else 0)
    return _digits(written)


def _digits(written: str) -> int:
    numerals = (c if c.isdecimal() else str(_NUMERALS.find(c) + 1) for c in written)
    return int("".join(numerals))


def _from_persian(year: int, month: int, day: int) -> Iterator[date]:
    """Convert by the 33-year cycle of leap years, which is right from 1800 to 2256."""
    if 1 <= month <= 12 and 1 <= day <= 31:  # noqa: PLR2004
        into_year = 31 * (month - 1) - max(0, month - 7) + day - 1
        days = _persian_days(year) - _persian_days(_NOWRUZ_YEAR) + into_year
        yield _NOWRUZ + timedelta(days=days)


def _persian_days(year: int) -> int:
    """Return the days before a Persian year, counted from some fixed day."""
    past = year + 1595
    return 365 * past + past // 33 * 8 + (past % 33 + 3) // 4


@cache
def _months() -> Mapping[str, int]:
    return month_numbers(folded)


@cache
def _persian_months() -> Mapping[str, int]:
    return month_numbers(folded, "persian_months")


@cache
def _labels() -> re.Pattern[str]:
    """Return what stands beside a date and says nothing: labels, weekdays, small words, signs."""
    return re.compile(rf"{any_word(folded, 'published', 'changed', 'weekdays', 'joining')}|[^\w]+")
