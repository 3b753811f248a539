"""What is to be done, and when: sources, pages, stories to match and deliveries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Table, and_, func, select

from storage.crawl import sources
from storage.delivery import outbox
from storage.models.deliveries import DeliveryState
from storage.models.pages import PageState
from storage.models.sources import Source, SourceState
from storage.process import workers
from storage.process.workers import WorkerOverview
from storage.sql import schema

_SHOWN = 40
_COUNTED = 20_000  # due pages whose hosts are counted


@dataclass(frozen=True, slots=True)
class Queue:
    """What is due and what is late; hosts are those with the most pages due, (host, pages).

    `workers` are the processes that share the work, where there are several.
    """

    at: datetime
    sources_due: int
    next_sources: tuple[Source, ...]
    pages_due: int
    pages_later: int
    oldest_page: datetime | None
    hosts: tuple[tuple[str, int], ...]
    work: int
    oldest_work: datetime | None
    pending: int
    due_deliveries: int
    by_endpoint: dict[str, int]
    workers: WorkerOverview


def look(conn: Connection, now: datetime) -> Queue:
    """See what is due now, and what comes next."""
    s, p, w, o = schema.sources, schema.pages, schema.match_work, schema.outbox
    polled = and_(s.c.removed_at.is_(None), s.c.state == SourceState.ACTIVE)
    due_page = and_(p.c.state == PageState.DUE, p.c.due_at <= now)
    pending = o.c.state == DeliveryState.PENDING
    rows = conn.execute(
        select(s.c.id).where(polled).order_by(s.c.next_fetch_at, s.c.id).limit(_SHOWN)
    )
    return Queue(
        at=now,
        sources_due=_count(conn, s, and_(polled, s.c.next_fetch_at <= now)),
        next_sources=tuple(sources.get(conn, row.id) for row in rows),
        pages_due=_count(conn, p, due_page),
        pages_later=_count(conn, p, and_(p.c.state == PageState.DUE, p.c.due_at > now)),
        oldest_page=conn.execute(select(func.min(p.c.due_at)).where(due_page)).scalar(),
        hosts=_hosts(conn, due_page),
        work=_count(conn, w),
        oldest_work=conn.execute(select(func.min(w.c.added_at))).scalar(),
        pending=_count(conn, o, pending),
        due_deliveries=_count(conn, o, and_(pending, o.c.next_attempt_at <= now)),
        by_endpoint=outbox.count_by_endpoint(conn, DeliveryState.PENDING),
        workers=workers.overview(conn, now),
    )


def _hosts(conn: Connection, due: ColumnElement[bool]) -> tuple[tuple[str, int], ...]:
    """Return the sites whose pages are due, by the addresses of their sources."""
    p, s, listed = schema.pages, schema.sources, schema.page_listings
    due_pages = select(p.c.id).where(due).order_by(p.c.due_at).limit(_COUNTED).subquery()
    number = func.count()
    rows = conn.execute(
        select(s.c.title, number)
        .join(listed, listed.c.source_id == s.c.id)
        .join(due_pages, due_pages.c.id == listed.c.page_id)
        .group_by(s.c.id)
        .order_by(number.desc(), s.c.id)
        .limit(_SHOWN)
    )
    return tuple((title, count) for title, count in rows)


def _count(conn: Connection, table: Table, where: ColumnElement[bool] | None = None) -> int:
    query = select(func.count()).select_from(table)
    return conn.execute(query if where is None else query.where(where)).scalar_one()
