"""The crawl of a process: its parser, its texts, the pipeline, and the visits themselves."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from crawler.articles.known_sites import KnownSites
from crawler.articles.known_texts import KnownTexts
from crawler.articles.pipeline import Pipeline
from crawler.copies.detector import CopyDetector
from crawler.extract.run.pool import ParserPool
from crawler.fetch.services import FetchServices
from crawler.fetch.shared_slots import SharedSlots
from crawler.visits.crawl import Crawl
from crawler.visits.deps import CrawlDeps
from scheduler.actions.source_discovery import discover_sources
from scheduler.config import factories
from scheduler.daemon.context import DaemonContext
from scheduler.politeness.restore import as_operator_request, read_politeness, restore_politeness
from scheduler.recrawl.planner import RecrawlPlanner
from scheduler.runtime.lifecycle import run_part
from scheduler.web.pages.sources import Look
from storage.crawl import request_counts
from storage.hot.redis import bus
from storage.models.fetches import Fetch

_DAY = timedelta(hours=24)


class CrawlService:
    """Puts the crawl together from the settings; what is shared with other processes is given."""

    def __init__(self, context: DaemonContext, ledger: Callable[[Fetch], None]) -> None:
        settings = self._settings = context.settings
        db, clock, hot_state = context.db, context.clock, context.hot_state
        self._context = context
        self._db = db
        self._clock = clock
        self.texts = KnownTexts(
            db,
            settings.copies,
            # Of texts in Redis a process keeps no copy of its own.
            file=None if hot_state.shared else context.data / factories.SNAPSHOT_NAME,
            clock=clock,
            index=hot_state.fingerprints,
            shared=hot_state.shared is not None,
        )
        self.sites = KnownSites(db, clock)
        self.planner = RecrawlPlanner(
            settings.recrawl, context.rng, host_seconds=settings.fetch.host_delay_seconds
        )
        self.services = factories.fetch_services(
            settings,
            clock,
            store=factories.SqlRobotsStore(db),
            ledger=ledger,
            rng=context.rng,
            holds=hot_state.holds,
        )
        self._parser: ParserPool | None = None
        self._crawl: Crawl | None = None

    async def pipeline(
        self,
        parts: contextlib.AsyncExitStack,
        *,
        on_work: Callable[[], None],
        on_due: Callable[[], None],
        reads: bool,
    ) -> Pipeline:
        """Return the pipeline; one that `reads` pages and pushes has its parser started."""
        if reads:
            parser = await self._started_parser(parts)
        else:
            parser = factories.parser_pool(self._settings.extract)
        detector: CopyDetector = await self.texts.open()
        parts.push_async_callback(self.texts.save)
        parts.push_async_callback(self.sites.save)
        settings = self._settings

        def due() -> None:
            if self._crawl is not None:
                self._crawl.wake()
            on_due()

        deps = CrawlDeps(
            db=self._db,
            frontier=self._context.hot_state.frontier,
            parser=parser,
            planner=self.planner,
            settings=settings.extract,
            clock=self._clock,
            rules=self._context.prepared.rules,
            on_due=due,
            on_work=on_work,
        )
        return Pipeline(
            deps, detector=detector, texts=self.texts, sites=self.sites, copies=settings.copies
        )

    async def begin(
        self, parts: contextlib.AsyncExitStack, pipeline: Pipeline, *, was_killed: bool
    ) -> Crawl:
        """Visit what is due, until the stack is left."""
        known = await self._db.read(read_politeness, self._clock())
        restore_politeness(self.services, known, was_killed=was_killed)
        crawl = self._crawl = Crawl(
            self._context.hot_state.frontier,
            pipeline,
            self.services,
            self._context.disk_guard.shortage,
        )
        run_part(parts, crawl.run(), crawl.stop)
        return crawl

    @property
    def waits_because(self) -> str:
        """Say why the crawl waits, if it does."""
        return "" if self._crawl is None else self._crawl.waits_because

    async def count_others(self) -> None:
        """Count what other processes asked of each source against its budget, too."""
        now = self._clock()
        totals = await self._db.read(request_counts.requests_since, now - _DAY)
        self.services.budgets.count_all(totals, now)

    async def look(self, parts: contextlib.AsyncExitStack) -> Look:
        """Return what looks at an address for an operator: with the crawl's own slots."""
        services: FetchServices = self.services
        asked = replace(services, ledger=lambda line: services.ledger(as_operator_request(line)))
        return functools.partial(
            discover_sources,
            services=asked,
            parser=await self._started_parser(parts),
            settings=self._settings.extract,
            clock=self._clock,
        )

    def share_refusals(self) -> None:
        """Tell other processes what a host refused to this one, and hear what it refused to them."""
        shared, slots = self._context.hot_state.shared, self.services.slots
        if shared is not None and isinstance(slots, SharedSlots):
            shared.bus.subscribe(bus.REFUSALS, slots.heard)
            slots.tell = functools.partial(shared.bus.publish, bus.REFUSALS)

    async def _started_parser(self, parts: contextlib.AsyncExitStack) -> ParserPool:
        if self._parser is None:
            self._parser = factories.parser_pool(self._settings.extract)
            await self._parser.start()
            parts.push_async_callback(self._parser.close)
        return self._parser
