"""The daemon: puts the rooms together, runs them on one event loop, and drains them on a signal."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import random
from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from importlib.metadata import version
from pathlib import Path

import structlog
from starlette.routing import Route

from crawler.crawl import Crawl
from crawler.due import fill_frontier
from crawler.extract.pool import ParserPool
from crawler.fetch.services import FetchServices
from crawler.known_sites import KnownSites
from crawler.known_texts import KnownTexts
from crawler.pipeline import Pipeline
from scheduler import assembly, telemetry
from scheduler.alerts.compose import compose
from scheduler.alerts.digest.digester import Digester
from scheduler.alerts.links import Links
from scheduler.alerts.notices import Notices
from scheduler.clock import utc_now
from scheduler.delivering import start_deliveries
from scheduler.enroll import find_sources
from scheduler.heartbeat import Heartbeat
from scheduler.jobs import Clock, Job
from scheduler.ledger import Ledger
from scheduler.metrics.gauges import Metrics
from scheduler.notify import Notifier
from scheduler.operating.addresses import address_check
from scheduler.parts import run_for_ever, run_part, signalled
from scheduler.planner import RecrawlPlanner
from scheduler.reloading import (
    Prepared,
    Reloading,
    Reread,
    apply_logging,
    first_of,
    prepare,
)
from scheduler.remembering import by_hand, remember, remembered
from scheduler.settings import Setting, environment
from scheduler.standing import weigh_domains
from scheduler.steersman import Steersman
from scheduler.watch.backtest.indexing import fill_archive
from scheduler.watch.watcher import Watcher
from scheduler.web.access.entering import SetupLink
from scheduler.web.app import Site, SiteParts
from scheduler.web.pages.sources import Look
from scheduler.web.push import push_routes
from scheduler.web.server import WebServer
from scheduler.websub.hubs import Hubs
from scheduler.websub.receiver import Receiver
from scheduler.websub.subscriber import Subscriber
from storage import accounts, aliases, keys, retention, sites, sizes, sources
from storage.database import Database
from storage.errors import WirewatchError
from storage.frontier.memory import MemoryFrontier
from storage.lock import DELIVERIES, data_lock
from storage.models import Fetch

_LEASE_SECONDS = 600.0  # longer than any visit can take with its redirects and its parsing
_PRUNED_AT_ONCE, _MOST_PRUNED = 500, 200_000  # rows of a kind: in a transaction, in an hour
_SITE_DAYS = 180
_GUID_DAYS = 400


def run_daemon(reread: Reread, data: Path, *, delivers: bool = True) -> int:
    """Run until SIGTERM or SIGINT; the exit status. Raises DataLockedError for a second daemon.

    On SIGHUP the settings are read again. Without what it `delivers`, another process is to:
    `scheduler.delivering`.
    """
    first = reread()
    data.mkdir(parents=True, exist_ok=True)
    with contextlib.ExitStack() as locks:
        locks.enter_context(data_lock(data))
        if delivers:
            locks.enter_context(data_lock(data, DELIVERIES))
        db = Database.open(data / assembly.DATABASE_NAME)
        try:
            asyncio.run(_serve(prepare(first, data), reread, data, db, delivers=delivers))
        finally:
            db.close()
    return 0


async def _serve(
    prepared: Prepared, reread: Reread, data: Path, db: Database, *, delivers: bool
) -> None:
    """Run one daemon after another: each reload that is right begins the next, with all it needs.

    To begin anew takes a second or two in which nothing is lost, and no part is left with a mixture
    of old and new settings. Where the new ones do not start, the old ones are started again.
    """
    stopping, notifier = signalled(), Notifier(environment())
    reloading = Reloading(reread, data, db, utc_now)
    before: Prepared | None = None
    while not stopping.is_set():
        daemon = Daemon(prepared, db, utc_now, data=data, notifier=notifier, delivers=delivers)
        try:
            following = await daemon.run(stopping, reloading, is_reload=before is not None)
        except WirewatchError as error:
            if before is None:
                raise
            await reloading.refused(error)
            prepared, before = before, None
            continue
        if following is None:
            return
        notifier.reloading()
        apply_logging(following.loaded)
        prepared, before = following, prepared


class Daemon:
    """All rooms of one process, in the order in which data runs through them."""

    def __init__(
        self,
        prepared: Prepared,
        db: Database,
        clock: Callable[[], datetime],
        *,
        data: Path,
        notifier: Notifier,
        delivers: bool = True,
    ) -> None:
        self._loaded = prepared.loaded
        self._file = data / assembly.DATABASE_NAME
        settings = self._settings = prepared.loaded.settings
        snapshot = data / assembly.SNAPSHOT_NAME
        self._db = db
        self._clock = clock
        self._rules = prepared.rules
        self._delivers = delivers
        self._rng = random.Random()  # noqa: S311 - jitter, not secrets
        self._metrics = Metrics(version("wirewatch"))
        self._notifier = notifier
        self._ledger = Ledger(db)
        self._frontier = MemoryFrontier(_LEASE_SECONDS)
        self._known = KnownTexts(db, settings.copies, file=snapshot, clock=clock)
        self._sites = KnownSites(db, clock)
        self._planner = RecrawlPlanner(
            settings.recrawl,
            self._rng,
            host_seconds=settings.fetch.host_delay_seconds,
        )
        self._steersman = Steersman(db, self._planner, clock)
        self._pushes = Receiver(db, clock, self._rng)
        self._sources_version = -1
        self._was_killed = False
        self._site: Site | None = None
        self._log = structlog.get_logger("daemon")

    async def run(
        self, stopping: asyncio.Event, reloading: Reloading, *, is_reload: bool = False
    ) -> Prepared | None:
        """Start every part, and stop them against the flow of data, when asked to or for others.

        Gives the settings to go on with; None when all is to end. Raises WirewatchError when it
        can't be started.
        """
        async with contextlib.AsyncExitStack() as parts:
            await self._start(parts)
            if is_reload:
                await reloading.taken()
            now = Prepared(self._loaded, self._rules)
            following = await first_of(stopping, reloading.next(now))
            if following is None:
                self._notifier.stopping()
            self._log.info("daemon_stopping")
        self._log.info("daemon_stopped")
        return following

    async def _start(self, parts: contextlib.AsyncExitStack) -> None:
        began = self._clock()
        self._was_killed = await self._ledger.began()
        parts.push_async_callback(self._ledger.close)
        web = await self._start_web(parts, began)
        deliveries = await self._start_deliveries(parts)
        links = await self._links(web.url)
        watcher = self._start_watcher(parts, deliveries, links)
        await self._steersman.resume()
        crawl, pipeline = await self._start_crawl(parts, watcher)
        pushes = await self._start_pushes(parts, pipeline)
        heartbeat = await self._start_heartbeat(parts)
        notices = Notices(
            db=self._db,
            settings=self._settings.alerts,
            sender=self._settings.email.sender,
            clock=self._clock,
            on_outbox=deliveries,
        )
        clock = Clock(self._db, self._clock)
        digester = Digester(
            db=self._db,
            links=links,
            sender=self._settings.email.sender,
            stale_days=self._settings.copies.stale_days,
            clock=self._clock,
            on_outbox=deliveries,
        )
        told = [
            Job("notices", timedelta(minutes=1), notices.tell),
            Job("digests", timedelta(seconds=5), digester.gather, recorded=False),
        ]
        clock.start([*self._jobs(crawl), *pushes, *heartbeat, *told])
        parts.callback(clock.stop)
        seconds = (self._clock() - began).total_seconds()
        if not self._settings.fetch.names_operator:
            self._log.warning("contact_is_the_projects", remedy="set contact under [fetch]")
        self._notifier.ready(f"watching; pages at {web.url}")
        self._log.info("daemon_started", stats_page=web.url, seconds=round(seconds, 2))

    async def _start_web(self, parts: contextlib.AsyncExitStack, began: datetime) -> WebServer:
        setup = SetupLink()
        self._site = Site(
            SiteParts(
                db=self._db,
                clock=self._clock,
                started_at=began,
                version=version("wirewatch"),
                settings=self._settings.web,
                stale_days=self._settings.copies.stale_days,
                sender=self._settings.email.sender,
                fetch=self._settings.fetch,
                check=address_check(self._settings),
                listing=self._listing,
                setup=setup,
                metrics=self._metrics,
                database_file=self._file,
                push=self._push_routes(),
                callback_host=self._settings.websub.host,
            )
        )
        web = WebServer(self._site.app, self._settings.web.host, self._settings.web.port)
        await self._site.gathering.begin()
        await web.start()
        parts.push_async_callback(web.stop)
        parts.callback(self._site.close)
        run_for_ever(parts, self._site.gathering.watch_loop(), self._notifier.keep_alive())
        if not await self._db.read(accounts.any_there):
            base = str(self._settings.web.public_url or web.url).rstrip("/")
            self._log.info("no_account_yet", set_up=f"{base}{setup.path}")
        return web

    async def _start_deliveries(self, parts: contextlib.AsyncExitStack) -> Callable[[], None]:
        """Begin to deliver, unless another process does; what says that there is something to."""
        if not self._delivers:
            return _nobody
        worker = await start_deliveries(parts, self._settings, self._db, self._clock, self._rng)
        return worker.wake

    def _count(self, fetch: Fetch) -> None:
        self._ledger.add(fetch)
        self._metrics.fetched(fetch)

    def _listing(self) -> tuple[Setting, ...]:
        return tuple(self._loaded.listing())

    def _start_watcher(
        self, parts: contextlib.AsyncExitStack, deliveries: Callable[[], None], links: Links
    ) -> Watcher:
        watcher = Watcher(
            db=self._db,
            compose=functools.partial(
                compose,
                sender=self._settings.email.sender,
                links=links,
                stale_days=self._settings.copies.stale_days,
            ),
            clock=self._clock,
            on_outbox=deliveries,
            rng=self._rng,
        )
        run_part(parts, watcher.run(), watcher.stop)
        return watcher

    async def _links(self, own_url: str) -> Links:
        public = self._settings.web.public_url
        key = await self._db.write(keys.get, keys.LINKS)
        return Links(str(public or own_url), key, public=public is not None)

    def _push_routes(self) -> list[Route]:
        if self._settings.websub.callback_url is None:
            return []
        fetch = self._settings.fetch
        return push_routes(self._pushes, max_bytes=fetch.max_bytes, seconds=fetch.timeout_seconds)

    async def _start_pushes(
        self, parts: contextlib.AsyncExitStack, pipeline: Pipeline
    ) -> list[Job]:
        """Take pushes, and keep the subscriptions; nothing where hubs can't reach us."""
        if self._settings.websub.callback_url is None:
            return []
        session = await parts.enter_async_context(assembly.egress(self._settings).session())
        subscriber = Subscriber(
            db=self._db,
            hubs=Hubs(session, self._settings.fetch.contact),
            settings=self._settings.websub,
            visits=pipeline,
            clock=self._clock,
            rng=self._rng,
            on_relied=self._planner.rely_on,
        )
        self._pushes.open(pipeline)
        parts.push_async_callback(self._pushes.close)
        return [Job("subscriptions", timedelta(minutes=1), subscriber.keep)]

    async def _start_heartbeat(self, parts: contextlib.AsyncExitStack) -> list[Job]:
        """Give signs of life to who waits for them; nothing where nobody does."""
        settings = self._settings.heartbeat
        if not settings.wanted:
            return []
        heartbeat = Heartbeat(
            db=self._db,
            session=await parts.enter_async_context(assembly.egress(self._settings).session()),
            settings=settings,
            clock=self._clock,
            check_in=telemetry.check_in,
        )
        every = timedelta(minutes=settings.every_minutes)
        return [Job("sign_of_life", every, heartbeat.beat)]

    async def _start_crawl(
        self, parts: contextlib.AsyncExitStack, watcher: Watcher
    ) -> tuple[Crawl, Pipeline]:
        parser = assembly.parser_pool(self._settings.extract)
        await parser.start()
        parts.push_async_callback(parser.close)
        detector = await self._known.open()
        parts.push_async_callback(self._known.save)
        parts.push_async_callback(self._sites.save)
        crawl: Crawl | None = None

        def wake() -> None:
            if crawl is not None:
                crawl.wake()

        pipeline = Pipeline(
            db=self._db,
            frontier=self._frontier,
            parser=parser,
            detector=detector,
            known=self._known,
            sites=self._sites,
            planner=self._planner,
            settings=self._settings.extract,
            copies=self._settings.copies,
            clock=self._clock,
            rules=self._rules,
            on_work=watcher.wake,
            on_due=wake,
        )
        services = assembly.fetch_services(
            self._settings,
            self._clock,
            store=assembly.SqlRobotsStore(self._db),
            ledger=self._count,
            rng=self._rng,
        )
        known = await self._db.read(remembered, self._clock())
        remember(services, known, was_killed=self._was_killed)
        crawl = Crawl(self._frontier, pipeline, services)
        run_part(parts, crawl.run(), crawl.stop)
        if self._site is not None:
            self._site.open(self._look(services, parser))
        return crawl, pipeline

    def _look(self, services: FetchServices, parser: ParserPool) -> Look:
        """Give what looks at an address for an operator: with the crawl's own slots."""
        asked = replace(services, ledger=lambda line: services.ledger(by_hand(line)))
        return functools.partial(
            find_sources,
            services=asked,
            parser=parser,
            settings=self._settings.extract,
            clock=self._clock,
        )

    def _jobs(self, crawl: Crawl) -> list[Job]:
        return [
            Job(
                "sources",
                timedelta(seconds=1),
                functools.partial(self._follow_sources, crawl),
                recorded=False,
            ),
            Job("ledger", timedelta(seconds=2), self._ledger.flush, recorded=False),
            Job("sites", timedelta(minutes=1), self._sites.save, recorded=False),
            Job("heartbeat", timedelta(seconds=15), _nothing),
            Job("expiry", timedelta(hours=1), self._expire),
            Job("steering", timedelta(minutes=1), self._steersman.steer, recorded=False),
            Job("rhythms", timedelta(minutes=10), self._steersman.learn),
            Job("domains", timedelta(hours=6), self._weigh_domains),
            Job("archive", timedelta(minutes=1), functools.partial(fill_archive, self._db)),
        ]

    async def _follow_sources(self, crawl: Crawl) -> None:
        """Take up what an operator added, paused or resumed in another process."""
        newest = await self._db.read(sources.version)
        if newest != self._sources_version:
            self._sources_version = newest
            await fill_frontier(self._db, self._frontier)
            crawl.wake()

    async def _weigh_domains(self) -> None:
        days = self._settings.copies.window_days
        await weigh_domains(self._db, days=days, now=self._clock())

    async def _expire(self) -> None:
        """Forget what is older than the window in which texts are compared, and as the rules say."""
        now = self._clock()
        await self._known.expire()
        await self._known.save()
        await self._db.write(sites.forget, now - timedelta(days=_SITE_DAYS))
        await self._db.write(aliases.forget_guids, now - timedelta(days=_GUID_DAYS))
        rules, gone = self._settings.retention.rules, retention.Pruned()
        for _ in range(_MOST_PRUNED // _PRUNED_AT_ONCE):
            some = await self._db.write(retention.prune, rules, now, _PRUNED_AT_ONCE)
            gone += some
            if not some.total:
                break
        if gone.total:
            self._log.info("forgotten", **asdict(gone))
        await self._db.write(sizes.keep, await self._db.read(sizes.file_bytes), now)


def _nobody() -> None:
    """Wake nobody: the process that delivers looks for itself."""


async def _nothing() -> None:
    """Do nothing: that the job ran at all is the sign of life."""
