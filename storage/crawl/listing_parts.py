"""The documents that a source's listing is made of: itself, or the sitemaps that its index names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select, update

from storage.sql.schema import listing_parts as _t


def asked_of(conn: Connection, source_id: int) -> dict[str, datetime | None]:
    """Return by their addresses when the documents of a source's listing were read last (None: never)."""
    rows = conn.execute(select(_t.c.url, _t.c.asked_at).where(_t.c.source_id == source_id))
    return {row.url: row.asked_at for row in rows}


def memory_of(conn: Connection, source_id: int, url: str) -> bytes | None:
    """Return what a document held when it was read last; None when that is not remembered."""
    its = (_t.c.source_id == source_id, _t.c.url == url)
    return conn.execute(select(_t.c.memory).where(*its)).scalar()


def name(conn: Connection, source_id: int, urls: Iterable[str]) -> None:
    """Keep that a source's index names these documents."""
    before = asked_of(conn, source_id)
    new = [url for url in dict.fromkeys(urls) if url not in before]
    if new:
        conn.execute(insert(_t), [{"source_id": source_id, "url": url} for url in new])


def forget(conn: Connection, source_id: int, but: Iterable[str]) -> None:
    """Drop the documents of a source's listing, but for these."""
    for url in asked_of(conn, source_id).keys() - set(but):
        conn.execute(delete(_t).where(_t.c.source_id == source_id, _t.c.url == url))


def asked(
    conn: Connection, source_id: int, memories: Mapping[str, bytes | None], now: datetime
) -> None:
    """Keep that these documents were read, and what is to be remembered of them."""
    name(conn, source_id, memories)
    for url, memory in memories.items():
        conn.execute(
            update(_t)
            .where(_t.c.source_id == source_id, _t.c.url == url)
            .values(asked_at=now, memory=memory)
        )
