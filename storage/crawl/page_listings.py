"""Listings of pages: which source lists which page, since when, and what it says of it there.

They are facts per source and page. What follows from all of a page's listings (who pays for a visit,
whether it is backlog) is decided in crawler/visits/page_sources.py.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, func, insert, select, update

from storage.crawl import pages
from storage.models.listings import ListedItem
from storage.models.pages import ListedPage, PageListing
from storage.models.sources import SourceState
from storage.sql import schema

PUSHED = "push"  # how a page was found that a hub told us of

_t = schema.page_listings
_s = schema.sources
_WITH_SOURCE = select(
    *(column for column in _t.c if column.name != "id"),
    _s.c.url.label("source_url"),
    (_s.c.state == SourceState.ACTIVE).label("is_active"),
    _s.c.daily_budget,
).join(_s, _s.c.id == _t.c.source_id)
# Asked for each fetch: to build a statement takes longer than to run it.
_OF_PAGE = _WITH_SOURCE.where(_t.c.page_id == bindparam("page_id")).order_by(
    _t.c.first_listed_at, _t.c.id
)
_ADD = insert(_t)


def add(
    conn: Connection,
    source_id: int,
    page_id: int,
    item: ListedItem,
    *,
    found_how: str,
    backlog: bool,
    now: datetime,
    absent_at: datetime | None = None,
) -> None:
    """Record that a source lists a page from now on, and what it says of it."""
    conn.execute(
        _ADD,
        {
            "source_id": source_id,
            "page_id": page_id,
            "first_listed_at": now,
            "last_listed_at": now,
            "absent_at": absent_at,
            "found_how": found_how,
            "backlog": backlog,
            "guid": item.guid,
            "title": item.title,
            "published": item.published,
            "credited_source": item.credited_source,
        },
    )


def seen_again(conn: Connection, source_id: int, page_ids: Collection[int], now: datetime) -> None:
    """Record that a source still lists these pages."""
    for part in pages.parts(page_ids):
        same = (_t.c.source_id == source_id, _t.c.page_id.in_(part))
        conn.execute(update(_t).where(*same).values(last_listed_at=now))


def restate(conn: Connection, source_id: int, page_id: int, item: ListedItem) -> None:
    """Record what a source says now of a page: something else is listed at its address."""
    conn.execute(
        update(_t)
        .where(_t.c.source_id == source_id, _t.c.page_id == page_id)
        .values(guid=item.guid, title=item.title, published=item.published)
    )


def copy(conn: Connection, page_id: int, to_page_id: int) -> bool:
    """Let all who list a page list another one too, to which it leads; whether that is news of it.

    What a source says of the other one itself stays.
    """
    known = select(_t.c.source_id).where(_t.c.page_id == to_page_id)
    copied = [column for column in _t.c if column.name not in ("id", "page_id")]
    rows = conn.execute(
        select(*copied).where(_t.c.page_id == page_id, _t.c.source_id.not_in(known))
    ).all()
    for row in rows:
        conn.execute(_ADD, {**row._mapping, "page_id": to_page_id})
    return bool(rows)


def of_page(conn: Connection, page_id: int) -> list[PageListing]:
    """Return who lists a page, the first one first; removed and paused sources too."""
    return [_listing(row) for row in conn.execute(_OF_PAGE, {"page_id": page_id})]


def of_pages(conn: Connection, page_ids: Collection[int]) -> Mapping[int, Sequence[PageListing]]:
    """Return who lists each of many pages, the first one first."""
    listings = defaultdict[int, list[PageListing]](list)
    for part in pages.parts(page_ids):
        query = _WITH_SOURCE.where(_t.c.page_id.in_(part))
        for row in conn.execute(query.order_by(_t.c.first_listed_at, _t.c.id)):
            listings[row.page_id].append(_listing(row))
    return listings


def by_guids(conn: Connection, source_id: int, guids: Collection[str]) -> dict[str, ListedPage]:
    """Return the pages that a source lists under these GUIDs, of each the newest one."""
    pages_by_guid: dict[str, ListedPage] = {}
    for part in pages.parts(guids):
        query = _WITH_SOURCE.where(_t.c.source_id == source_id, _t.c.guid.in_(part))
        listings = [_listing(row) for row in conn.execute(query.order_by(_t.c.id))]
        for listed in _with_pages(conn, listings):
            pages_by_guid[str(listed.listing.guid)] = listed
    return pages_by_guid


def newest(conn: Connection, source_id: int, limit: int) -> list[PageListing]:
    """Return what a source listed last for the first time, the newest first."""
    query = _WITH_SOURCE.where(_t.c.source_id == source_id)
    rows = conn.execute(query.order_by(_t.c.id.desc()).limit(limit))
    return [_listing(row) for row in rows]


def recent(conn: Connection, source_id: int, limit: int) -> list[ListedPage]:
    """Return the pages that a source listed last for the first time, the newest first."""
    return _with_pages(conn, newest(conn, source_id, limit))


def of_source_and_pages(
    conn: Connection, source_id: int, page_ids: Collection[int]
) -> dict[int, PageListing]:
    """Return what a source says of these pages, by their ids; of those that it lists."""
    listings: dict[int, PageListing] = {}
    for part in pages.parts(page_ids):
        query = _WITH_SOURCE.where(_t.c.source_id == source_id, _t.c.page_id.in_(part))
        listings |= {row.page_id: _listing(row) for row in conn.execute(query)}
    return listings


def pushed_since(conn: Connection, source_id: int, since: datetime | None) -> int:
    """Count a source's pages that were pushed to us after that time; None: at any time."""
    pushed = [_t.c.source_id == source_id, _t.c.found_how == PUSHED]
    after = [] if since is None else [_t.c.first_listed_at > since]
    query = select(func.count()).select_from(_t).where(*pushed, *after)
    return conn.execute(query).scalar_one()


def _with_pages(conn: Connection, listings: Sequence[PageListing]) -> list[ListedPage]:
    by_id = pages.get_all(conn, [listing.page_id for listing in listings])
    return [ListedPage(by_id[listing.page_id], listing) for listing in listings]


def _listing(row: Row[*tuple[Any, ...]]) -> PageListing:
    values = dict(row._mapping)
    values["is_active"] = bool(values["is_active"])
    return PageListing(**values)
