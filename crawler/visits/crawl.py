"""The long-lived crawl: leases what is due from the frontier, visits it with Scrapy, hands it on."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Protocol

import structlog
from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.http import Response

from crawler.fetch.budget import spread_over
from crawler.fetch.deadlines import Deadlines
from crawler.fetch.meta import BEGAN, LEASE, VISIT
from crawler.fetch.scrapy_settings import scrapy_settings
from crawler.fetch.services import FetchServices
from crawler.visits.answers import visit_result
from crawler.visits.news_spider import NewsSpider
from crawler.visits.records import Payer, Visit, VisitResult
from storage.errors import (
    FullError,
    HotStateError,
    HotStateLostError,
    StorageError,
    UnreachableError,
)
from storage.failpoints import reach
from storage.hot.frontier import Due, Frontier, Lease

_LONGEST_NAP = 5.0  # seconds; what another process made due is seen after this at the latest
_DRAIN_SECONDS = 4.0
_CUT_SECONDS = 1.0
_AFTER_FRONTIER_FAILED = 1.0  # seconds
_EXTENDED_EVERY = 15.0
_AFTER_A_BUG = timedelta(minutes=5)
_AFTER_AWAY = timedelta(seconds=30)


class Visitor(Protocol):
    """Who wants the pages."""

    async def prepare(self, due: Due) -> Visit | None:
        """Say how a due URL is to be asked for; None when nobody wants it any more."""

    async def visited(self, result: VisitResult) -> None:
        """Take what a visit brought, and put into the frontier what is to be fetched next."""


class Crawl:
    """Visits due URLs until stopped: as many at a time as set, one at a time a host.

    Nothing is leased while there is an `obstacle`.
    """

    def __init__(
        self,
        frontier: Frontier,
        visitor: Visitor,
        services: FetchServices,
        obstacle: Callable[[], StorageError | None] = lambda: None,
    ) -> None:
        self._frontier = frontier
        self._visitor = visitor
        self._deadlines = Deadlines()
        self._services = replace(services, deadlines=self._deadlines)
        self._clock = services.clock
        self._obstacle = obstacle
        self._running: dict[int, int | None] = {}  # by lease: the source of a visit that was sent
        self._leases: dict[int, Lease] = {}
        self._wake = asyncio.Event()
        self._opened = asyncio.Event()
        self._all_settled = asyncio.Event()
        self._all_settled.set()
        self._stopping = False
        self._stopped = asyncio.Event()
        self._crawler: Crawler | None = None
        self._bugs = 0
        self._away: StorageError | None = None  # why nothing is leased just now
        self._log = structlog.get_logger("crawl")

    @property
    def bugs(self) -> int:
        """Count what failed here, not out there: errors of the visitor and of the frontier."""
        return self._bugs

    @property
    def waits_because(self) -> str:
        """Say why nothing is visited just now, when that is not for want of something due."""
        return "" if self._away is None else str(self._away)

    async def run(self) -> None:
        """Crawl until `stop`. Raises what made Scrapy fail to start."""
        # Not by a runner: that copies all settings once more, to look for spiders by their names.
        crawler = self._crawler = Crawler(NewsSpider, scrapy_settings(self._services))
        crawler.signals.connect(self._on_opened, signal=signals.spider_opened)
        crawling = asyncio.create_task(
            crawler.crawl_async(services=self._services, on_answer=self._answered)
        )
        pumping = asyncio.create_task(self._pump())
        extending = asyncio.create_task(self._extend())
        try:
            await asyncio.wait({crawling, pumping}, return_when=asyncio.FIRST_COMPLETED)
            (crawling if crawling.done() else pumping).result()
        finally:
            pumping.cancel()
            extending.cancel()
            self._deadlines.end_all()  # Scrapy waits for its requests before it ends
            await asyncio.gather(crawler.stop_async(), return_exceptions=True)
            await asyncio.gather(crawling, pumping, extending, return_exceptions=True)

    async def stop(self) -> None:
        """Lease nothing any more, and let what is under way end; what takes too long is cut off.

        What was cut off stays due. Takes some seconds at most.
        """
        self._stopping = True
        self._wake.set()
        try:
            if not await self._settled_within(_DRAIN_SECONDS):
                self._log.info("visits_cut_off", number=len(self._running))
                self._deadlines.end_all()
                await self._settled_within(_CUT_SECONDS)
        finally:
            self._stopped.set()

    def wake(self) -> None:
        """Look at the frontier now: something is due."""
        self._wake.set()

    def _on_opened(self) -> None:
        self._opened.set()

    async def _settled_within(self, seconds: float) -> bool:
        try:
            async with asyncio.timeout(seconds):
                await self._all_settled.wait()
        except TimeoutError:
            return False
        return True

    async def _pump(self) -> None:
        """Lease and send until told to stop; end when what was sent has been settled or cut off."""
        await self._opened.wait()
        while not self._stopping:
            self._wake.clear()
            try:
                if not await self._lease_and_send():
                    await self._nap()
            except StorageError as error:
                self._note_away(error)
                await asyncio.sleep(_AFTER_FRONTIER_FAILED)
            except Exception:  # noqa: BLE001 - a frontier out of reach must not end the crawl
                self._note_bug("frontier_failed")
                await asyncio.sleep(_AFTER_FRONTIER_FAILED)
        await self._stopped.wait()

    async def _extend(self) -> None:
        """Keep what is being visited; what a process that died held is given to others soon."""
        while True:
            await asyncio.sleep(_EXTENDED_EVERY)
            try:
                await self._frontier.extend([*self._leases.values()], self._clock())
            except StorageError as error:
                self._note_away(error)

    async def _lease_and_send(self) -> int:
        if (obstacle := self._obstacle()) is not None:
            raise obstacle
        free = self._services.settings.concurrency - len(self._running)
        leases = await self._frontier.claim(self._clock(), free) if free > 0 else []
        if self._away is not None:
            self._note_back()
        for lease in leases:
            await self._send(lease)
        return len(leases)

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
        self._running[lease.token] = None
        self._leases[lease.token] = lease
        self._all_settled.clear()
        sent = False
        try:
            async with self._putting_back(lease):
                visit = await self._visitor.prepare(lease.due)
                later = None
                if visit is not None:
                    visit, later = self._paid(visit, lease.due.host)
                if visit is None:
                    await self._frontier.remove(lease.due.key)
                elif later is not None:
                    await self._frontier.put(replace(lease.due, due_at=later))
                else:
                    self._running[lease.token] = visit.source_id
                    self._crawler.engine.crawl(self._request(lease, visit))  # type: ignore[union-attr] # run() made it before the pump
                    sent = True
        finally:
            if not sent:
                await self._settle(lease)

    def _paid(self, visit: Visit, host: str) -> tuple[Visit, datetime | None]:
        """Return a visit as of the first of its sources that may ask now; when one may, if none does."""
        if visit.payer is None:
            return visit, None
        times: list[datetime] = []
        for payer in (visit.payer, *visit.others):
            later = self._closed_for(visit, payer, host) or self._room_at(visit, payer)
            if later is None:
                return replace(visit, payer=payer), None
            times.append(later)
        return visit, min(times)

    def _closed_for(self, visit: Visit, payer: Payer, host: str) -> datetime | None:
        """Say until when a host is closed for what a stranger brings; None: it is open.

        What closes it for all is waited out where the host is taken.
        """
        return self._services.slots.closed_until(host, visit.url, payer.brings(host))

    def _room_at(self, visit: Visit, payer: Payer) -> datetime | None:
        """Say when a source may be asked more; None: now."""
        budgets, now = self._services.budgets, self._clock()
        at = budgets.room_at(
            payer.source_id,
            payer.daily_budget,
            listing=visit.page_id is None,
            under_way=sum(id_ == payer.source_id for id_ in self._running.values()),
            now=now,
        )
        if at is None:
            return None
        if budgets.is_news(payer.source_id):
            self._log.info("budget_spent", source=payer.source_id, free_at=at.isoformat())
        return spread_over(max(at, now), self._services.chance())

    def _request(self, lease: Lease, visit: Visit) -> Request:
        spider = self._crawler.spider  # type: ignore[union-attr] # the same
        return Request(
            visit.url,
            callback=spider.answered,  # type: ignore[union-attr]
            errback=spider.failed,  # type: ignore[union-attr]
            dont_filter=True,
            meta={VISIT: visit, LEASE: lease, BEGAN: time.monotonic()},
        )

    async def _answered(
        self, request: Request, response: Response | None, error: BaseException | None
    ) -> None:
        lease: Lease = request.meta[LEASE]
        reach("fetch")
        try:
            async with self._putting_back(lease):
                if isinstance(error, StorageError):  # ours, not the site's: it was never asked
                    raise error
                async with self._deadlines.within(None):
                    result = visit_result(request, response, error, self._clock())
                    await self._visitor.visited(result)
        finally:
            await self._settle(lease)

    @asynccontextmanager
    async def _putting_back(self, lease: Lease) -> AsyncIterator[None]:
        """Make a URL due again when what is done for it fails."""
        try:
            yield
        except Exception as error:  # noqa: BLE001 - a bug met by one page must not end the crawl
            await self._put_back(lease, error)

    async def _put_back(self, lease: Lease, error: Exception) -> None:
        """Make a URL due again whose visit came to nothing: at once when we cut it off ourselves.

        Where the frontier takes nothing the lease runs out by itself.
        """
        again = self._clock()
        if self._deadlines.over:
            again = lease.due.due_at
        elif isinstance(error, (UnreachableError, FullError, HotStateError)):
            self._log.warning("visit_put_off", key=str(lease.due.key), reason=str(error))
            again += _AFTER_AWAY
        else:
            self._note_bug("visit_failed", key=str(lease.due.key), url=lease.due.url)
            again += _AFTER_A_BUG
        try:
            await self._frontier.put(replace(lease.due, due_at=again))
        except HotStateError as away:
            self._note_away(away)

    async def _settle(self, lease: Lease) -> None:
        try:
            opens = self._services.slots.open_at(lease.due.host)
            await self._frontier.settle(lease, host_open_at=opens)
        except HotStateError as away:  # the lease runs out by itself
            self._note_away(away)
        finally:
            self._running.pop(lease.token, None)
            self._leases.pop(lease.token, None)
            self._wake.set()
            if not self._running:
                self._all_settled.set()

    def _note_away(self, error: StorageError) -> None:
        """Say once that the crawl waits for Redis or the database, and why."""
        if self._away is None or type(self._away) is not type(error):
            self._log.warning("crawl_waits", reason=str(error))
        # What was emptied stays to be remembered until all is back.
        if not isinstance(self._away, HotStateLostError):
            self._away = error

    def _note_back(self) -> None:
        if isinstance(self._away, HotStateLostError):
            # Who asked which host last went with it.
            self._services.slots.begin_blind()
        self._away = None
        self._log.info("crawl_goes_on")

    def _note_bug(self, event: str, **facts: str) -> None:
        self._bugs += 1
        self._log.exception(event, **facts)
