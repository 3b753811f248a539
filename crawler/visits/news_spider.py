"""The one spider: visits what it is handed, and says what came of it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

from scrapy import Request, Spider, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import DontCloseSpider
from scrapy.http import Response
from twisted.python.failure import Failure

from crawler.fetch.services import FetchServices

OnAnswer = Callable[[Request, Response | None, BaseException | None], Awaitable[None]]


class NewsSpider(Spider):
    """Lives as long as the daemon. `on_answer` is told of each visit: its answer or its failure."""

    name = "news"

    def __init__(self, services: FetchServices, on_answer: OnAnswer, **kwargs: Any) -> None:  # noqa: ANN401 - Scrapy's
        super().__init__(**kwargs)
        self.services = services
        self._on_answer = on_answer

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> NewsSpider:  # noqa: ANN401 - Scrapy's
        """Build for Scrapy, and stay open when there is nothing to do."""
        spider = super().from_crawler(crawler, *args, **kwargs)
        crawler.signals.connect(spider.stay, signal=signals.spider_idle)
        return spider

    async def start(self) -> AsyncIterator[Any]:
        """Begin with nothing: the crawl hands in what is due."""
        nothing: tuple[Any, ...] = ()
        for one in nothing:
            yield one

    def stay(self) -> None:
        """Raise DontCloseSpider, which keeps the crawl open: that nothing is due is no reason to end."""
        raise DontCloseSpider

    async def answered(self, response: Response) -> None:
        """Take an answer, whatever its status."""
        request = response.request
        if request is not None:
            await self._on_answer(request, response, None)

    async def failed(self, failure: Failure) -> None:
        """Take a failure to get any answer."""
        request: Request = failure.request  # type: ignore[attr-defined]
        await self._on_answer(request, None, failure.value)
