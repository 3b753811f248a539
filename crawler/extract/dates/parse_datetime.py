"""Read an instant or a day out of the ways in which pages and listings write it; pure.

Nothing is better than a wrong one. What belongs to no instant but to a line of text is read by
`written_dates`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import MAXYEAR, UTC, datetime, time, timedelta, timezone
from email.utils import parsedate_to_datetime

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
_WRITTEN = ("%B %d, %Y %I:%M %p", "%d.%m.%Y %H:%M")
_EPOCH = re.compile(r"\d{10}(?:\d{3})?\Z")
_NO_TIME = frozenset({"0", "-1"})  # of an unset field


@dataclass(frozen=True, slots=True)
class StatedDatetime:
    """What a page states as a date: an instant in aware UTC, or None and the name of the lie.

    A lie is "future", "too old" or "impossible"; "" where nothing could be read at all.
    """

    at: datetime | None
    lie: str = ""


def parse_datetime(raw: str, now: datetime) -> datetime | None:
    """Return a date as aware UTC, or None for one that can't be read or can't be true.

    A date without a time is midnight UTC and a time without a zone is UTC, so that the day stays
    the written one; so it does for midnight in a zone to the east, which means a day and no time.
    Before 1990 and ahead of `now` by more than a time zone is not true.
    """
    return stated_datetime(raw, now).at


def stated_datetime(raw: str, now: datetime) -> StatedDatetime:
    """Return the instant that a page's value states, or how it lies."""
    text = raw.strip()
    try:
        read = _read(text)
    except (ValueError, OverflowError, OSError):
        return StatedDatetime(None, "impossible")
    if read is None:
        return StatedDatetime(None, "too old" if text in _NO_TIME else "")
    return _judged(read, now)


def listed_datetime(value: object, now: datetime) -> datetime | None:
    """Return the instant that an entry of a listing is dated with, as aware UTC, or None.

    A time without a zone is taken for UTC, as feeds' are.
    """
    try:
        read = _read(value.strip()) if isinstance(value, str) else None
        utc = read and (read.astimezone(UTC) if read.tzinfo else read.replace(tzinfo=UTC))
    except (ValueError, OverflowError, OSError):
        return None
    return utc if utc is not None and is_believable(utc, now) else None


def is_believable(listed: datetime, now: datetime) -> bool:
    """Tell whether an entry of a listing can be of that instant."""
    return EARLIEST <= listed <= now + LISTED_AHEAD


def _judged(read: datetime, now: datetime) -> StatedDatetime:
    if read.year < EARLIEST.year - 1:  # so old that it can't even be told in another zone
        return StatedDatetime(None, "too old" if read.year > 0 else "impossible")
    utc = _in_utc(read)
    if utc < EARLIEST:
        return StatedDatetime(None, "too old")
    ahead = utc > now + FUTURE_ALLOWED
    return StatedDatetime(None, "future") if ahead else StatedDatetime(utc)


def _in_utc(read: datetime) -> datetime:
    offset = read.utcoffset()
    if offset is None or (offset > timedelta() and read.time() == time()):
        return read.replace(tzinfo=UTC)
    # In the last hours of the year 9999 another zone's time can't be told.
    return read.astimezone(UTC) if read.year < MAXYEAR else read


def _read(text: str) -> datetime | None:
    """Return a date as it is written, with its zone where it has one; None for no date."""
    if not text or len(text) > _LONGEST:
        return None
    read = _iso(text) or _epoch(text) or _mail(text) or _written(text)
    if read is not None:
        return read
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
