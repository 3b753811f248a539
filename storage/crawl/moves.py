"""Moves: where the listings of sources stood before, and how we learned of it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, insert, select

from storage.models.sources import SourceMove
from storage.sql.schema import source_moves as _t


def add(
    conn: Connection, source_id: int, *, from_url: str, to_url: str, how: str, now: datetime
) -> None:
    """Record that a listing moved; one that was recorded last is not recorded again."""
    moves = of_source(conn, source_id)
    if not moves or (moves[-1].from_url, moves[-1].to_url) != (from_url, to_url):
        move = {"from_url": from_url, "to_url": to_url, "how": how, "at": now}
        conn.execute(insert(_t), {"source_id": source_id, **move})


def of_source(conn: Connection, source_id: int) -> list[SourceMove]:
    """Return a source's moves, the oldest first."""
    rows = conn.execute(
        select(_t.c.from_url, _t.c.to_url, _t.c.how, _t.c.at)
        .where(_t.c.source_id == source_id)
        .order_by(_t.c.id)
    )
    return [SourceMove(**row._mapping) for row in rows]
