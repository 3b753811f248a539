"""Downloader middleware: asks the robots service before each request, redirect hops included."""

from __future__ import annotations

from typing import Self

from scrapy import Request
from scrapy.crawler import Crawler

from crawler.fetch.meta import CUT_AT, MOST_HOPS, ROBOTS
from crawler.fetch.robots import MOST_BYTES, RobotsAnswer
from crawler.fetch.services import FetchServices, services_of
from crawler.urls.canonical import host_of
from storage.errors import FetchError, HostClosedError
from storage.models.problems import Problem

_MOST_REDIRECTS = 5  # RFC 9309, 2.3.1.2
# The host answered, but not with rules; all other problems are the host's own, under their names.
_NO_RULES = frozenset({Problem.TRUNCATED, Problem.BAD_RESPONSE})


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
        if request.meta.get(ROBOTS):
            return
        rules = await self._services.robots.rules(request.url, self._ask)
        if rules.problem is not None:
            raise FetchError(rules.problem, rules.detail)
        scheme = request.url.partition(":")[0]
        self._services.slots.set_crawl_delay(host_of(request.url), rules.crawl_delay, scheme)
        if not rules.allow(request.url):
            raise FetchError(Problem.ROBOTS_DISALLOWED, "its robots.txt disallows this page")

    async def _ask(self, url: str) -> RobotsAnswer:
        meta = {ROBOTS: True, CUT_AT: MOST_BYTES, MOST_HOPS: _MOST_REDIRECTS}
        try:
            response = await self._crawler.engine.download_async(Request(url, meta=meta))
        except HostClosedError:
            raise  # we did not ask, so there is nothing to remember
        except FetchError as error:
            return _without_answer(error)
        return RobotsAnswer(response.status, response.body)


def _without_answer(error: FetchError) -> RobotsAnswer:
    if error.problem is Problem.REDIRECT_LOOP:
        return RobotsAnswer(404)  # as good as none: RFC 9309, 2.3.1.2
    problem = Problem.ROBOTS_UNREACHABLE if error.problem in _NO_RULES else error.problem
    return RobotsAnswer(None, problem=problem, detail=f"its robots.txt: {error.detail}")
