"""Aliases: other addresses and GUIDs under which a page was listed, or named itself."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select, update

from storage.sql import schema

_t = schema.aliases


def add(
    conn: Connection, page_id: int, *, source_id: int, kind: str, value: str, now: datetime
) -> None:
    """Keep another name of a page: the key of an address ("url"), or a GUID of a source ("guid").

    A name that another page had is this page's from now on.
    """
    same = (_t.c.kind == kind, _t.c.value == value, _t.c.source_id == source_id)
    values = {"page_id": page_id, "at": now}
    if conn.execute(update(_t).where(*same).values(**values)).rowcount == 0:
        conn.execute(insert(_t).values(kind=kind, value=value, source_id=source_id, **values))


def pages_of_keys(conn: Connection, keys: Collection[str]) -> Mapping[str, int]:
    """Return the pages that have these keys as other addresses, whatever source listed them."""
    rows = conn.execute(
        select(_t.c.value, _t.c.page_id)
        .where(_t.c.kind == "url", _t.c.value.in_(keys))
        .order_by(_t.c.at, _t.c.id)
    )
    return {row.value: row.page_id for row in rows}


def pages_of_guids(conn: Connection, source_id: int, guids: Collection[str]) -> Mapping[str, int]:
    """Return the pages that a source once listed under these GUIDs."""
    rows = conn.execute(
        select(_t.c.value, _t.c.page_id).where(
            _t.c.kind == "guid", _t.c.value.in_(guids), _t.c.source_id == source_id
        )
    )
    return {row.value: row.page_id for row in rows}


def of_page(conn: Connection, page_id: int) -> list[tuple[str, str]]:
    """Return a page's other names, (kind, value), the oldest first."""
    rows = conn.execute(
        select(_t.c.kind, _t.c.value).where(_t.c.page_id == page_id).order_by(_t.c.id)
    )
    return [(row.kind, row.value) for row in rows]


def forget_guids(conn: Connection, before: datetime) -> int:
    """Drop GUIDs that were learned before then; how many there were. One still listed is learned again."""
    old = (_t.c.kind == "guid", _t.c.at < before)
    return conn.execute(delete(_t).where(*old)).rowcount
