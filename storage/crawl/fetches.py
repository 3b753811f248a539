"""The request ledger: every visit to any URL, in order."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import asdict
from datetime import datetime, timedelta

from sqlalchemy import Connection, Row, Select, delete, insert, or_, select

from storage.crawl import request_counts
from storage.models.fetches import Fetch, Purpose
from storage.sql import schema

_t = schema.fetches
_MOMENT = timedelta(minutes=10)  # longer than the longest Crawl-delay that we keep
_ROWS_AT_A_TIME = 1000


def add(conn: Connection, fetches: Iterable[Fetch]) -> None:
    """Write visits into the ledger, and count them."""
    lines = list(fetches)
    if lines:
        conn.execute(insert(_t), [asdict(fetch) for fetch in lines])
        request_counts.add(conn, lines)


def of_url(conn: Connection, url: str, limit: int = 50) -> list[Fetch]:
    """Return the newest visits to a URL, newest first."""
    return _fetches(conn, _t.c.url == url, limit)


def of_page(conn: Connection, page_id: int, limit: int = 50) -> list[Fetch]:
    """Return the newest visits for a page, redirect hops included, newest first."""
    return _fetches(conn, _t.c.page_id == page_id, limit)


def of_source(conn: Connection, source_id: int, limit: int = 50) -> list[Fetch]:
    """Return the newest visits to a source's listing and pages, newest first."""
    return _fetches(conn, _t.c.source_id == source_id, limit)


def stream(conn: Connection, since: datetime, host: str | None = None) -> Iterator[Fetch]:
    """Yield all visits since then in order of sending, a few at a time, so that a year is no load.

    With a host, those of its registrable domain: what is closed may be closed for all of it.
    """
    query = _select().where(_t.c.at >= since).order_by(_t.c.at, _t.c.id)
    if host is not None:
        domains = select(_t.c.domain).where(_t.c.host == host, _t.c.domain != "")
        query = query.where(or_(_t.c.host == host, _t.c.domain.in_(domains)))
    for row in conn.execute(query, execution_options={"yield_per": _ROWS_AT_A_TIME}):
        yield _fetch(row)


def to_remember(
    conn: Connection, now: datetime, *, memory: timedelta, refusals: Collection[int]
) -> list[Fetch]:
    """Return what a restart must know, in order of sending.

    That is: what went out a moment ago, and within `memory` the visits to the domains that refused
    with one of these statuses.
    """
    begin, moment = now - memory, now - _MOMENT
    refusing = select(_t.c.domain).where(_t.c.at >= begin, _t.c.status.in_(refusals))
    rows = conn.execute(
        _select()
        .where(_t.c.at >= begin, or_(_t.c.at >= moment, _t.c.domain.in_(refusing)))
        .order_by(_t.c.at, _t.c.id)
    )
    return [_fetch(row) for row in rows]


def sent_since(conn: Connection, since: datetime) -> list[tuple[int, datetime]]:
    """Return (source, when) of all visits on behalf of sources since then, oldest first."""
    rows = conn.execute(
        select(_t.c.source_id, _t.c.at)
        .where(_t.c.at >= since, _t.c.source_id.is_not(None), _t.c.purpose != Purpose.LOOK)
        .order_by(_t.c.at)
    )
    return [(row.source_id, row.at) for row in rows]


def forget(conn: Connection, before: datetime) -> int:
    """Drop lines older than that; how many there were."""
    return conn.execute(delete(_t).where(_t.c.at < before)).rowcount


def _fetches(conn: Connection, where: object, limit: int) -> list[Fetch]:
    rows = conn.execute(
        _select().where(where).order_by(_t.c.at.desc(), _t.c.id.desc()).limit(limit)  # type: ignore[arg-type]
    )
    return [_fetch(row) for row in rows]


def _select() -> Select[tuple[object, ...]]:
    return select(*[column for column in _t.c if column.name != "id"])


def _fetch(row: Row[tuple[object, ...]]) -> Fetch:
    values = dict(row._mapping)
    return Fetch(**values | {"purpose": Purpose(values["purpose"])})
