"""The long-lived crawl: leases what is due from the frontier, visits it with Scrapy, hands it on."""

from __future__ import annotations

import asyncio
import contextlib
import time
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

import structlog
from scrapy import Request, signals
from scrapy.crawler import AsyncCrawlerRunner, Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response

from crawler.fetch.outcome import problem_of
from crawler.fetch.scrapy_settings import scrapy_settings
from crawler.fetch.services import FetchServices
from crawler.fetch.slots import read_retry_after
from crawler.spiders.news import NewsSpider
from storage.errors import FetchError
from storage.frontier import Due, Frontier, Lease
from storage.models import Problem

_LONGEST_NAP = 5.0  # seconds; what another process made due is seen after this at the latest
_DRAIN_SECONDS = 5.0
_AFTER_A_BUG = timedelta(minutes=5)
_PERMANENT = frozenset({301, 308})


@dataclass(frozen=True, slots=True)
class Visit:
    """How a due URL is asked for: its address and what we know of its last answer."""

    url: str
    etag: str | None
    last_modified: str | None
    source_id: int | None
    page_id: int | None


@dataclass(frozen=True, slots=True)
class VisitResult:
    """What a visit brought. With a `problem` the body is empty or an error page: not to be read.

    `url` is the address that answered, after redirects; `permanent_redirect` is set when all of
    them were permanent; `retry_after` is the host's own wish.
    """

    lease: Lease
    url: str
    status: int | None
    at: datetime
    seconds: float
    content_type: str | None = None
    body: bytes = b""
    etag: str | None = None
    last_modified: str | None = None
    not_modified: bool = False
    problem: Problem | None = None
    detail: str = ""
    permanent_redirect: str | None = None
    retry_after: datetime | None = None


class Visitor(Protocol):
    """Who wants the pages."""

    async def prepare(self, due: Due) -> Visit | None:
        """Say how a due URL is to be asked for; None when nobody wants it any more."""

    async def visited(self, result: VisitResult) -> None:
        """Take what a visit brought, and put into the frontier what is to be fetched next."""


class Crawl:
    """Visits due URLs until stopped: as many at a time as set, one at a time a host."""

    def __init__(self, frontier: Frontier, visitor: Visitor, services: FetchServices) -> None:
        self._frontier = frontier
        self._visitor = visitor
        self._services = services
        self._clock = services.clock
        self._running: dict[int, Lease] = {}
        self._wake = asyncio.Event()
        self._opened = asyncio.Event()
        self._all_settled = asyncio.Event()
        self._all_settled.set()
        self._stopping = False
        self._crawler: Crawler | None = None
        self._log = structlog.get_logger("crawl")

    async def run(self) -> None:
        """Crawl until `stop`. Raises what made Scrapy fail to start."""
        runner = AsyncCrawlerRunner(scrapy_settings(self._services))
        self._crawler = runner.create_crawler(NewsSpider)
        self._crawler.signals.connect(self._on_opened, signal=signals.spider_opened)
        crawling = runner.crawl(self._crawler, services=self._services, on_answer=self._answered)
        pumping = asyncio.create_task(self._pump())
        try:
            await asyncio.wait({crawling, pumping}, return_when=asyncio.FIRST_COMPLETED)
            if crawling.done():
                crawling.result()
            elif not self._stopping:
                pumping.result()
        finally:
            pumping.cancel()
            await runner.stop()
            await asyncio.gather(crawling, pumping, return_exceptions=True)

    async def stop(self) -> None:
        """Lease nothing any more, and let what is under way end, within some seconds."""
        self._stopping = True
        self._wake.set()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_DRAIN_SECONDS):
                await self._all_settled.wait()

    def wake(self) -> None:
        """Look at the frontier now: something is due."""
        self._wake.set()

    def _on_opened(self) -> None:
        self._opened.set()

    async def _pump(self) -> None:
        await self._opened.wait()
        while not self._stopping:
            self._wake.clear()
            free = self._services.settings.concurrency - len(self._running)
            leases = await self._frontier.claim(self._clock(), free) if free > 0 else []
            for lease in leases:
                await self._send(lease)
            if not leases:
                await self._nap()
        await self._all_settled.wait()

    async def _nap(self) -> None:
        """Sleep until something can be due, or someone wakes us."""
        now = self._clock()
        at = await self._frontier.next_at(now)
        seconds = _LONGEST_NAP if at is None else (at - now).total_seconds()
        if len(self._running) >= self._services.settings.concurrency:
            seconds = _LONGEST_NAP  # a visit that ends wakes us
        try:
            async with asyncio.timeout(min(max(seconds, 0.01), _LONGEST_NAP)):
                await self._wake.wait()
        except TimeoutError:
            return

    async def _send(self, lease: Lease) -> None:
        visit = await self._visitor.prepare(lease.due)
        if visit is None:
            await self._frontier.remove(lease.due.key)
            await self._frontier.settle(lease, host_open_at=self._clock())
            return
        spider = self._crawler.spider  # type: ignore[union-attr] # run() made it before the pump
        request = Request(
            visit.url,
            callback=spider.answered,  # type: ignore[union-attr]
            errback=spider.failed,  # type: ignore[union-attr]
            dont_filter=True,
            meta={
                "wirewatch_visit": visit,
                "wirewatch_lease": lease,
                "wirewatch_began": time.monotonic(),
            },
        )
        self._running[lease.token] = lease
        self._all_settled.clear()
        self._crawler.engine.crawl(request)  # type: ignore[union-attr]

    async def _answered(
        self, request: Request, response: Response | None, error: BaseException | None
    ) -> None:
        lease: Lease = request.meta["wirewatch_lease"]
        try:
            await self._visitor.visited(self._result(lease, request, response, error))
        except Exception:  # noqa: BLE001 - a bug met by one page must not end the crawl
            self._log.exception("visit_failed", url=request.url)
            await self._frontier.put(replace(lease.due, due_at=self._clock() + _AFTER_A_BUG))
        finally:
            self._running.pop(lease.token, None)
            opens = self._services.slots.open_at(lease.due.host)
            await self._frontier.settle(lease, host_open_at=opens)
            self._wake.set()
            if not self._running:
                self._all_settled.set()

    def _result(
        self,
        lease: Lease,
        request: Request,
        response: Response | None,
        error: BaseException | None,
    ) -> VisitResult:
        seconds = time.monotonic() - request.meta["wirewatch_began"]
        if response is None:
            failure, detail = _named(error)
            return VisitResult(
                lease=lease,
                url=request.url,
                status=None,
                at=self._clock(),
                seconds=seconds,
                problem=failure,
                detail=detail,
            )
        problem = problem_of(response.status)
        return VisitResult(
            lease=lease,
            url=response.url,
            status=response.status,
            at=self._clock(),
            seconds=seconds,
            content_type=_header(response, b"Content-Type"),
            body=response.body if problem is None else b"",
            etag=_header(response, b"ETag"),
            last_modified=_header(response, b"Last-Modified"),
            not_modified=response.status == 304,  # noqa: PLR2004 - HTTP's own number
            problem=problem,
            detail=f"HTTP {response.status}" if problem else "",
            permanent_redirect=_permanent(request, response),
            retry_after=read_retry_after(_header(response, b"Retry-After"), self._clock()),
        )


def _named(error: BaseException | None) -> tuple[Problem, str]:
    """Name a failure; Scrapy's own middlewares have only one exception for two problems."""
    if isinstance(error, FetchError):
        return error.problem, error.detail
    if isinstance(error, IgnoreRequest):
        if "redirections" in str(error):
            return Problem.REDIRECT_LOOP, str(error)
        return Problem.TOO_LARGE, str(error)
    return Problem.BAD_RESPONSE, f"{type(error).__name__}: {error}"


def _header(response: Response, name: bytes) -> str | None:
    value = response.headers.get(name)
    return None if value is None else value.decode("latin-1").strip()


def _permanent(request: Request, response: Response) -> str | None:
    reasons = request.meta.get("redirect_reasons") or ()
    permanent = reasons and all(reason in _PERMANENT for reason in reasons)
    return response.url if permanent else None
