"""The time by which processes on several machines agree: the database server's own clock."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import Connection, text


def agreed(conn: Connection, now: datetime) -> datetime:
    """Return the server's time; with a file on this machine, `now` as the caller reads it."""
    if conn.dialect.name != "postgresql":
        return now
    found: datetime = conn.execute(text("SELECT clock_timestamp()")).scalar_one()
    return found.astimezone(UTC)
