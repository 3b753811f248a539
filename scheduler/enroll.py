"""From the address that an operator knows to the feed that we can poll."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from crawler.crawl import Crawl, Visit, VisitResult
from crawler.discovery.autodiscovery import find_feeds
from crawler.discovery.listing import read_listing
from crawler.extract.parser import Parser
from crawler.fetch.services import FetchServices
from crawler.settings import ExtractSettings
from crawler.urls.canonical import canonical_url, host_of
from storage.errors import ExtractError, FetchError, InputError
from storage.frontier import Due
from storage.frontier.memory import MemoryFrontier
from storage.models import Listing, Problem

_LEASE_SECONDS = 300.0
_MOST_FEEDS_TRIED = 5
_WELL_KNOWN = ("/feed", "/rss.xml", "/feed.xml", "/atom.xml", "/rss", "/index.xml")


@dataclass(frozen=True, slots=True)
class FoundFeed:
    """A feed that answered and could be read."""

    url: str
    title: str
    site_url: str
    listing: Listing


async def find_feed(
    address: str,
    *,
    services: FetchServices,
    parser: Parser,
    settings: ExtractSettings,
    clock: Callable[[], datetime],
) -> FoundFeed:
    """Find the feed at an address: the feed itself, or the best one that its site names.

    Goes the way of every fetch: egress guard, robots.txt, host slots. Raises InputError with
    what was tried when there is none, and FetchError when the address can't be fetched.
    """
    url = canonical_url(address if "://" in address else f"https://{address}")
    finder = _Finder(services, parser, settings, clock)
    first = await finder.fetch(url)
    listing = await finder.read(first)
    if listing is not None and listing.sitemaps:
        newest = ", ".join(listing.sitemaps[:_MOST_FEEDS_TRIED])
        raise InputError(f"{url} is an index of sitemaps; give one of those, the newest: {newest}")
    if listing is not None:
        return _found(first, listing)
    named = await parser.run(find_feeds, first.body, url=first.url)
    guessed = [canonical_url(path, first.url) for path in _WELL_KNOWN]
    tried: list[str] = []
    for feed_url in (named or guessed)[:_MOST_FEEDS_TRIED]:
        tried.append(feed_url)
        found = await finder.try_feed(feed_url)
        if found is not None:
            return found
    raise InputError(
        f"{url} is no feed and leads to none that can be read; tried: {', '.join(tried)}. "
        "If you know the feed's own address, give that."
    )


async def fetch_once(url: str, services: FetchServices) -> VisitResult:
    """Fetch one URL as the daemon would, whatever comes of it."""
    frontier = MemoryFrontier(_LEASE_SECONDS)
    now = services.clock()
    await frontier.put(Due(key="once:1", url=url, host=host_of(url), due_at=now))
    visitor = _OneVisit()
    crawl = Crawl(frontier, visitor, services)
    running = asyncio.create_task(crawl.run())
    # A crawl that ends by itself has failed to start, and says why when it is awaited.
    running.add_done_callback(lambda _: visitor.result.cancel())
    try:
        return await visitor.result
    finally:
        await crawl.stop()
        await running


class _OneVisit:
    """A visitor that wants one page and keeps what it brought."""

    def __init__(self) -> None:
        self.result: asyncio.Future[VisitResult] = asyncio.get_running_loop().create_future()

    async def prepare(self, due: Due) -> Visit | None:
        return Visit(due.url, None, None, None, None)

    async def visited(self, result: VisitResult) -> None:
        if not self.result.done():
            self.result.set_result(result)


class _Finder:
    """Fetches and reads candidates."""

    def __init__(
        self,
        services: FetchServices,
        parser: Parser,
        settings: ExtractSettings,
        clock: Callable[[], datetime],
    ) -> None:
        self._services = services
        self._parser = parser
        self._settings = settings
        self._clock = clock

    async def fetch(self, url: str) -> VisitResult:
        result = await fetch_once(url, self._services)
        if result.problem is not None:
            raise FetchError(result.problem, f"{url}: {result.detail}")
        return result

    async def read(self, result: VisitResult) -> Listing | None:
        """Read a body as a listing; None when it is something else."""
        try:
            listing: Listing = await self._parser.run(
                read_listing,
                result.body,
                url=result.url,
                content_type=result.content_type,
                max_items=self._settings.max_items,
                now=self._clock(),
            )
        except ExtractError as error:
            if error.problem is Problem.NOT_A_FEED:
                return None
            raise
        return listing

    async def try_feed(self, url: str) -> FoundFeed | None:
        try:
            result = await self.fetch(url)
            listing = await self.read(result)
        except (FetchError, ExtractError):
            return None
        return None if listing is None or listing.sitemaps else _found(result, listing)


def _found(result: VisitResult, listing: Listing) -> FoundFeed:
    url = canonical_url(result.url)
    site_url = listing.site_url or canonical_url("/", url)
    listing = replace(listing, site_url=site_url)
    return FoundFeed(url, listing.title or host_of(url), site_url, listing)
