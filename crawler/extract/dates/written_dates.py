"""Read the day that people wrote: months by name in many languages, Persian and Thai years.

Only a whole day counts (with its year), and only one that can be read in one way.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import TYPE_CHECKING

from crawler.lexicon.calendar_words import folded_words, month_numbers

if TYPE_CHECKING:
    from collections.abc import Mapping

_LONGEST = 200  # characters; a longer line is prose
_PERSIAN_YEARS = range(1360, 1450)
_BUDDHIST_YEARS = range(2500, 2650)
_BUDDHIST_AHEAD = 543  # years of the Buddhist calendar before ours
_NOWRUZ = date(2020, 3, 20)  # the first day of the Persian year 1399
_NOWRUZ_YEAR = 1399
_LETTERS = str.maketrans("یکłıø", "يكlio")  # letters that are written in two ways
_NTH = r"(?:st|nd|rd|th|er|ro|º|ª|\.)?"
_TIME = re.compile(
    r"\d{1,2}[:.h]\d{2}(?:[:.]\d{2})?\s?(?:[ap]\.?m\.?|uhr|z)?|\d{1,2}\s?(?:[ap]\.?m\.?|uhr)|\d+\s?min"
)


@dataclass(frozen=True, slots=True)
class Written:
    """A day that a line gives, what else the line says, and whether it tells of a change."""

    day: date
    beside: str
    of_change: bool = False


def day_written(text: str) -> date | None:
    """Return the one day that stands in a text, None for none, several, or an ambiguous one."""
    written = read_written(text)
    return written.day if written is not None else None


def read_written(text: str) -> Written | None:
    """Read a line that gives one day; None where it gives none, several or an ambiguous one."""
    if len(text) > _LONGEST or not any(map(str.isdigit, text)):
        return None
    line = folded(text)
    found: dict[tuple[int, int], date | None] = {}
    for form in _forms():
        for match in form.finditer(line):
            if not any(start < match.end() and match.start() < end for start, end in found):
                found[match.span()] = _day(match)
    days = set(found.values())
    day = days.pop() if len(days) == 1 else None
    return None if day is None else _written(day, line, list(found))


def folded(text: str) -> str:
    """Return a text in small letters without accents, with one spelling for each letter."""
    if text.isascii():
        return text.lower()
    apart = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(c for c in apart if not unicodedata.combining(c))
    return unicodedata.normalize("NFC", bare.translate(_LETTERS))


def _written(day: date, line: str, spans: list[tuple[int, int]]) -> Written:
    before = line[: min(spans)[0]]
    for start, end in sorted(spans, reverse=True):
        line = f"{line[:start]} {line[end:]}"
    beside = _labels().sub(" ", _TIME.sub(" ", line))
    return Written(day, " ".join(beside.split()), _changes().search(before) is not None)


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
            r"(?<![\w/.-])(?P<y>\d{4})(?P<s>[-/.])\s?(?P<m>\d{1,2})(?P=s)\s?(?P<d>\d{1,2})(?!\d)",
            r"(?<![\w/.-])(?P<d>\d{1,2})(?P<s>\.\s?|[-/])(?P<m>\d{1,2})(?P=s)(?P<y>\d{4})(?!\d)",
            r"(?<!\d)(?P<y>\d{4})\s?[年년]\s?(?P<m>\d{1,2})\s?[月월]\s?(?P<d>\d{1,2})\s?[日일]",
            r"(?<!\w)(?P<d>\d{1,2})\s?thang\s?(?P<m>\d{1,2}),?\s?(?:nam )?(?P<y>\d{4})(?!\d)",
        )
    )


def _day(match: re.Match[str]) -> date | None:
    year, day, named = int(match["y"]), int(match["d"]), match["m"]
    month = int(named) if named.isdecimal() else _months().get(named, 0)
    if year in _PERSIAN_YEARS:
        return _from_persian(year, month or _persian_months().get(named, 0), day)
    if match.groupdict().get("s") in {"/", "-"} and match.start("d") < match.start("y"):
        if day != month and max(day, month) <= 12:  # noqa: PLR2004  either may be the month
            return None
        day, month = (month, day) if month > 12 else (day, month)  # noqa: PLR2004
    if year in _BUDDHIST_YEARS:
        year -= _BUDDHIST_AHEAD
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _from_persian(year: int, month: int, day: int) -> date | None:
    """Convert by the 33-year cycle of leap years, which is right from 1800 to 2256."""
    if not (1 <= month <= 12 and 1 <= day <= 31):  # noqa: PLR2004
        return None
    into_year = 31 * (month - 1) - max(0, month - 7) + day - 1
    return _NOWRUZ + timedelta(days=_persian_days(year) - _persian_days(_NOWRUZ_YEAR) + into_year)


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
    small = folded_words(folded, "published", "changed", "weekdays", "joining")
    named = "|".join(map(re.escape, small))
    return re.compile(rf"(?<!\w)(?:{named})(?!\w)|[^\w]+")


@cache
def _changes() -> re.Pattern[str]:
    return re.compile(
        "|".join(rf"(?<!\w){re.escape(label)}(?!\w)" for label in folded_words(folded, "changed"))
    )
