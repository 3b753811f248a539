"""Pages: the URLs of the frontier, and what became of each."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection, Row, insert, select, update

from storage import schema
from storage.models import ListedItem, Page, PageState, Problem, SourceState

_t = schema.pages


def add_listed(
    conn: Connection,
    *,
    source_id: int,
    items: Iterable[ListedItem],
    found_how: str,
    backlog: bool,
    now: datetime,
) -> list[Page]:
    """Add the pages of a listing that are new, due at once; the known ones are left as they are.

    An item is known by its URL, or by its GUID in the same source while its title stays the same:
    some publishers change the URL of a page, others give an old GUID to a new story.
    """
    return [
        _add(conn, source_id, item, found_how, backlog=backlog, now=now)
        for item in items
        if by_url(conn, item.url) is None and not _same_guid(conn, source_id, item)
    ]


def get(conn: Connection, page_id: int) -> Page | None:
    """Give a page by its id."""
    return _one(conn, _t.c.id == page_id)


def by_url(conn: Connection, url: str) -> Page | None:
    """Give a page by its canonical URL."""
    return _one(conn, _t.c.url == url)


def due(conn: Connection) -> list[Page]:
    """Give all pages that wait to be fetched, of sources that are polled; soonest first."""
    rows = conn.execute(
        select(_t)
        .join(schema.sources, schema.sources.c.id == _t.c.source_id)
        .where(_t.c.state == PageState.DUE, schema.sources.c.state == SourceState.ACTIVE)
        .order_by(_t.c.due_at, _t.c.id)
    )
    return [_page(row) for row in rows]


def of_source(conn: Connection, source_id: int, state: PageState) -> list[Page]:
    """Give a source's pages of one state."""
    rows = conn.execute(select(_t).where(_t.c.source_id == source_id, _t.c.state == state))
    return [_page(row) for row in rows]


def settle(
    conn: Connection,
    page_id: int,
    *,
    state: PageState,
    now: datetime,
    http_status: int | None,
    due_at: datetime | None = None,
    next_reason: str = "",
    problem: Problem | None = None,
    detail: str = "",
    etag: str | None = None,
    last_modified: str | None = None,
) -> None:
    """Record one visit: what became of the page and, if it is fetched again, when and why then."""
    values: dict[str, object] = {
        "state": state,
        "attempts": _t.c.attempts + 1,
        "last_fetch_at": now,
        "http_status": http_status,
        "problem": problem,
        "problem_detail": detail[:500],
        "next_reason": next_reason,
    }
    if due_at is not None:
        values["due_at"] = due_at
    if problem is None:
        values |= {"etag": etag, "last_modified": last_modified}
    conn.execute(update(_t).where(_t.c.id == page_id).values(**values))


def validators(conn: Connection, page_id: int) -> tuple[str | None, str | None]:
    """Give a page's ETag and Last-Modified, as its server last sent them."""
    row = conn.execute(select(_t.c.etag, _t.c.last_modified).where(_t.c.id == page_id)).one()
    return row.etag, row.last_modified


def _same_guid(conn: Connection, source_id: int, item: ListedItem) -> bool:
    if item.guid is None:
        return False
    known = _one(conn, _t.c.source_id == source_id, _t.c.guid == item.guid)
    return known is not None and known.listed_title == item.title


def _add(
    conn: Connection,
    source_id: int,
    item: ListedItem,
    found_how: str,
    *,
    backlog: bool,
    now: datetime,
) -> Page:
    result = conn.execute(
        insert(_t)
        .values(
            url=item.url,
            source_id=source_id,
            state=PageState.DUE,
            found_at=now,
            found_how=found_how,
            backlog=backlog,
            due_at=now,
            guid=item.guid,
            listed_title=item.title,
            listed_published=item.published,
            credited_source=item.credited_source,
        )
        .returning(_t.c.id)
    )
    row = conn.execute(select(_t).where(_t.c.id == result.scalar_one())).one()
    return _page(row)


def _one(conn: Connection, *where: object) -> Page | None:
    row = conn.execute(select(_t).where(*where).order_by(_t.c.id.desc()).limit(1)).one_or_none()  # type: ignore[arg-type]
    return None if row is None else _page(row)


def _page(row: Row[tuple[object, ...]]) -> Page:
    values = dict(row._mapping)
    del values["etag"], values["last_modified"]
    values["state"] = PageState(values["state"])
    values["problem"] = None if values["problem"] is None else Problem(values["problem"])
    return Page(**values)
