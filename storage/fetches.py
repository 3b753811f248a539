"""The request ledger: every visit to any URL, in order."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import Connection, Row, delete, insert, select

from storage import schema
from storage.models import Fetch, Purpose

_t = schema.fetches


def add(conn: Connection, fetches: Iterable[Fetch]) -> None:
    """Write visits into the ledger."""
    rows = [asdict(fetch) for fetch in fetches]
    if rows:
        conn.execute(insert(_t), rows)


def of_url(conn: Connection, url: str, limit: int = 50) -> list[Fetch]:
    """Give the newest visits to a URL, newest first."""
    return _fetches(conn, _t.c.url == url, limit)


def of_page(conn: Connection, page_id: int, limit: int = 50) -> list[Fetch]:
    """Give the newest visits for a page, redirect hops included, newest first."""
    return _fetches(conn, _t.c.page_id == page_id, limit)


def of_source(conn: Connection, source_id: int, limit: int = 50) -> list[Fetch]:
    """Give the newest visits to a source's listing and pages, newest first."""
    return _fetches(conn, _t.c.source_id == source_id, limit)


def forget(conn: Connection, before: datetime) -> int:
    """Drop lines older than that; how many there were."""
    return conn.execute(delete(_t).where(_t.c.at < before)).rowcount


def _fetches(conn: Connection, where: object, limit: int) -> list[Fetch]:
    columns = [column for column in _t.c if column.name != "id"]
    rows = conn.execute(
        select(*columns).where(where).order_by(_t.c.at.desc(), _t.c.id.desc()).limit(limit)  # type: ignore[arg-type]
    )
    return [_fetch(row) for row in rows]


def _fetch(row: Row[tuple[object, ...]]) -> Fetch:
    values = dict(row._mapping)
    return Fetch(**values | {"purpose": Purpose(values["purpose"])})
