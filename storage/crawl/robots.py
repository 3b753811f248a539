"""Robots files as last fetched, so that a restart does not ask for all of them again."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, delete, insert, select

from storage.sql.schema import robots as _t


def get(conn: Connection, authority: str) -> tuple[datetime, int | None, bytes] | None:
    """Return (fetched at, status, body) for "scheme://host:port"; None when never fetched."""
    row = conn.execute(select(_t).where(_t.c.authority == authority)).one_or_none()
    return None if row is None else (row.fetched_at, row.status, row.body)


def put(
    conn: Connection, authority: str, fetched_at: datetime, status: int | None, body: bytes
) -> None:
    """Keep what a host answered; status None means that it could not be reached."""
    conn.execute(delete(_t).where(_t.c.authority == authority))
    conn.execute(
        insert(_t).values(authority=authority, fetched_at=fetched_at, status=status, body=body)
    )
