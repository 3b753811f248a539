"""Days and ranges of days as people write them, in UTC; pure."""

from __future__ import annotations

import re
from datetime import date, timedelta

from scheduler.query.language.limits import shown
from scheduler.query.language.tree import DateRange
from storage.errors import QueryError

VALUE = re.compile(r"\s*(?:[\[{][^\[\]{}()]{0,80}[\]}]|(?:[<>]=?|=)?\s*[^\s()\"<>,;]+)")
"""What can stand behind `date:`."""

_DAY = re.compile(r"(\d{4})(?:[-/](\d{1,2})(?:[-/](\d{1,2}))?)?")
_BRACKETS = re.compile(r"([\[{])\s*(\S+)\s+TO\s+(\S+)\s*([\]}])", re.IGNORECASE)
_ONE = timedelta(days=1)
_DECEMBER = 12
_FORMS = ("date:2026-11-24", "date:2026-11-01..2026-11-30", "date:>=2026-11-01")

Days = tuple[date, date]


def date_range(name: str, value: str, at: int) -> DateRange:
    """Return the range of `date:`, `after:` or `before:`; `at` is the value's position.

    Raises QueryError for what is no day, and for a range with no or every day in it.
    """
    try:
        found = _after_or_before(name, value, at) if name != "date" else _range(value, at)
    except OverflowError:
        raise _unreadable(value, at, "there is no such day") from None
    if found.first is None and found.last is None:
        raise _unreadable(value, at, f"{shown(value)} leaves every day open")
    if found.first is not None and found.last is not None and found.first > found.last:
        raise QueryError(
            f"no day is in the range {shown(value)}: it ends before it begins",
            position=at,
            suggestion=f"write date:{found.last}..{found.first}",
        )
    return found


def _after_or_before(name: str, value: str, at: int) -> DateRange:
    days = _days(value, at)
    return DateRange(days[1] + _ONE, None) if name == "after" else DateRange(None, days[0] - _ONE)


def _range(value: str, at: int) -> DateRange:
    brackets = _BRACKETS.fullmatch(value)
    if brackets:
        first, last = _open_end(brackets[2], at), _open_end(brackets[3], at)
        after, before = brackets[1] == "{", brackets[4] == "}"
        return DateRange(
            first and (first[1] + _ONE if after else first[0]),
            last and (last[0] - _ONE if before else last[1]),
        )
    if value[0] in "<>=":
        return _compared(value, at)
    if ".." in value:
        start, _, end = value.partition("..")
        first, last = _open_end(start or "*", at), _open_end(end.lstrip(".") or "*", at)
        return DateRange(first and first[0], last and last[1])
    days = _days(value, at)
    return DateRange(*days)


def _compared(value: str, at: int) -> DateRange:
    sign = value[: 2 if value[1:2] == "=" else 1]
    days = _days(value[len(sign) :].strip(), at)
    ranges = {
        ">=": lambda: DateRange(days[0], None),
        ">": lambda: DateRange(days[1] + _ONE, None),
        "<=": lambda: DateRange(None, days[1]),
        "<": lambda: DateRange(None, days[0] - _ONE),
        "=": lambda: DateRange(*days),
    }
    if sign not in ranges:
        raise _unreadable(value, at)
    return ranges[sign]()


def _open_end(text: str, at: int) -> Days | None:
    return None if text == "*" else _days(text, at)


def _days(text: str, at: int) -> Days:
    """Return the first and last day of a day, a month or a year."""
    found = _DAY.fullmatch(text)
    if found is None:
        raise _unreadable(text, at)
    year, month, day = (int(part) if part else None for part in found.groups())
    try:
        first = date(year or 0, month or 1, day or 1)
        last = first if day else _last_of(first, whole_year=month is None)
    except ValueError:
        raise _unreadable(text, at, f"there is no day {shown(text)}") from None
    return first, last


def _last_of(first: date, *, whole_year: bool) -> date:
    if whole_year or first.month == _DECEMBER:
        return date(first.year, _DECEMBER, 31)
    return date(first.year, first.month + 1, 1) - _ONE


def _unreadable(text: str, at: int, reason: str | None = None) -> QueryError:
    return QueryError(
        reason or f"{shown(text)} is no day",
        position=at,
        expected=("a day as 2026-11-24", "a month as 2026-11", "a range"),
        suggestion=f"write year, month, day: {', '.join(_FORMS)}",
    )
