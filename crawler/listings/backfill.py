"""Back-fills a gap between two polls: what fell out of a listing is looked for in the sitemap."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import structlog
from sqlalchemy import Connection

from crawler.fetch.robots import authority_of, parse_robots
from crawler.listings.coverage import hidden_by
from crawler.listings.formats.listing import read_listing
from crawler.listings.listed_items import StoredListing, take_items
from crawler.urls.canonical import canonical_url
from crawler.visits.deps import CrawlDeps
from crawler.visits.due import backfill_due
from crawler.visits.records import VisitResult
from storage.crawl import coverage_gaps, pages, robots, sources
from storage.crawl.coverage_gaps import CoverageGap
from storage.errors import ExtractError, InputError
from storage.models.listings import ListedItem, Listing
from storage.models.sources import Source

_MOST_REQUESTS = 3  # for one gap
_RECENT = 50  # pages of a source by which its part of a site is told


@dataclass(slots=True)
class _Search:
    """A gap that is looked for: the sitemaps that are to be asked for, and what they named."""

    todo: list[str] = field(default_factory=list)
    asked: int = 0
    items: list[ListedItem] = field(default_factory=list)


class Backfill:
    """Looks for what gaps hid, with a few requests for each, as polite as all others."""

    def __init__(self, deps: CrawlDeps) -> None:
        self._db = deps.db
        self._frontier = deps.frontier
        self._parser = deps.parser
        self._settings = deps.settings
        self._clock = deps.clock
        self._on_work = deps.on_work
        self._searches: dict[int, _Search] = {}
        self._log = structlog.get_logger("backfill")

    async def begin(self, source: Source, gap: CoverageGap) -> None:
        """Have the source's sitemap asked for, if it has one; robots.txt is where it is named."""
        sitemap = await self._db.write(_sitemap_of, source)
        if sitemap is None:
            await self._db.write(coverage_gaps.fill, gap.id, 0)
        else:
            await self._frontier.put(backfill_due(gap, sitemap))

    async def take(self, gap_id: int, result: VisitResult) -> None:
        """Take a sitemap that was asked for: the pages in the gap, or the next sitemap to ask."""
        gap = await self._db.read(coverage_gaps.get, gap_id)
        if gap is None or gap.filled is not None:
            await self._frontier.remove(result.lease.due.key)
            return
        search = self._searches.setdefault(gap_id, _Search())
        search.asked += 1
        listing = await self._read(result)
        search.items.extend(listing.items)
        search.todo = [*(each.url for each in listing.sitemaps), *search.todo]
        if search.todo and search.asked < _MOST_REQUESTS:
            await self._frontier.put(backfill_due(gap, search.todo.pop(0)))
            return
        del self._searches[gap_id]
        taken = await self._db.write(_fill, gap, search.items, self._clock())
        await self._frontier.remove(result.lease.due.key)
        await self._frontier.put_all(taken.due)
        if taken.released:
            self._on_work()
        filled = len(taken.added)
        self._log.info("gap_filled", source=gap.source_id, missed=gap.missed, filled=filled)

    async def _read(self, result: VisitResult) -> Listing:
        if result.problem is not None:
            self._log.info("sitemap_failed", url=result.url, problem=result.problem.value)
            return Listing("", None, ())
        try:
            return await self._parser.run(
                read_listing,
                result.body,
                url=result.url,
                content_type=result.content_type,
                max_items=self._settings.max_items,
                now=self._clock(),
            )
        except ExtractError as error:
            self._log.info("sitemap_failed", url=result.url, problem=error.problem.value)
            return Listing("", None, ())


def sitemaps_of_robots(body: bytes, base: str) -> list[str]:
    """Return the sitemaps that a robots.txt names, those of news first."""
    return news_first(parse_robots(body).sitemaps, base)


def news_first(named: Iterable[str], base: str) -> list[str]:
    """Return the addresses of sitemaps as they are known, those of news first."""
    sitemaps = []
    for raw in named:
        try:
            sitemaps.append(canonical_url(raw, base))
        except InputError:
            continue  # a line that names nothing
    return sorted(dict.fromkeys(sitemaps), key=lambda url: "news" not in url.lower())


def _sitemap_of(conn: Connection, source: Source) -> str | None:
    """Return a source's sitemap, and keep it when it is known only from the site's robots.txt."""
    if source.listing.sitemap_url is not None:
        return source.listing.sitemap_url
    for address in (source.site_url, source.url):
        kept = robots.get(conn, authority_of(address))
        sitemaps = sitemaps_of_robots(kept[2], address) if kept else []
        if sitemaps:
            sources.set_sitemap(conn, source.id, sitemaps[0])
            return sitemaps[0]
    return None


def _fill(
    conn: Connection, gap: CoverageGap, items: Sequence[ListedItem], now: datetime
) -> StoredListing:
    """Store the pages that a gap hid, and how many they are."""
    source = sources.get(conn, gap.source_id)
    known_urls = [page.url for page in pages.recent(conn, source.id, _RECENT)]
    hidden = hidden_by(
        gap.since, gap.at, items, site=source.site_url or source.url, known=known_urls
    )
    taken = take_items(
        conn, source, hidden, found_how="sitemap", now=now, since=None, absent_at=gap.since
    )
    coverage_gaps.fill(conn, gap.id, len(taken.added))
    return taken
