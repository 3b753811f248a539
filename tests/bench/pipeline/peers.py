"""Peers of the pipeline, each in a process of its own: `python -m tests.bench.pipeline.peers KIND`.

Reads URLs from standard input, a line each, and prints one JSON line: pages and seconds, from the
first request to the last item. Scrapy as it comes, with as many requests at a time as ours has.
"""

from __future__ import annotations

import asyncio
import importlib
import json
import sys
import time
from collections.abc import AsyncIterator
from concurrent.futures import ProcessPoolExecutor
from typing import Any

from scrapy import Request, Spider
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.http import Response

from tests.bench.pipeline.clock import Stopwatch

CONCURRENCY = 32
FETCH_ONLY, INLINE, POOL, NEWS_PLEASE = "fetch_only", "trafilatura", "pool", "newsplease"


def read(body: bytes, url: str) -> str:
    """Read a page as the peer does: trafilatura's fast mode."""
    import trafilatura

    return trafilatura.extract(body, url=url, fast=True, include_comments=False) or ""


def read_with_news_please(body: bytes, url: str) -> object:
    """Read a page as news-please does."""
    reader = importlib.import_module("newsplease").NewsPlease
    article: object = reader.from_html(body, url=url, fetch_images=False)
    return article


_READERS = {INLINE: read, NEWS_PLEASE: read_with_news_please}


class PeerSpider(Spider):
    """Fetches all URLs; what is done with a page is its kind's."""

    name = "peer"

    def __init__(self, urls: list[str], kind: str, watch: Stopwatch, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._urls, self._watch = urls, watch
        self._reader = _READERS.get(kind)
        self._pool = ProcessPoolExecutor(2) if kind == POOL else None

    async def start(self) -> AsyncIterator[Any]:
        if self._pool is not None:  # its processes import before the clock runs
            first = [self._in_pool(b"<p>one</p>", "http://a.example/") for _ in range(2)]
            await asyncio.gather(*first)
        elif self._reader is not None:
            self._reader(b"<p>one</p>", "http://a.example/")
        self._watch.begin()
        for url in self._urls:
            yield Request(url, dont_filter=True)

    async def parse(self, response: Response) -> AsyncIterator[Any]:
        if self._reader is not None:
            self._reader(response.body, response.url)
        elif self._pool is not None:
            await self._in_pool(response.body, response.url)
        self._watch.count()
        yield {"url": response.url}

    def closed(self, reason: str) -> None:
        if self._pool is not None:
            self._pool.shutdown()

    async def _in_pool(self, body: bytes, url: str) -> str:
        return await asyncio.get_running_loop().run_in_executor(self._pool, read, body, url)


def main(kind: str) -> None:
    """Run one peer over the URLs on standard input."""
    urls = sys.stdin.read().split()
    watch = Stopwatch(time.perf_counter)
    process = AsyncCrawlerProcess(
        {
            "LOG_ENABLED": False,
            "ROBOTSTXT_OBEY": False,
            "TELNETCONSOLE_ENABLED": False,
            "DOWNLOAD_DELAY": 0,
            "CONCURRENT_REQUESTS": CONCURRENCY,
            "CONCURRENT_REQUESTS_PER_DOMAIN": CONCURRENCY,
        }
    )
    process.crawl(PeerSpider, urls=urls, kind=kind, watch=watch)
    process.start()
    print(json.dumps({"pages": watch.counted, "seconds": watch.seconds}))


if __name__ == "__main__":
    main(sys.argv[1])
