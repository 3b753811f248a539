"""Downloader middleware: refuses addresses that are none of ours, for each request and redirect."""

from __future__ import annotations

from typing import Self

from scrapy import Request
from scrapy.crawler import Crawler

from crawler.fetch.services import FetchServices, services_of
from storage.errors import FetchError, InputError
from storage.models.problems import Problem


class AllowedMiddleware:
    """Lets pass http and https URLs at allowed ports; the address itself is checked on connect."""

    def __init__(self, services: FetchServices) -> None:
        self._services = services

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Build for Scrapy."""
        return cls(services_of(crawler))

    async def process_request(self, request: Request) -> None:
        """Raise FetchError for what may not be asked for."""
        try:
            self._services.egress.check_url(request.url)
        except InputError as error:
            raise FetchError(Problem.BAD_URL, str(error)) from error
