"""A listing's items held against the pages that are known: new ones stored, and who lists which."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from crawler.listings.identity import IdentifiedItem, KnownPages, identify_items, is_old
from crawler.urls.canonical import host_of
from crawler.urls.page_key import page_key
from crawler.urls.publishers import publisher_of
from crawler.visits.due import dues_of
from crawler.visits.page_sources import FROM_LISTING, facts_of, is_backlog, is_own, own_date
from storage.crawl import aliases, listed_texts, page_listings, pages
from storage.hot.frontier import Due
from storage.models.articles import Article
from storage.models.listings import ListedItem
from storage.models.pages import ListedPage, Page, PageListing, PageState
from storage.models.sources import Source
from storage.stories import articles
from storage.topics import match_work

_RECENT = 500  # pages of a source that an item without a known name is held against
_ASKED_ANEW_AFTER = timedelta(minutes=1)  # a page's last visit, however many sources list it then
_AT_ONCE = 20  # pages of other sites that one source may have visited at a time
_THEN_EVERY = timedelta(seconds=1)
_ASKED_ANEW = "another source lists it now"
_SOMETHING_ELSE = "something else is listed at its address"


@dataclass(frozen=True, slots=True)
class StoredListing:
    """What a listing brought: each item with the page that it was known as, and what is to be done.

    `added` are the pages that the source lists for the first time, whoever listed them before;
    `due` those that are put into the frontier; `released` when an article was backlog and is none.
    """

    found: tuple[IdentifiedItem, ...]
    added: tuple[Page, ...]
    due: tuple[Due, ...]
    released: bool = False


def take_items(
    conn: Connection,
    source: Source,
    items: Sequence[ListedItem],
    *,
    found_how: str,
    now: datetime,
    since: datetime | None,
    absent_at: datetime | None,
) -> StoredListing:
    """Store a listing's new pages, and that the source lists them and the known ones.

    What the first listing of a source brings is its backlog unless it was asked for, and so is what
    is too old to be news: it could have been listed at the poll before (`since`; None: it could
    not). `absent_at` is the last visit that did not show what is listed for the first time.
    """
    identified_items = identify_items(items, known_pages(conn, source, items))
    pages.lock(conn, [each.page.id for each in identified_items if each.page and not each.is_known])
    first_visits = _FirstVisits(conn, source, now)
    added: list[Page] = []
    due: list[int] = []
    released = False
    for identified in identified_items:
        url = identified.item.url
        page = identified.page or pages.add(
            conn, url, key=identified.key, now=now, due_at=first_visits.at(url)
        )
        if identified.is_known:
            if _take_known(conn, source, identified, page, now):
                due.append(page.id)
            continue
        backlog = not source.alert_backlog and (
            source.health.primed_at is None
            or is_old(identified, identified_items, last_success=since)
        )
        page_listings.add(
            conn,
            source.id,
            page.id,
            identified.item,
            found_how=found_how,
            backlog=backlog,
            now=now,
            absent_at=absent_at,
        )
        if identified.item.content and page.last_fetch_at is None:
            listed_texts.keep(conn, page.id, identified.item, now)
        added.append(page)
        if identified.page is not None:
            released |= _take_further(conn, page, identified.item.url, now)
        due.append(page.id)
    known = [each.page.id for each in identified_items if each.page and each.is_known]
    page_listings.seen_again(conn, source.id, known, now)
    return StoredListing(tuple(identified_items), tuple(added), tuple(dues_of(conn, due)), released)


class _FirstVisits:
    """Says when the pages that a source brings are due: of other sites' some at once, then one by one.

    So a source that lists ten thousand addresses makes neither those sites' own sources wait nor
    anybody else. Its own site's need no such limit: one of them is asked for at a time.
    """

    def __init__(self, conn: Connection, source: Source, now: datetime) -> None:
        self._conn = conn
        self._source = source
        self._now = now
        self._publisher = publisher_of(host_of(source.url))
        self._foreign = 0
        self._ahead: int | None = None  # that waited before

    def at(self, url: str) -> datetime:
        """Return when a page that is new is due."""
        if publisher_of(host_of(url)) == self._publisher:
            return self._now
        self._foreign += 1
        if self._foreign <= _AT_ONCE:
            return self._now
        if self._ahead is None:
            self._ahead = max(pages.unvisited(self._conn, self._source.id) - self._foreign + 1, 0)
        return self._now + (self._ahead + self._foreign - _AT_ONCE) * _THEN_EVERY


def page_at(conn: Connection, url: str) -> Page | None:
    """Return the page that stands at a canonical URL, or is known by it under another one.

    Of a page that turned out to be another known one, the other is given.
    """
    key = page_key(url)
    own = pages.by_url(conn, url) or pages.by_keys(conn, {key: url}).get(key)
    other_id = aliases.pages_of_keys(conn, [key]).get(key)
    if other_id is None or (own is not None and not _leads_elsewhere(conn, own)):
        return own
    return pages.get(conn, other_id)


def weigh_anew(conn: Connection, page: Page, now: datetime) -> bool:
    """Weigh a page's article after more sources list it; whether it was backlog and is news now."""
    article = articles.of_page(conn, page.id)
    if article is None:
        return False
    listings = page_listings.of_page(conn, page.id)
    _date_anew(conn, article, listings)
    if not article.backlog or is_backlog(listings, page.url, own_date(article.dates)):
        return False
    articles.release(conn, article.id)
    match_work.add(conn, story_id=article.story_id, article_id=article.id, now=now)
    return True


def known_pages(conn: Connection, source: Source, items: Sequence[ListedItem]) -> KnownPages:
    """Return the pages that these items of a source may be."""
    urls = {page_key(item.url): item.url for item in items}
    guids = {item.guid for item in items if item.guid}
    by_key = _by_keys(conn, urls)
    by_guid = page_listings.by_guids(conn, source.id, guids)
    before = aliases.pages_of_guids(
        conn, source.id, [guid for guid in guids if guid not in by_guid]
    )
    by_guid |= _listed(conn, source.id, before)
    listings = page_listings.of_source_and_pages(
        conn, source.id, [page.id for page in by_key.values()]
    )
    own = {
        page.id: ListedPage(page, listings[page.id])
        for page in by_key.values()
        if page.id in listings
    }
    is_all_known = len(by_key) == len(urls)
    recent = [] if is_all_known else page_listings.recent(conn, source.id, _RECENT)
    foreign = set() if is_all_known else _foreign([*by_guid.values(), *recent])
    return KnownPages(by_key, own, by_guid, tuple(recent), foreign)


def _by_keys(conn: Connection, urls: Mapping[str, str]) -> dict[str, Page]:
    """Return the pages at these addresses; where there is none, the one that is known by it too."""
    by_key = pages.by_keys(conn, urls)
    others_by_key = aliases.pages_of_keys(conn, [key for key in urls if key not in by_key])
    others = pages.get_all(conn, others_by_key.values())
    return by_key | {
        key: others[page_id] for key, page_id in others_by_key.items() if page_id in others
    }


def _leads_elsewhere(conn: Connection, page: Page) -> bool:
    """Tell whether a page that is known by another one's name is no page of its own."""
    return page.state is PageState.DONE and articles.of_page(conn, page.id) is None


def _listed(conn: Connection, source_id: int, ids: Mapping[str, int]) -> dict[str, ListedPage]:
    listings = page_listings.of_source_and_pages(conn, source_id, ids.values())
    listed = pages.get_all(conn, listings)
    return {
        value: ListedPage(listed[page_id], listings[page_id])
        for value, page_id in ids.items()
        if page_id in listed
    }


def _foreign(listed: Iterable[ListedPage]) -> set[int]:
    """Return the ids of those pages that are not of their source's own publisher."""
    return {each.page.id for each in listed if not is_own(each.listing, each.page.url)}


def _take_known(
    conn: Connection, source: Source, identified: IdentifiedItem, page: Page, now: datetime
) -> bool:
    """Keep what a source calls a page that it lists now; whether the page is due otherwise than before."""
    _rename(conn, source, identified, page, now)
    if identified.look_again:
        page_listings.restate(conn, source.id, page.id, identified.item)
        pages.look_again(conn, page.id, now, _SOMETHING_ELSE)
    return identified.look_again or identified.has_moved


def _take_further(conn: Connection, page: Page, url: str, now: datetime) -> bool:
    """Let a page that others listed before be this source's too; whether its article is news now.

    What gave no article while only others listed it, or led to another page, is asked for anew, once
    for each source that lists it, at the address (`url`) that this one lists: they may have been
    early, or have wanted it refused.
    """
    if articles.of_page(conn, page.id) is not None:
        return weigh_anew(conn, page, now)
    if page.url != url:
        pages.move(conn, page.id, url, page_key(url))
    _ask_anew(conn, page, page_listings.of_page(conn, page.id), now)
    return False


def _ask_anew(conn: Connection, page: Page, listings: Sequence[PageListing], now: datetime) -> None:
    last = page.last_fetch_at
    at = now if last is None else max(now, last + _ASKED_ANEW_AFTER)
    was_given_up = page.state is not PageState.DUE
    was_waited_for = sum(listing.is_active for listing in listings) > 1
    pages.ask_anew(
        conn,
        page.id,
        at,
        _ASKED_ANEW,
        found_at=page.found_at if was_waited_for and not was_given_up else now,
    )


def _date_anew(conn: Connection, article: Article, listings: Sequence[PageListing]) -> None:
    """Correct the date of an article that has none of its own, by whose word counts now."""
    facts = facts_of(listings, article.url)
    if article.dates.published_from == FROM_LISTING and facts is not None:
        articles.set_published(conn, article.id, facts.published, FROM_LISTING)


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
        pages.move(conn, page.id, identified.item.url, identified.key)
    if identified.guid_is_news and identified.item.guid:
        guid = identified.item.guid
        aliases.add(conn, page.id, source_id=source.id, kind="guid", value=guid, now=now)
