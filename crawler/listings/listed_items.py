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
    found = identify_items(items, known_pages(conn, source.id, items))
    added, again = [], []
    for each in found:
        if each.page is None:
            backlog = not source.alert_backlog and (
                source.health.primed_at is None or is_old(each, found, last_success=since)
            )
            new = pages.add(
                conn,
                source.id,
                each.item,
                key=each.key,
                found_how=found_how,
                backlog=backlog,
                now=now,
            )
            added.append(new)
        else:
            _rename(conn, source, each, each.page, now)
            if each.look_again:
                pages.list_again(conn, each.page.id, each.item, now)
            page = pages.get(conn, each.page.id) if each.look_again or each.has_moved else None
            if page is not None and page.state is PageState.DUE:
                again.append(page)
    return StoredListing(tuple(found), tuple(added), tuple(again))


def page_at(conn: Connection, url: str) -> Page | None:
    """Return the page that stands at a canonical URL, or is known by it under another one.

    Of a page that turned out to be another known one, the other is given.
    """
    key = page_key(url)
    own = pages.by_url(conn, url) or pages.by_keys(conn, {key: url}).get(key)
    other = aliases.pages_of_keys(conn, [key]).get(key)
    if other is None or (own is not None and own.state is not PageState.DONE):
        return own
    if own is not None and articles.of_page(conn, own.id) is not None:
        return own
    return pages.get(conn, other)


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
    found = {value: pages.get(conn, page_id) for value, page_id in ids.items()}
    return {value: page for value, page in found.items() if page is not None}


def _rename(
    conn: Connection, source: Source, found: IdentifiedItem, page: Page, now: datetime
) -> None:
    """Keep what a known page is called now, so that it is known by that from now on."""
    if not page.key and not found.has_moved:
        pages.name(conn, page.id, found.key)
    if found.has_moved:
        own = page.key or page_key(page.url)
        for key in (own, found.key):
            aliases.add(conn, page.id, source_id=source.id, kind="url", value=key, now=now)
        pages.move(conn, page, found.item, found.key)
    if found.guid_is_news and found.item.guid:
        guid = found.item.guid
        aliases.add(conn, page.id, source_id=source.id, kind="guid", value=guid, now=now)
