"""Downloader middleware next to the handler: waits for the host's slot and gives it back."""

from __future__ import annotations

from typing import Self

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response

from crawler.fetch.meta import BROUGHT_BY, GAP, LINE, SLOT, VISIT
from crawler.fetch.refusal_scope import ITSELF, BroughtBy
from crawler.fetch.services import FetchServices, services_of
from crawler.urls.canonical import host_of
from storage.errors import FetchError
from storage.models.fetches import Fetch
from storage.models.problems import Problem


class SlotsMiddleware:
    """Keeps all requests polite: pages, robots.txt and redirect hops alike."""

    def __init__(self, services: FetchServices) -> None:
        self._services = services

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Build for Scrapy."""
        return cls(services_of(crawler))

    async def process_request(self, request: Request) -> None:
        """Wait until the host may be asked. Raises FetchError(TIMEOUT) when the crawl ends first."""
        host = host_of(request.url)
        brought_by = _brought_by(request, host)
        try:
            async with self._services.deadlines.within(None):
                await self._services.slots.take(host, request.url, brought_by)
        except TimeoutError as error:
            raise FetchError(Problem.TIMEOUT, "the crawl ended while it waited") from error
        request.meta[SLOT] = host
        request.meta[BROUGHT_BY] = brought_by
        request.meta[GAP] = self._services.slots.gap(host, brought_by)

    async def process_response(self, request: Request, response: Response) -> Response:
        """Let the host go, with the waiting that it asked for."""
        await self._release(request, response.status)
        return response

    async def process_exception(self, request: Request, exception: Exception) -> None:  # noqa: ARG002 - Scrapy's
        """Let the host go after a request without an answer."""
        await self._release(request, None)

    async def _release(self, request: Request, status: int | None) -> None:
        # A request that failed before it took a slot has none to give back.
        if (host := request.meta.pop(SLOT, None)) is not None:
            line: Fetch | None = request.meta.pop(LINE, None)
            self._services.slots.release(
                host,
                status,
                line.retry_after if line else None,
                url=request.url,
                ended=line.ended if line else None,
                brought_by=request.meta.get(BROUGHT_BY, ITSELF),
            )
            await self._services.slots.give_back(host)


def _brought_by(request: Request, host: str) -> BroughtBy:
    """Return for whom a request is made, each hop of it; robots.txt is asked for the host's own sake."""
    visit = request.meta.get(VISIT)
    if visit is None or visit.payer is None:
        return ITSELF
    brought_by: BroughtBy = visit.payer.brings(host)
    return brought_by
