"""Pages: the URLs of the frontier, and what became of each; who lists them is in page_listings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from itertools import islice
from typing import TypeVar

from sqlalchemy import Connection, Row, Select, bindparam, exists, func, insert, or_, select, update

from storage.models.pages import Page, PageState
from storage.models.problems import Problem
from storage.models.sources import SourceState
from storage.sql import schema

T = TypeVar("T")

_t = schema.pages
_listed = schema.page_listings
_AT_ONCE = 400  # values in one question: databases have limits

# Asked for each fetch: to build a statement takes longer than to run it.
_BY_ID = select(_t).where(_t.c.id == bindparam("page_id"))
_SETTLE = update(_t).where(_t.c.id == bindparam("page_id")).values({"attempts": _t.c.attempts + 1})
_ADD = insert(_t).returning(_t.c.id)


def get(conn: Connection, page_id: int) -> Page | None:
    """Return a page by its id."""
    row = conn.execute(_BY_ID, {"page_id": page_id}).one_or_none()
    return None if row is None else _page(row)


def by_url(conn: Connection, url: str) -> Page | None:
    """Return a page by its canonical URL."""
    return _one(conn, _t.c.url == url)


def by_keys(conn: Connection, urls_by_key: Mapping[str, str]) -> dict[str, Page]:
    """Return the pages of these keys, or of these URLs: those that were found before keys were.

    Of two pages of one key the older one is given.
    """
    keyless = {url: key for key, url in urls_by_key.items()}
    pages_by_key: dict[str, Page] = {}
    for part in parts(urls_by_key):
        urls = [urls_by_key[key] for key in part]
        rows = conn.execute(
            select(_t).where(or_(_t.c.key.in_(part), _t.c.url.in_(urls))).order_by(_t.c.id.desc())
        )
        for page in map(_page, rows):
            pages_by_key[page.key or keyless[page.url]] = page
    return pages_by_key


def get_all(conn: Connection, page_ids: Iterable[int]) -> dict[int, Page]:
    """Return pages by their ids; one that is gone is left out."""
    found: dict[int, Page] = {}
    for part in parts(page_ids):
        rows = conn.execute(select(_t).where(_t.c.id.in_(part)))
        found |= {page.id: page for page in map(_page, rows)}
    return found


def recent(conn: Connection, source_id: int, limit: int) -> list[Page]:
    """Return the pages that a source listed last for the first time, the newest first."""
    rows = conn.execute(_of_source(source_id).order_by(_listed.c.id.desc()).limit(limit))
    return [_page(row) for row in rows]


def lock(conn: Connection, page_ids: Iterable[int]) -> None:
    """Keep other transactions from pages until this one ends: who lists them and what they hold."""
    for part in parts(sorted(page_ids)):
        conn.execute(select(_t.c.id).where(_t.c.id.in_(part)).order_by(_t.c.id).with_for_update())


def name(conn: Connection, page_id: int, key: str) -> None:
    """Give a page that was found before keys were its key."""
    conn.execute(update(_t).where(_t.c.id == page_id, _t.c.key == "").values(key=key))


def move(conn: Connection, page_id: int, url: str, key: str) -> None:
    """Record that a page is at another address now; nothing when another page has that."""
    if by_url(conn, url) is None:
        conn.execute(
            update(_t)
            .where(_t.c.id == page_id)
            .values(url=url, key=key, etag=None, last_modified=None)
        )


def look_again(conn: Connection, page_id: int, now: datetime, reason: str) -> None:
    """Make a page due at once."""
    values = {"state": PageState.DUE, "due_at": now, "next_reason": reason}
    conn.execute(update(_t).where(_t.c.id == page_id).values(values))


def ask_anew(
    conn: Connection, page_id: int, at: datetime, reason: str, *, found_at: datetime
) -> None:
    """Make a page due that gave no article, as if it had been found then and not been tried yet."""
    values = {"state": PageState.DUE, "due_at": at, "next_reason": reason}
    anew = {"attempts": 0, "found_at": found_at}
    conn.execute(update(_t).where(_t.c.id == page_id).values({**values, **anew}))


def try_again(conn: Connection, page_id: int, now: datetime, reason: str) -> bool:
    """Make a page due that was given up; False when it is not there."""
    again = {"state": PageState.DUE, "due_at": now, "attempts": 0, "next_reason": reason}
    return conn.execute(update(_t).where(_t.c.id == page_id).values(again)).rowcount > 0


def due_after(
    conn: Connection, page_id: int, limit: int, before: datetime | None = None
) -> list[Page]:
    """Return pages that wait to be fetched and that a polled source lists, in the order of their ids.

    Those after a page; only those that were due `before` a time.
    """
    is_listed = exists().where(
        _listed.c.page_id == _t.c.id,
        schema.sources.c.id == _listed.c.source_id,
        schema.sources.c.state == SourceState.ACTIVE,
    )
    query = (
        select(_t)
        .where(_t.c.state == PageState.DUE, _t.c.id > page_id, is_listed)
        .order_by(_t.c.id)
        .limit(limit)
    )
    if before is not None:
        query = query.where(_t.c.due_at < before)
    return [_page(row) for row in conn.execute(query)]


def of_source(conn: Connection, source_id: int, state: PageState) -> list[Page]:
    """Return the pages of one state that a source lists, in the order in which it listed them."""
    rows = conn.execute(_of_source(source_id).where(_t.c.state == state).order_by(_listed.c.id))
    return [_page(row) for row in rows]


def troubled(conn: Connection, source_id: int, limit: int) -> list[Page]:
    """Return a source's pages whose last visit brought no article, the newest visit first."""
    rows = conn.execute(
        _of_source(source_id)
        .where(_t.c.problem.is_not(None))
        .order_by(_t.c.last_fetch_at.desc(), _t.c.id.desc())
        .limit(limit)
    )
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
        "page_id": page_id,
        "state": state,
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
    conn.execute(_SETTLE, values)


def validators(conn: Connection, page_id: int) -> tuple[str | None, str | None]:
    """Return a page's ETag and Last-Modified, as its server last sent them."""
    row = conn.execute(_BY_ID, {"page_id": page_id}).one()
    return row.etag, row.last_modified


def unvisited(conn: Connection, source_id: int) -> int:
    """Count the pages that a source lists and that wait for their first visit."""
    waiting = _of_source(source_id).where(_t.c.state == PageState.DUE, _t.c.last_fetch_at.is_(None))
    return conn.execute(select(func.count()).select_from(waiting.subquery())).scalar_one()


def add(
    conn: Connection, url: str, *, key: str, now: datetime, due_at: datetime | None = None
) -> Page:
    """Add a page that is new, due at once or then. `key` is what all its addresses have in common."""
    due_at = due_at or now
    values = {"url": url, "state": PageState.DUE, "found_at": now, "due_at": due_at, "key": key}
    page_id = conn.execute(_ADD, values).scalar_one()
    return _page(conn.execute(_BY_ID, {"page_id": page_id}).one())


def parts(values: Iterable[T]) -> Iterator[list[T]]:
    """Divide values into as many as one question may hold."""
    rest = iter(values)
    while part := list(islice(rest, _AT_ONCE)):
        yield part


def _of_source(source_id: int) -> Select[tuple[object, ...]]:
    joined = select(_t).join(_listed, _listed.c.page_id == _t.c.id)
    return joined.where(_listed.c.source_id == source_id)


def _one(conn: Connection, *where: object) -> Page | None:
    row = conn.execute(select(_t).where(*where).order_by(_t.c.id.desc()).limit(1)).one_or_none()  # type: ignore[arg-type]
    return None if row is None else _page(row)


def _page(row: Row[tuple[object, ...]]) -> Page:
    values = dict(row._mapping)
    del values["etag"], values["last_modified"]
    values["state"] = PageState(values["state"])
    values["problem"] = None if values["problem"] is None else Problem(values["problem"])
    return Page(**values)
