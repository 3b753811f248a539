"""Read an instant or a day out of the ways in which pages and listings write it; pure.

Nothing is better than a wrong one. What belongs to no instant but to a line of text is read by
`written_dates`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import MAXYEAR, UTC, datetime, time, timedelta, timezone

from crawler.extract.dates.date_value import (
    ANYWHERE,
    HOUR_UNREAD,
    DatePlace,
    WrittenMoment,
    read_moment,
)
from crawler.extract.dates.written_dates import day_written

EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
"""Older dates are blanks and bugs."""

FUTURE_ALLOWED = timedelta(hours=15)
"""The farthest time zone, and an hour for clocks: a day or a time without its zone may be it."""

LISTED_AHEAD = timedelta(days=2)
"""An entry of a listing that is dated further in the future says nothing."""

_FARTHEST_ZONE = timedelta(hours=15)
_LONGEST = 100  # characters; a longer value is no date

_ISO = re.compile(
    r"(\d{4})[-/.]?(\d{2})[-/.]?(\d{2})(?:[T\s]+(\d{2}):?(\d{2})(?::?(\d{2})(?:[.,]\d+)?)?\s*(Z|UTC|GMT|[+-]\d{2}:?\d{0,2})?)?\s*\Z",
    re.IGNORECASE,
)
_CLOCK = re.compile(r"\d[:.h]\d\d|\d\s?[ap]\.?m")
_EPOCH = re.compile(r"\d{10}(?:\d{3})?\Z")
_NO_TIME = frozenset({"0", "-1"})  # of an unset field


@dataclass(frozen=True, slots=True)
class StatedDatetime:
    """What a page states as a date: an instant in aware UTC, or None and the name of the lie.

    A lie is "future", "too old" or "impossible"; "" where nothing could be read at all. `doubt` says
    why only the day was read of a moment.
    """

    at: datetime | None
    lie: str = ""
    doubt: str = ""


def parse_datetime(raw: str, now: datetime, place: DatePlace = ANYWHERE) -> datetime | None:
    """Return a date as aware UTC, or None for one that can't be read or can't be true.

    A date without a time is midnight UTC and a time without a zone is UTC, so that the day stays
    the written one; so it does for midnight in a zone to the east, which means a day and no time.
    Before 1990 and ahead of `now` by more than a time zone is not true. `place` decides between the
    zones of one name, and between day and month.
    """
    return stated_datetime(raw, now, place).at


def stated_datetime(raw: str, now: datetime, place: DatePlace = ANYWHERE) -> StatedDatetime:
    """Return the instant that a page's value states, or how it lies."""
    text = raw.strip()
    try:
        written = _read(text, place)
    except (ValueError, OverflowError, OSError):
        return StatedDatetime(None, "impossible")
    if written is None:
        return StatedDatetime(None, "too old" if text in _NO_TIME else "")
    return _judged(written, now)


def listed_datetime(value: object, now: datetime, place: DatePlace = ANYWHERE) -> datetime | None:
    """Return the instant that an entry of a listing is dated with, as aware UTC, or None.

    A time without a zone is taken for UTC, as feeds' are.
    """
    try:
        written = _read(value.strip(), place) if isinstance(value, str) else None
        read = None if written is None else written.at
        utc = read and (read.astimezone(UTC) if read.tzinfo else read.replace(tzinfo=UTC))
    except (ValueError, OverflowError, OSError):
        return None
    return utc if utc is not None and EARLIEST <= utc <= now + LISTED_AHEAD else None


def is_of_day(instant: datetime, day: datetime) -> bool:
    """Tell whether an instant can be of the day that is written as a midnight of UTC, in some zone."""
    return -_FARTHEST_ZONE <= instant - day < timedelta(days=1) + _FARTHEST_ZONE


def _judged(written: WrittenMoment, now: datetime) -> StatedDatetime:
    read = written.at
    if read.year < EARLIEST.year - 1:  # so old that it can't even be told in another zone
        return StatedDatetime(None, "too old" if read.year > 0 else "impossible")
    utc = _in_utc(read)
    if utc < EARLIEST:
        return StatedDatetime(None, "too old")
    ahead = utc > now + FUTURE_ALLOWED
    return StatedDatetime(None, "future") if ahead else StatedDatetime(utc, doubt=written.doubt)


def _in_utc(read: datetime) -> datetime:
    offset = read.utcoffset()
    if offset is None or (offset > timedelta() and read.time() == time()):
        return read.replace(tzinfo=UTC)
    # In the last hours of the year 9999 another zone's time can't be told.
    return read.astimezone(UTC) if read.year < MAXYEAR else read


def _read(text: str, place: DatePlace) -> WrittenMoment | None:
    """Return a date as it is written, with its zone where it has one; None for no date."""
    if not text or len(text) > _LONGEST:
        return None
    certain = _iso(text) or _epoch(text)
    if certain is not None:
        return WrittenMoment(certain)
    written = read_moment(text, place)
    if written is not None:
        return written
    day = day_written(text)
    if day is None:
        return None
    doubt = HOUR_UNREAD if _CLOCK.search(text.lower()) else ""
    return WrittenMoment(datetime.combine(day, time()), doubt)


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
