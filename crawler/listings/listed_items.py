"""A listing's items held against the pages that are known: the new ones stored, the others renamed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from crawler.listings.identity import IdentifiedItem, KnownPages, identify_items, is_old
from crawler.urls.page_key import page_key
from storage.crawl import aliases, pages
from storage.models.listings import ListedItem
from storage.models.pages import Page, PageState
from storage.models.sources import Source
from storage.stories import articles

_RECENT = 500  # pages of a source that an item without a known name is held against


@dataclass(frozen=True, slots=True)
class StoredListing:
    """What a listing brought: each item with the page that it was known as, and what is to be done.

    `added` are new pages, due at once; `again` are known ones that are due at another address or
    time than before.
    """

    found: tuple[IdentifiedItem, ...]
    added: tuple[Page, ...]
    again: tuple[Page, ...]


def take_items(
    conn: Connection,
    source: Source,
    items: Sequence[ListedItem],
    *,
    found_how: str,
    now: datetime,
    since: datetime | None,
) -> StoredListing:
    """Store a listing's new pages, and the names under which it lists known ones.

    What the first listing of a source brings is backlog unless it was asked for, and so is what is
    too old to be news: it could have been listed at the poll before (`since`; None: it could not).
    """
    identified_items = identify_items(items, known_pages(conn, source.id, items))
    added, again = [], []
    for identified in identified_items:
        if identified.page is None:
            backlog = not source.alert_backlog and (
                source.health.primed_at is None
                or is_old(identified, identified_items, last_success=since)
            )
            new = pages.add(
                conn,
                source.id,
                identified.item,
                key=identified.key,
                found_how=found_how,
                backlog=backlog,
                now=now,
            )
            added.append(new)
        else:
            _rename(conn, source, identified, identified.page, now)
            if identified.look_again:
                pages.list_again(conn, identified.page.id, identified.item, now)
            page = (
                pages.get(conn, identified.page.id)
                if identified.look_again or identified.has_moved
                else None
            )
            if page is not None and page.state is PageState.DUE:
                again.append(page)
    return StoredListing(tuple(identified_items), tuple(added), tuple(again))


def page_at(conn: Connection, url: str) -> Page | None:
    """Return the page that stands at a canonical URL, or is known by it under another one.

    Of a page that turned out to be another known one, the other is given.
    """
    key = page_key(url)
    own = pages.by_url(conn, url) or pages.by_keys(conn, {key: url}).get(key)
    other_id = aliases.pages_of_keys(conn, [key]).get(key)
    if other_id is None or (own is not None and own.state is not PageState.DONE):
        return own
    if own is not None and articles.of_page(conn, own.id) is not None:
        return own
    return pages.get(conn, other_id)


def known_pages(conn: Connection, source_id: int, items: Sequence[ListedItem]) -> KnownPages:
    """Return the pages that these items of a source may be."""
    urls = {page_key(item.url): item.url for item in items}
    guids = {item.guid for item in items if item.guid}
    by_key = pages.by_keys(conn, urls)
    by_guid = pages.by_guids(conn, source_id, guids)
    elsewhere = aliases.pages_of_keys(conn, [key for key in urls if key not in by_key])
    before = aliases.pages_of_guids(
        conn, source_id, [guid for guid in guids if guid not in by_guid]
    )
    recent = pages.recent(conn, source_id, _RECENT) if len(by_key) < len(urls) else []
    return KnownPages(
        by_key | _pages(conn, elsewhere), by_guid | _pages(conn, before), tuple(recent)
    )


def _pages(conn: Connection, ids: Mapping[str, int]) -> dict[str, Page]:
    pages_by_value = {value: pages.get(conn, page_id) for value, page_id in ids.items()}
    return {value: page for value, page in pages_by_value.items() if page is not None}


def _rename(
    conn: Connection, source: Source, identified: IdentifiedItem, page: Page, now: datetime
) -> None:
    """Keep what a known page is called now, so that it is known by that from now on."""
    if not page.key and not identified.has_moved:
        pages.name(conn, page.id, identified.key)
    if identified.has_moved:
        own = page.key or page_key(page.url)
        for key in (own, identified.key):
            aliases.add(conn, page.id, source_id=source.id, kind="url", value=key, now=now)
        pages.move(conn, page, identified.item, identified.key)
    if identified.guid_is_news and identified.item.guid:
        guid = identified.item.guid
        aliases.add(conn, page.id, source_id=source.id, kind="guid", value=guid, now=now)
