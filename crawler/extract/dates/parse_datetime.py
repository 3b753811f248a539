"""Read a moment out of the ways in which pages write it; nothing is better than a wrong one."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import MAXYEAR, UTC, datetime, time, timedelta, timezone
from email.utils import parsedate_to_datetime

from crawler.extract.dates.written_dates import day_written

EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
FUTURE_ALLOWED = timedelta(hours=15)
"""The farthest time zone, and an hour for clocks: a day or a time without its zone may be it."""

_FARTHEST_ZONE = timedelta(hours=15)
_LONGEST = 100  # characters; a longer value is no date

_ISO = re.compile(
    r"(\d{4})[-/.]?(\d{2})[-/.]?(\d{2})(?:[T\s]+(\d{2}):?(\d{2})(?::?(\d{2})(?:[.,]\d+)?)?\s*(Z|UTC|GMT|[+-]\d{2}:?\d{0,2})?)?\s*\Z",
    re.IGNORECASE,
)
_WRITTEN = ("%B %d, %Y %I:%M %p", "%d.%m.%Y %H:%M")
_EPOCH = re.compile(r"\d{10}(?:\d{3})?\Z")
_NO_TIME = frozenset({"0", "-1"})  # of an unset field


@dataclass(frozen=True, slots=True)
class Stated:
    """What a page states as a moment: aware UTC, or None and the name of the lie.

    A lie is "future", "too old" or "impossible"; "" where nothing could be read at all.
    """

    at: datetime | None
    lie: str = ""


def read_moment(raw: str, now: datetime) -> datetime | None:
    """Return a date as aware UTC, or None for one that can't be read or can't be true.

    A date without a time is midnight UTC and a time without a zone is UTC, so that the day stays
    the written one; so it does for midnight in a zone to the east, which means a day and no time.
    Before 1990 and ahead of `now` by more than a time zone is not true.
    """
    return read_stated(raw, now).at


def read_stated(raw: str, now: datetime) -> Stated:
    """Return the moment that a value states, or how it lies."""
    text = raw.strip()
    if not text or len(text) > _LONGEST:
        return Stated(None)
    try:
        moment = _read(text)
    except (ValueError, OverflowError, OSError):
        return Stated(None, "impossible")
    if moment is None:
        return Stated(None, "too old" if text in _NO_TIME else "")
    return _judged(moment, now)


def _judged(moment: datetime, now: datetime) -> Stated:
    if moment.year < EARLIEST.year - 1:  # so old that it can't even be told in another zone
        return Stated(None, "too old" if moment.year > 0 else "impossible")
    utc = _in_utc(moment)
    if utc < EARLIEST:
        return Stated(None, "too old")
    return Stated(None, "future") if utc > now + FUTURE_ALLOWED else Stated(utc)


def _in_utc(moment: datetime) -> datetime:
    offset = moment.utcoffset()
    if offset is None or (offset > timedelta() and moment.time() == time()):
        return moment.replace(tzinfo=UTC)
    # In the last hours of the year 9999 another zone's moment can't be told.
    return moment.astimezone(UTC) if moment.year < MAXYEAR else moment


def _read(text: str) -> datetime | None:
    moment = _iso(text) or _epoch(text) or _mail(text) or _written(text)
    if moment is not None:
        return moment
    day = day_written(text)
    return datetime.combine(day, time()) if day is not None else None


def _iso(text: str) -> datetime | None:
    match = _ISO.match(text)
    if match is None:
        return None
    year, month, day, hour, minute, second, zone = match.groups()
    return datetime(
        *(int(year), int(month), int(day), int(hour or 0), int(minute or 0), int(second or 0)),
        tzinfo=timezone(_offset(zone)) if zone else None,
    )


def _offset(zone: str) -> timedelta:
    if zone[0] not in "+-":
        return timedelta()
    digits = zone[1:].replace(":", "").ljust(4, "0")
    size = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    if size > _FARTHEST_ZONE:
        raise ValueError(zone)
    return size if zone[0] == "+" else -size


def _epoch(text: str) -> datetime | None:
    if not _EPOCH.match(text):
        return None
    return datetime.fromtimestamp(int(text[:10]), UTC)


def _mail(text: str) -> datetime | None:
    try:
        return parsedate_to_datetime(text)
    except (ValueError, IndexError, TypeError):
        return None


def _written(text: str) -> datetime | None:
    for pattern in _WRITTEN:
        try:
            return datetime.strptime(text, pattern)  # noqa: DTZ007  pages write it without a zone
        except ValueError:
            continue
    return None
