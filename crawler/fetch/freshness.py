"""How long an answer says that it stays fresh: Cache-Control's max-age (RFC 9111, 5.2.2)."""

from __future__ import annotations

import re
from datetime import timedelta

LONGEST_FRESH = timedelta(hours=24)  # some say years, of a page that changes hourly
_STALE_AT_ONCE = re.compile(r"\b(no-cache|no-store)\b", re.IGNORECASE)
_MAX_AGE = re.compile(r"(?:^|[\s,;])max-age\s*=\s*\"?([0-9]{1,12})", re.IGNORECASE)


def read_max_age(value: str | None) -> timedelta | None:
    """Read how long asking again is in vain, a day at most; None when nothing is said of it."""
    text = value or ""
    found = _MAX_AGE.search(text)
    if found is None or _STALE_AT_ONCE.search(text):
        return None
    return min(timedelta(seconds=int(found[1])), LONGEST_FRESH)
