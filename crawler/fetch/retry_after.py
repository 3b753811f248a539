"""The Retry-After header (RFC 9110, 10.2.3), believed for a day at most."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

LONGEST_WAIT = timedelta(hours=24)  # some say years
_MOST_DIGITS = 9  # 31 years; int() itself refuses thousands of digits


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
