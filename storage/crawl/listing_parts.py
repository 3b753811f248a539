"""The documents that a source's listing is made of: itself, or the sitemaps that its index names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select, update

from storage.sql.schema import listing_parts as _t


@dataclass(frozen=True, slots=True)
class ListingPart:
    """A document of a listing: when it was read last (None: never), and what a long one held then."""

    asked_at: datetime | None = None
    memory: bytes | None = None


def of_source(conn: Connection, source_id: int) -> dict[str, ListingPart]:
    """Return the documents of a source's listing by their addresses."""
    rows = conn.execute(select(_t).where(_t.c.source_id == source_id))
    return {row.url: ListingPart(row.asked_at, row.memory) for row in rows}


def name(conn: Connection, source_id: int, urls: Iterable[str]) -> None:
    """Keep that a source's index names these documents."""
    before = set(conn.execute(select(_t.c.url).where(_t.c.source_id == source_id)).scalars())
    new = [url for url in dict.fromkeys(urls) if url not in before]
    if new:
        conn.execute(insert(_t), [{"source_id": source_id, "url": url} for url in new])


def forget(conn: Connection, source_id: int, but: Iterable[str]) -> None:
    """Drop the documents of a source's listing, but for these."""
    gone = [url for url in of_source(conn, source_id) if url not in set(but)]
    for url in gone:
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
