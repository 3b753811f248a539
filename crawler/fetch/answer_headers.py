"""What an answer's headers wish: Retry-After (RFC 9110, 10.2.3), max-age (RFC 9111, 5.2.2); pure.

Each is believed for a day at most.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

LONGEST_WAIT = timedelta(hours=24)  # some say years
_MOST_DIGITS = 9  # 31 years; int() itself refuses thousands of digits
LONGEST_FRESH = timedelta(hours=24)  # some say years, of a page that changes hourly
_STALE_AT_ONCE = re.compile(r"\b(no-cache|no-store)\b", re.IGNORECASE)
_MAX_AGE = re.compile(r"(?:^|[\s,;])max-age\s*=\s*\"?([0-9]{1,12})", re.IGNORECASE)


def read_retry_after(value: str | None, now: datetime) -> datetime | None:
    """Read seconds or a date as a time from now to a day later; None for anything else."""
    text = (value or "").strip()
    if text.isascii() and text.isdecimal():
        seconds = int(text) if len(text) <= _MOST_DIGITS else LONGEST_WAIT.total_seconds()
        return now + min(timedelta(seconds=seconds), LONGEST_WAIT)
    try:
        at = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return min(max(at, now), now + LONGEST_WAIT)


def read_max_age(value: str | None) -> timedelta | None:
    """Read how long asking again is in vain, a day at most; None when nothing is said of it."""
    text = value or ""
    max_age = _MAX_AGE.search(text)
    if max_age is None or _STALE_AT_ONCE.search(text):
        return None
    return min(timedelta(seconds=int(max_age[1])), LONGEST_FRESH)
