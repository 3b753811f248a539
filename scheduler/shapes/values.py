"""How single values stand in JSON."""

from __future__ import annotations

from datetime import datetime

Json = dict[str, object]


def time(when: datetime | None) -> str | None:
    """Return a time as ISO 8601, or nothing for none."""
    return None if when is None else when.isoformat()
