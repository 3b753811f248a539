"""Reads the ISO 8601 times of sitemaps and JSON feeds."""

from __future__ import annotations

from datetime import UTC, datetime

from crawler.listings.formats.feed import AHEAD, EARLIEST


def moment_of(text: object, now: datetime) -> datetime | None:
    """Return the moment in UTC; None for none, and for one that is a blank or a bug."""
    try:
        moment = datetime.fromisoformat(text.strip()) if isinstance(text, str) else None
        if moment is None:
            return None
        # A time without a zone is taken for UTC, as feeds' are.
        moment = moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None
    return moment if EARLIEST <= moment <= now + AHEAD else None
