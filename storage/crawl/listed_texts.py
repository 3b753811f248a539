"""The texts of articles as feeds give them, kept until their pages are read."""

from __future__ import annotations

import zlib
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select

from storage.models.listings import ListedItem
from storage.sql.schema import listed_texts as _t


def keep(conn: Connection, page_id: int, item: ListedItem, now: datetime) -> None:
    """Keep the text that a feed gives of a page, in place of what was kept of it."""
    drop(conn, page_id)
    body = zlib.compress(item.content.encode("utf-8", "replace"))
    conn.execute(insert(_t).values(page_id=page_id, title=item.title, body=body, at=now))


def of_page(conn: Connection, page_id: int) -> tuple[str, str] | None:
    """Return the title and the markup that a feed gave of a page; None when no feed did."""
    row = conn.execute(select(_t).where(_t.c.page_id == page_id)).one_or_none()
    return None if row is None else (row.title, zlib.decompress(row.body).decode("utf-8"))


def drop(conn: Connection, page_id: int) -> None:
    """Forget the text of a page that was read."""
    conn.execute(delete(_t).where(_t.c.page_id == page_id))


def forget(conn: Connection, before: datetime) -> int:
    """Drop texts that were listed before a time; how many there were."""
    return conn.execute(delete(_t).where(_t.c.at < before)).rowcount
