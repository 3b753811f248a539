"""Downloader middleware: asks the robots service before each request, redirect hops included."""

from __future__ import annotations

from typing import Self

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest

from crawler.fetch.robots import RobotsAnswer
from crawler.fetch.services import FetchServices, services_of
from crawler.urls.canonical import host_of
from storage.errors import FetchError
from storage.models import Problem

_MOST_REDIRECTS = 5  # RFC 9309, 2.3.1.2


class RobotsMiddleware:
    """Refuses what robots.txt disallows and passes its Crawl-delay to the host's slot."""

    def __init__(self, crawler: Crawler, services: FetchServices) -> None:
        self._crawler = crawler
        self._services = services

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Build for Scrapy."""
        return cls(crawler, services_of(crawler))

    async def process_request(self, request: Request) -> None:
        """Raise FetchError for a URL that may not be fetched, or while nobody can say."""
        if request.meta.get("wirewatch_robots"):
            return
        rules = await self._services.robots.rules(request.url, self._ask)
        if rules.crawl_delay:
            self._services.slots.set_crawl_delay(host_of(request.url), rules.crawl_delay)
        if not rules.reachable:
            raise FetchError(Problem.ROBOTS_UNREACHABLE, "its robots.txt can't be reached")
        if not rules.allow(request.url):
            raise FetchError(Problem.ROBOTS_DISALLOWED, "its robots.txt disallows this page")

    async def _ask(self, url: str) -> RobotsAnswer:
        meta = {"wirewatch_robots": True, "redirect_ttl": _MOST_REDIRECTS}
        try:
            response = await self._crawler.engine.download_async(Request(url, meta=meta))
        except FetchError as error:
            # Too large or cut short is an answer of a kind, but no rules can be read from it.
            return RobotsAnswer(200 if error.problem is Problem.TOO_LARGE else None, b"")
        except IgnoreRequest:
            return RobotsAnswer(
                404, b""
            )  # redirected without end: "unavailable", RFC 9309, 2.3.1.2
        return RobotsAnswer(response.status, response.body)
