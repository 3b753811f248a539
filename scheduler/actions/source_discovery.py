"""From the address that an operator knows to what can be polled there: feed, sitemap, section page."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urljoin

from crawler.extract.run.pool import Parser
from crawler.fetch.services import FetchServices
from crawler.listings.backfill import news_first
from crawler.listings.candidates import Candidate, candidate_of, ranked
from crawler.listings.formats.autodiscovery import find_feeds, usual_feeds
from crawler.listings.formats.listing import read_listing
from crawler.listings.formats.section import read_section
from crawler.settings import SITEMAP_BYTES, ExtractSettings
from crawler.urls.canonical import canonical_url, host_of
from crawler.visits.crawl import Crawl
from crawler.visits.records import Visit, VisitResult
from storage.errors import ExtractError, FetchError, InputError
from storage.hot.frontier import Due, FrontierKey, FrontierKind
from storage.hot.frontier.memory import MemoryFrontier
from storage.models.listings import Listing
from storage.models.problems import Problem

_LEASE_SECONDS = 300.0
_MOST_FEEDS = 5
_MOST_SITEMAPS = 2  # requests; of an index the second is for the newest that it names
_MOST_OF_INDEX = 2
_WELL_KNOWN_SITEMAPS = ("/news-sitemap.xml", "/sitemap.xml")


@dataclass(frozen=True, slots=True)
class DiscoveredSources:
    """What can be polled at an address, the best first, and the addresses that were tried."""

    candidates: tuple[Candidate, ...]
    tried: tuple[str, ...]

    @property
    def best(self) -> Candidate:
        """The one to take unless an operator says otherwise."""
        return self.candidates[0]


async def discover_sources(
    address: str,
    *,
    services: FetchServices,
    parser: Parser,
    settings: ExtractSettings,
    clock: Callable[[], datetime],
) -> DiscoveredSources:
    """Find what can be polled at an address: the listing itself, or all that its site leads to.

    A listing's own address costs one request. Otherwise these are tried: the feeds that the page
    names, or else the usual addresses; the sitemaps that robots.txt names, or else the usual ones;
    and the page itself as a section page. All goes the way of every fetch: egress guard,
    robots.txt, host slots. Raises InputError with what was tried when there is none, and
    FetchError when the address can't be fetched.
    """
    url = canonical_url(address if "://" in address else f"https://{address}")
    finder = _SourceFinder(services, parser, settings, clock)
    first = await fetch_page(url, services)
    listing = await finder.read(first)
    if listing is not None and listing.sitemaps:
        return DiscoveredSources((await finder.of_index(first, listing),), tuple(finder.tried))
    if listing is not None:
        return DiscoveredSources((_candidate(first, listing),), ())
    candidates = await finder.all_of_site(first)
    if not candidates:
        raise InputError(
            f"{url} is no feed and leads to nothing that can be polled; tried: "
            f"{', '.join(finder.tried)}. If you know the feed's own address, give that."
        )
    return DiscoveredSources(tuple(ranked(candidates, clock())), tuple(finder.tried))


async def fetch_once(url: str, services: FetchServices) -> VisitResult:
    """Fetch one URL as the daemon would, whatever comes of it."""
    frontier = MemoryFrontier(_LEASE_SECONDS)
    now = services.clock()
    await frontier.put(
        Due(key=FrontierKey(FrontierKind.ONCE, 1), url=url, host=host_of(url), due_at=now)
    )
    visitor = _SingleVisitor()
    crawl = Crawl(frontier, visitor, services)
    running = asyncio.create_task(crawl.run())
    # A crawl that ends by itself has failed to start, and says why when it is awaited.
    running.add_done_callback(lambda _: visitor.result.cancel())
    try:
        return await visitor.result
    finally:
        await crawl.stop()
        await running


async def fetch_page(url: str, services: FetchServices) -> VisitResult:
    """Fetch one URL as the daemon would. Raises FetchError."""
    result = await fetch_once(url, services)
    if result.problem is not None:
        raise FetchError(result.problem, f"{url}: {result.detail}")
    return result


class _SingleVisitor:
    """A visitor that wants one page and keeps what it brought."""

    def __init__(self) -> None:
        self.result: asyncio.Future[VisitResult] = asyncio.get_running_loop().create_future()

    async def prepare(self, due: Due) -> Visit | None:
        most = SITEMAP_BYTES if "sitemap" in due.url.lower() else None
        return Visit(due.url, None, None, None, None, most_bytes=most)

    async def visited(self, result: VisitResult) -> None:
        if not self.result.done():
            self.result.set_result(result)


class _SourceFinder:
    """Fetches and reads candidates; `tried` are the addresses that were guessed or named."""

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
        self.tried: list[str] = []

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

    async def all_of_site(self, page: VisitResult) -> list[Candidate]:
        """Find the feeds, the sitemaps and the section page that a fetched page leads to."""
        named = await self._parser.run(
            find_feeds, page.body, url=page.url, content_type=page.content_type
        )
        feeds = await self._feeds(named, _MOST_FEEDS)
        if not feeds:
            feeds = await self._feeds(_at(page.url, usual_feeds(page.body)), 1)
        robots = self._sitemaps_of_robots(page.url)
        sitemaps = await self._sitemaps(robots)
        if not sitemaps and not feeds:
            sitemaps = await self._sitemaps(_at(page.url, _WELL_KNOWN_SITEMAPS))
        back_fill = sitemaps[0].url if sitemaps else next(iter(robots), None)
        feeds = [replace(feed, sitemap_url=back_fill) for feed in feeds]
        return [*feeds, *sitemaps, *await self._section(page)]

    async def _feeds(self, urls: Iterable[str], most: int) -> list[Candidate]:
        """Try addresses of feeds until so many were read."""
        by_url: dict[str, Candidate] = {}
        for url in list(urls)[:_MOST_FEEDS]:
            candidate = await self._try(url)
            if candidate is not None:
                by_url.setdefault(candidate.url, candidate)
            if len(by_url) >= most:
                break
        return list(by_url.values())

    async def _sitemaps(self, urls: Iterable[str]) -> list[Candidate]:
        """Try sitemaps; of an index the newest of those that it names."""
        sitemaps: list[Candidate] = []
        begun = len(self.tried)
        for url in urls:
            if len(self.tried) - begun >= _MOST_SITEMAPS:
                break
            candidate = await self._try(url)
            if candidate is not None and candidate.listing.sitemaps:
                candidate = await self._followed(candidate)
            if candidate is not None and candidate.listing.items:
                sitemaps.append(candidate)
        return sitemaps

    async def of_index(self, result: VisitResult, listing: Listing) -> Candidate:
        """Return an index with what its newest sitemap lists. Raises InputError when that is nothing."""
        index = _candidate(result, listing)
        followed = await self._followed(index)
        if followed is None:
            newest = listing.sitemaps[0].url
            raise InputError(
                f"{index.url} is an index of sitemaps, and its newest can't be read: {newest}"
            )
        return followed

    async def _followed(self, index: Candidate) -> Candidate | None:
        """Return an index with what the newest of its sitemaps lists that can be read."""
        for sitemap in index.listing.sitemaps[:_MOST_OF_INDEX]:
            child = await self._try(sitemap.url)
            if child is not None and child.listing.items:
                return replace(child, url=index.url, title=index.title, site_url=index.site_url)
        return None

    async def _section(self, page: VisitResult) -> list[Candidate]:
        try:
            listing: Listing = await self._parser.run(
                read_section,
                page.body,
                url=page.url,
                content_type=page.content_type,
                max_items=self._settings.max_items,
                learned=None,
            )
        except ExtractError:
            return []
        return [_candidate(page, listing)]

    def _sitemaps_of_robots(self, url: str) -> list[str]:
        """Return the sitemaps that the host's robots.txt names, which was read before the page was."""
        return news_first(self._services.robots.sitemaps(url), url)

    async def _try(self, url: str) -> Candidate | None:
        self.tried.append(url)
        try:
            result = await fetch_page(url, self._services)
            listing = await self.read(result)
        except (FetchError, ExtractError):
            return None
        return None if listing is None else _candidate(result, listing)


def _at(url: str, paths: Iterable[str]) -> list[str]:
    return [canonical_url(urljoin(url, path)) for path in paths]


def _candidate(result: VisitResult, listing: Listing) -> Candidate:
    url = canonical_url(result.url)
    site_url = listing.site_url or canonical_url("/", url)
    return candidate_of(
        listing,
        url=url,
        title=listing.title or host_of(url),
        site_url=site_url,
        moved_from=result.lease.due.url if result.permanent_redirect else None,
    )
