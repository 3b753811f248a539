"""Read a moment out of the ways in which pages write it; nothing is better than a wrong one."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
FUTURE_ALLOWED = timedelta(days=2)
_FARTHEST_ZONE = timedelta(hours=15)

_ISO = re.compile(
    r"(\d{4})[-/.]?(\d{2})[-/.]?(\d{2})(?:[T\s]+(\d{2}):?(\d{2})(?::?(\d{2})(?:[.,]\d+)?)?\s*(Z|UTC|GMT|[+-]\d{2}:?\d{0,2})?)?\s*\Z",
    re.IGNORECASE,
)
_WRITTEN = (
    "%B %d, %Y",
    "%b %d, %Y",
    "%d %B %Y",
    "%d %b %Y",
    "%B %d, %Y %I:%M %p",
    "%d.%m.%Y",
    "%d.%m.%Y %H:%M",
)
_EPOCH = re.compile(r"\d{10}(?:\d{3})?\Z")


def read_moment(raw: str, now: datetime) -> datetime | None:
    """Give a date as aware UTC, or None for one that can't be read or can't be true.

    A date without a time is midnight UTC and a time without a zone is UTC, so that the day stays
    the written one. Before 1990 and more than two days ahead of `now` is not true.
    """
    text = raw.strip()
    try:
        moment = _iso(text) or _epoch(text) or _mail(text) or _written(text)
        if moment is None:
            return None
        utc = moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError, OSError):
        return None
    return utc if EARLIEST <= utc <= now + FUTURE_ALLOWED else None


def _iso(text: str) -> datetime | None:
    match = _ISO.match(text)
    if match is None:
        return None
    year, month, day, hour, minute, second, zone = match.groups()
    moment = datetime(  # noqa: DTZ001  the zone follows
        int(year), int(month), int(day), int(hour or 0), int(minute or 0), int(second or 0)
    )
    return moment.replace(tzinfo=UTC) - _offset(zone) if zone else moment


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
