"""Sites: what was learned of the pages of each host, kept as the extractor packs it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select

from storage.sql import schema

_t = schema.sites


def memory(conn: Connection, host: str) -> bytes | None:
    """Return what was learned of a host's pages; None when it is new."""
    return conn.execute(select(_t.c.memory).where(_t.c.host == host)).scalar()


def remember(conn: Connection, memories: Mapping[str, bytes], now: datetime) -> None:
    """Keep what is known now of these hosts instead of what was known before."""
    conn.execute(delete(_t).where(_t.c.host.in_(memories)))
    conn.execute(
        insert(_t),
        [{"host": host, "memory": packed, "at": now} for host, packed in memories.items()],
    )


def forget(conn: Connection, before: datetime) -> int:
    """Drop hosts of which nothing was learned since then; how many there were."""
    return conn.execute(delete(_t).where(_t.c.at < before)).rowcount
