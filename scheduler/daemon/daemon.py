"""The daemon: puts the rooms together, runs them on one event loop, and drains them on a signal."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import os
import random
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from importlib.metadata import version
from pathlib import Path

import aiohttp
import structlog
from starlette.routing import Route

from crawler.articles.pipeline import Pipeline
from crawler.fetch.shared_slots import SharedSlots
from crawler.visits.crawl import Crawl
from scheduler.actions.recipients import address_check
from scheduler.alerts.compose import compose
from scheduler.alerts.content import MessageStyle
from scheduler.alerts.links import MessageLinks
from scheduler.config import wiring
from scheduler.config.loader import Setting, environment
from scheduler.config.roles import ALL, ProcessRole, check_roles, named
from scheduler.daemon.crawl_service import CrawlService
from scheduler.daemon.delivery_service import start_deliveries
from scheduler.daemon.maintenance import Maintenance
from scheduler.daemon.settings_reload import (
    PreparedSettings,
    ReadSettings,
    SettingsReload,
    apply_logging,
    first_of,
    prepare,
)
from scheduler.diagnosis.facts import FactsReader
from scheduler.observability.metrics import Metrics
from scheduler.recrawl.controller import RecrawlController
from scheduler.runtime.agreed_clock import AgreedClock
from scheduler.runtime.clock import utc_now
from scheduler.runtime.clock_steps import ClockStepMonitor
from scheduler.runtime.disk_guard import DiskGuard
from scheduler.runtime.hot_state import HotState, open_hot_state
from scheduler.runtime.jobs import Job, JobScheduler
from scheduler.runtime.leader import LeaderElection
from scheduler.runtime.ledger import RequestLedger
from scheduler.runtime.lifecycle import run_for_ever, run_part, signalled
from scheduler.runtime.systemd_notify import SystemdNotifier
from scheduler.runtime.worker_registry import WorkerRegistry
from scheduler.watch.watcher import Watcher
from scheduler.web.app import Site, SiteParts
from scheduler.web.headless_app import machine_app
from scheduler.web.pages.login import SetupLink
from scheduler.web.push import push_routes
from scheduler.web.server import WebServer
from scheduler.websub.hub_client import HubClient
from scheduler.websub.push_receiver import PushReceiver
from scheduler.websub.subscriber import Subscriber
from storage.crawl.request_counts import FINE
from storage.errors import HotStateError, StorageError, WirewatchError
from storage.hot.redis import bus, live
from storage.models.fetches import Fetch
from storage.operators import accounts, secret_keys
from storage.process.lock import DELIVERIES, data_lock
from storage.sql.database import Database
from storage.upkeep.clock_rollback import move_back
from storage.upkeep.integrity import check_start

_START_PATIENCE = 30.0  # seconds that a start waits for the database's server


def run_daemon(
    reread: ReadSettings,
    data: Path,
    *,
    roles: frozenset[ProcessRole] = ALL,
    delivers: bool = True,
) -> int:
    """Run until SIGTERM or SIGINT; the exit status. Raises DataLockedError for a second daemon.

    On SIGHUP the settings are read again. Without what it `delivers`, another process is to:
    `scheduler.daemon.delivery_service`. Raises ConfigError when the roles need what is not set.
    """
    first = reread()
    check_roles(roles, first.settings)
    data.mkdir(parents=True, exist_ok=True)
    place = first.place(data)
    if not delivers:
        roles -= {ProcessRole.DELIVERY}
    with contextlib.ExitStack() as locks:
        if not place.is_shared:
            locks.enter_context(data_lock(data))
            if delivers:
                locks.enter_context(data_lock(data, DELIVERIES))
        if place.path is not None:
            check_start(place.path)
        db = Database.open(place, patience=_START_PATIENCE)
        try:
            asyncio.run(_serve(prepare(first, data), reread, data, db, roles))
        finally:
            db.close()
    return 0


async def _serve(
    prepared: PreparedSettings,
    reread: ReadSettings,
    data: Path,
    db: Database,
    roles: frozenset[ProcessRole],
) -> None:
    """Run one daemon after another: each reload that is right begins the next, with all it needs.

    To begin anew takes a second or two in which nothing is lost, and no part is left with a mixture
    of old and new settings. Where the new ones do not start, the old ones are started again.
    """
    stopping, notifier = signalled(), SystemdNotifier(environment())
    clock = AgreedClock(utc_now)
    reloading = SettingsReload(reread, data, db, clock)
    steps = ClockStepMonitor(utc_now)
    watching = asyncio.create_task(steps.watch(functools.partial(_set_back, db, clock, reloading)))
    before: PreparedSettings | None = None
    while not stopping.is_set():
        daemon = Daemon(prepared, db, clock, steps, data=data, notifier=notifier, roles=roles)
        try:
            following = await daemon.run(stopping, reloading, is_reload=before is not None)
        except WirewatchError as error:
            if before is None:
                raise
            await reloading.refused(error)
            prepared, before = before, None
            continue
        if following is None:
            watching.cancel()
            return
        notifier.reloading()
        apply_logging(following.loaded)
        prepared, before = following, prepared


async def _set_back(
    db: Database, clock: AgreedClock, reloading: SettingsReload, by: timedelta
) -> None:
    """Move what waits for a time that has gone, and begin all parts anew: each holds times of its own.

    Where processes share a database its server's clock is theirs, and they only look at it.
    """
    if not db.is_embedded:
        await clock.measure(db)
        return
    try:
        moved = await db.write(move_back, by, clock())
    except StorageError as error:
        structlog.get_logger("clock").error("nothing_moved", reason=str(error))
        return
    structlog.get_logger("clock").info("moved_back", times=moved)
    reloading.begin_anew()


class Daemon:
    """The rooms of one process, in the order in which data runs through them."""

    def __init__(
        self,
        prepared: PreparedSettings,
        db: Database,
        clock: AgreedClock,
        steps: ClockStepMonitor,
        *,
        data: Path,
        notifier: SystemdNotifier,
        roles: frozenset[ProcessRole] = ALL,
    ) -> None:
        self._prepared = prepared
        self._loaded = prepared.loaded
        settings = self._settings = prepared.loaded.settings
        self._file = prepared.loaded.place(data).path
        self._db = db
        self._clock = clock
        self._steps = steps
        self._roles = roles
        self._rng = random.Random()  # noqa: S311 - jitter, not secrets  # nosec B311
        self._metrics = Metrics(version("wirewatch"))
        self._notifier = notifier
        self._ledger = RequestLedger(db)
        self._hot: HotState = open_hot_state(settings.storage, settings.copies)
        folder = None if self._file is None else self._file.parent
        self._room = DiskGuard(folder, settings.storage.min_free_mb)
        self._crawling = CrawlService(
            prepared,
            db=db,
            hot=self._hot,
            clock=clock,
            rng=self._rng,
            ledger=self._count,
            snapshot=data / wiring.SNAPSHOT_NAME,
            room=self._room,
        )
        self._recrawl_controller = RecrawlController(db, self._crawling.planner, clock)
        self._pushes = PushReceiver(db, clock, self._rng)
        self._working = WorkerRegistry(
            db,
            roles,
            clock,
            version=version("wirewatch"),
            problem=lambda: self._crawling.waits_because,
            numbers=self._numbers,
        )
        self._visits = 0
        self._was_killed = False
        self._site: Site | None = None
        self._log = structlog.get_logger("daemon")

    async def run(
        self, stopping: asyncio.Event, reloading: SettingsReload, *, is_reload: bool = False
    ) -> PreparedSettings | None:
        """Start every part, and stop them against the flow of data, when asked to or for others.

        Gives the settings to go on with; None when all is to end. Raises WirewatchError when it
        can't be started.
        """
        self._on(bus.RELOAD, reloading.ask)
        async with contextlib.AsyncExitStack() as parts:
            await self._start(parts)
            if is_reload:
                await reloading.taken()
            following = await first_of(stopping, reloading.next(self._prepared))
            if following is None:
                self._notifier.stopping()
            self._log.info("daemon_stopping")
        self._log.info("daemon_stopped")
        return following

    # --- starting ---------------------------------------------------------------------------

    async def _start(self, parts: contextlib.AsyncExitStack) -> None:
        began = self._clock()
        await self._clock.measure(self._db)
        parts.push_async_callback(self._hot.close)
        if self._is_alone:
            self._was_killed = await self._ledger.began()
            parts.push_async_callback(self._ledger.close)
        else:
            parts.push_async_callback(self._ledger.flush)
            await self._working.begin(shared=self._hot.shared is not None)
            parts.push_async_callback(self._working.close)
        run_for_ever(parts, self._notifier.keep_alive())
        url = await self._start_web(parts, began)
        on_outbox = await self._start_deliveries(parts)
        on_work = self._start_watcher(parts, on_outbox, await self._links(url))
        await self._recrawl_controller.resume()
        pipeline = await self._start_pipeline(parts, on_work)
        crawl = await self._start_crawl(parts, pipeline)
        await self._start_jobs(parts, pipeline, crawl, on_outbox, url)
        self._listen()
        seconds = (self._clock() - began).total_seconds()
        if not self._settings.fetch.names_operator:
            self._log.warning("contact_is_the_projects", remedy="set contact under [fetch]")
        shown = (
            f"pages at {url}" if ProcessRole.WEB in self._roles else f"role {named(self._roles)}"
        )
        self._notifier.ready(f"watching; {shown}")
        self._log.info(
            "daemon_started",
            role=named(self._roles),
            stats_page=url if ProcessRole.WEB in self._roles else None,
            seconds=round(seconds, 2),
        )

    @property
    def _is_alone(self) -> bool:
        """Whether no other process works on this database."""
        return self._db.is_embedded

    async def _start_web(self, parts: contextlib.AsyncExitStack, began: datetime) -> str:
        """Answer requests: people's, where that is a role of ours, and always a machine's."""
        web = self._settings.web
        if ProcessRole.WEB not in self._roles:
            if web.health_port is not None:
                facts = FactsReader(
                    self._db, unready=self._hot.unready_reasons, room=self._room, pid=os.getpid()
                )
                app = machine_app(facts, self._metrics)
                server = WebServer(app, web.host, web.health_port)
                await server.start()
                parts.push_async_callback(server.stop)
            return web.url
        setup = SetupLink()
        self._site = Site(self._site_parts(began, setup))
        server = WebServer(self._site.app, web.host, web.port)
        await self._site.metrics_collector.begin()
        await server.start()
        parts.push_async_callback(server.stop)
        parts.callback(self._site.close)
        run_for_ever(parts, self._site.metrics_collector.watch_loop())
        if not await self._db.read(accounts.any_there):
            base = str(web.public_url or server.url).rstrip("/")
            self._log.info("no_account_yet", set_up=f"{base}{setup.path}")
        return server.url

    def _site_parts(self, began: datetime, setup: SetupLink) -> SiteParts:
        return SiteParts(
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
            unready=self._hot.unready_reasons,
            room=self._room,
            pid=os.getpid(),
            last_minute=self._hot.last_minute,
        )

    async def _start_deliveries(self, parts: contextlib.AsyncExitStack) -> Callable[[], None]:
        """Begin to deliver, unless another process does; what says that there is something to."""
        told = self._teller(bus.OUTBOX)
        if ProcessRole.DELIVERY not in self._roles:
            return told
        worker = await start_deliveries(
            parts, self._settings, self._db, self._clock, self._rng, alone=self._is_alone
        )
        self._on(bus.OUTBOX, worker.wake)
        return worker.wake

    def _start_watcher(
        self, parts: contextlib.AsyncExitStack, on_outbox: Callable[[], None], links: MessageLinks
    ) -> Callable[[], None]:
        if ProcessRole.SCHEDULER not in self._roles:
            return self._teller(bus.WORK)
        watcher = Watcher(
            db=self._db,
            compose=functools.partial(
                compose,
                style=self._style(links),
            ),
            clock=self._clock,
            on_outbox=on_outbox,
            rng=self._rng,
            alone=self._is_alone,
        )
        run_part(parts, watcher.run(), watcher.stop)
        self._on(bus.WORK, watcher.wake)
        return watcher.wake

    def _style(self, links: MessageLinks) -> MessageStyle:
        settings = self._settings
        return MessageStyle(settings.email.sender, links, settings.copies.stale_days)

    async def _links(self, own_url: str) -> MessageLinks:
        public = self._settings.web.public_url
        key = await self._db.write(secret_keys.get, secret_keys.LINKS)
        return MessageLinks(str(public or own_url), key, public=public is not None)

    async def _start_pipeline(
        self, parts: contextlib.AsyncExitStack, on_work: Callable[[], None]
    ) -> Pipeline | None:
        """Return what takes pages and pushes; None where neither comes to this process."""
        if self._roles <= {ProcessRole.DELIVERY}:
            return None
        pipeline = await self._crawling.pipeline(
            parts,
            on_work=on_work,
            on_due=self._teller(bus.DUE),
            reads=bool(self._roles & {ProcessRole.CRAWLER, ProcessRole.WEB}),
        )
        if self._takes_pushes:
            self._pushes.open(pipeline)
            parts.push_async_callback(self._pushes.close)
        return pipeline

    async def _start_crawl(
        self, parts: contextlib.AsyncExitStack, pipeline: Pipeline | None
    ) -> Crawl | None:
        crawl = None
        if pipeline is not None and ProcessRole.CRAWLER in self._roles:
            crawl = await self._crawling.begin(parts, pipeline, was_killed=self._was_killed)
            self._on(bus.DUE, crawl.wake)
        if self._site is not None:
            self._site.open(await self._crawling.look(parts))
        return crawl

    # --- jobs -------------------------------------------------------------------------------

    async def _start_jobs(
        self,
        parts: contextlib.AsyncExitStack,
        pipeline: Pipeline | None,
        crawl: Crawl | None,
        on_outbox: Callable[[], None],
        url: str,
    ) -> None:
        """Do every so often what is each process's own, and what only one of them does."""
        own = [*self._own_jobs(), *self._crawl_jobs()]
        if ProcessRole.SCHEDULER in self._roles and pipeline is not None:
            style = self._style(await self._links(url))
            upkeep = Maintenance(
                self._settings,
                hot=self._hot,
                crawling=self._crawling,
                recrawl_controller=self._recrawl_controller,
                clock=self._clock,
                trusted=lambda: self._steps.is_trusted,
                style=style,
                on_outbox=on_outbox,
                on_due=crawl.wake if crawl is not None else self._teller(bus.DUE),
            )
            session = await parts.enter_async_context(wiring.egress(self._settings).session())

            def jobs_of(db: Database) -> Sequence[Job]:
                pushed = self._subscriptions(db, session, pipeline)
                return [*upkeep.jobs(db), *pushed, *upkeep.heartbeat(db, session)]

            if self._is_alone:
                own += jobs_of(self._db)
            else:
                leader = LeaderElection(self._db, self._working.id, jobs_of, self._clock)
                run_part(parts, leader.run(), leader.stop)
        clock = JobScheduler(self._db, self._clock)
        clock.start(own)
        parts.push_async_callback(clock.stop)

    def _own_jobs(self) -> list[Job]:
        """Return what every process does for itself."""
        jobs = [Job("heartbeat", timedelta(seconds=15), _nothing)]
        if not self._is_alone:
            jobs += [
                Job("worker", timedelta(seconds=10), self._working.tell, recorded=False),
                Job(
                    "clock",
                    timedelta(seconds=30),
                    functools.partial(self._clock.measure, self._db),
                    recorded=False,
                ),
            ]
        return jobs

    async def _flush_live(self) -> None:
        if self._hot.shared is not None:
            with contextlib.suppress(HotStateError):  # they are counted later, or by nobody
                await self._hot.shared.live.flush(self._clock())

    def _crawl_jobs(self) -> list[Job]:
        if ProcessRole.CRAWLER not in self._roles and self._site is None:
            return []
        jobs = [
            Job("ledger", timedelta(seconds=2), self._ledger.flush, recorded=False),
            Job("sites", timedelta(minutes=1), self._crawling.sites.save, recorded=False),
        ]
        if ProcessRole.CRAWLER in self._roles:
            steer = (
                self._recrawl_controller.steer
                if self._is_alone
                else self._recrawl_controller.steer_a_share
            )
            jobs.append(Job("steering", timedelta(minutes=1), steer, recorded=False))
        if not self._is_alone:
            count = self._crawling.count_others
            jobs.append(Job("budgets", timedelta(minutes=1), count, recorded=False))
            jobs.append(Job("live", timedelta(seconds=2), self._flush_live, recorded=False))
        return jobs

    def _subscriptions(
        self, db: Database, session: aiohttp.ClientSession, pipeline: Pipeline
    ) -> list[Job]:
        """Keep the subscriptions; nothing where hubs can't reach us."""
        if self._settings.websub.callback_url is None:
            return []
        subscriber = Subscriber(
            db=db,
            hubs=HubClient(session, self._settings.fetch.contact),
            settings=self._settings.websub,
            visits=pipeline,
            clock=self._clock,
            rng=self._rng,
            on_relied=self._crawling.planner.rely_on,
        )
        return [Job("subscriptions", timedelta(minutes=1), subscriber.keep)]

    # --- what the parts share ---------------------------------------------------------------

    @property
    def _takes_pushes(self) -> bool:
        return self._settings.websub.callback_url is not None and ProcessRole.WEB in self._roles

    def _push_routes(self) -> list[Route]:
        if not self._takes_pushes:
            return []
        fetch = self._settings.fetch
        return push_routes(self._pushes, max_bytes=fetch.max_bytes, seconds=fetch.timeout_seconds)

    def _count(self, fetch: Fetch) -> None:
        self._ledger.add(fetch)
        self._metrics.fetched(fetch)
        self._visits += 1
        if self._hot.shared is not None:
            counted = self._hot.shared.live
            counted.add(live.REQUESTS)
            counted.add(live.BYTES, fetch.size)
            counted.add(live.FAILED, int(fetch.outcome not in FINE))

    def _numbers(self) -> dict[str, float]:
        return {"requests": self._visits, "conflicts": self._db.conflicts}

    def _listing(self) -> tuple[Setting, ...]:
        return tuple(self._loaded.listing())

    def _teller(self, word: str) -> Callable[[], None]:
        """Return what tells other processes a word; nobody, where there are none."""
        shared = self._hot.shared
        return _nobody if shared is None else functools.partial(shared.bus.publish, word)

    def _on(self, word: str, heard: Callable[[], None]) -> None:
        if self._hot.shared is not None:
            self._hot.shared.bus.subscribe(word, lambda _what: heard())

    def _listen(self) -> None:
        shared = self._hot.shared
        if shared is None:
            return
        slots = self._crawling.services.slots
        if isinstance(slots, SharedSlots):
            shared.bus.subscribe(bus.REFUSALS, slots.heard)
            slots.tell = functools.partial(shared.bus.publish, bus.REFUSALS)
        shared.bus.listen()


def _nobody() -> None:
    """Wake nobody: whoever is meant looks by itself."""


async def _nothing() -> None:
    """Do nothing: that the job ran at all is the sign of life."""
