"""The daemon: puts the rooms together, runs them on one event loop, and drains them on a signal."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import os
from collections.abc import Callable
from datetime import datetime, timedelta
from importlib.metadata import version

import structlog
from starlette.routing import Route

from crawler.articles.pipeline import Pipeline
from crawler.visits.crawl import Crawl
from scheduler.actions.recipients import address_check
from scheduler.alerts.compose import compose
from scheduler.alerts.content import MessageStyle
from scheduler.alerts.links import MessageLinks
from scheduler.config import factories
from scheduler.config.roles import ProcessRole, named
from scheduler.daemon.context import DaemonContext
from scheduler.daemon.crawl_service import CrawlService
from scheduler.daemon.delivery_service import start_deliveries
from scheduler.daemon.maintenance import Maintenance
from scheduler.daemon.settings_reload import PreparedSettings, SettingsReload, first_of
from scheduler.diagnosis.facts import FactsReader
from scheduler.observability.metrics import Metrics
from scheduler.recrawl.controller import RecrawlController
from scheduler.runtime.clock_steps import ClockStepMonitor
from scheduler.runtime.file_budget import file_budget, file_limit
from scheduler.runtime.jobs import Job, JobScheduler
from scheduler.runtime.leader import LeaderElection
from scheduler.runtime.ledger import RequestCounter, RequestLedger
from scheduler.runtime.lifecycle import run_for_ever, run_part
from scheduler.runtime.systemd_notify import SystemdNotifier
from scheduler.runtime.worker_registry import WorkerRegistry
from scheduler.watch.watcher import Watcher
from scheduler.web.app import Site, SiteParts
from scheduler.web.connections import ConnectionLimits
from scheduler.web.pages.login import SetupLink
from scheduler.web.pages.monitoring import headless_app
from scheduler.web.push import push_routes
from scheduler.web.server import WebServer
from scheduler.websub.push_receiver import PushReceiver
from storage.hot.redis import bus
from storage.operators import accounts, secret_keys


class Daemon:
    """The rooms of one process, in the order in which data runs through them."""

    def __init__(
        self, context: DaemonContext, steps: ClockStepMonitor, notifier: SystemdNotifier
    ) -> None:
        self._context = context
        self._settings = context.settings
        self._db, self._clock, self._roles = context.db, context.clock, context.roles
        self._hot_state = context.hot_state
        self._steps = steps
        self._notifier = notifier
        self._metrics = Metrics(version("wirewatch"))
        self._ledger = RequestLedger(context.db)
        shared = context.hot_state.shared
        live_counts = None if shared is None else shared.live
        self._requests = RequestCounter(self._ledger, self._metrics, live_counts)
        self._crawl_service = CrawlService(context, ledger=self._requests.add)
        self._recrawl_controller = RecrawlController(
            context.db, self._crawl_service.planner, context.clock
        )
        self._push_receiver = PushReceiver(context.db, context.clock, context.rng)
        self._worker_registry = WorkerRegistry(
            context.db,
            context.roles,
            context.clock,
            version=version("wirewatch"),
            problem=lambda: self._crawl_service.waits_because,
            numbers=self._numbers,
        )
        self._was_killed = False
        self._site: Site | None = None
        self._log = structlog.get_logger("daemon")

    async def run(
        self, stopping: asyncio.Event, reload: SettingsReload, *, is_reload: bool = False
    ) -> PreparedSettings | None:
        """Start every part, and stop them against the flow of data, when asked to or for others.

        Gives the settings to go on with; None when all is to end. Raises WirewatchError when it
        can't be started.
        """
        self._hot_state.on(bus.RELOAD, reload.ask)
        async with contextlib.AsyncExitStack() as parts:
            await self._start(parts)
            if is_reload:
                await reload.taken()
            following = await first_of(stopping, reload.next(self._context.prepared))
            if following is None:
                self._notifier.stopping()
            self._log.info("daemon_stopping")
        self._log.info("daemon_stopped")
        return following

    # --- starting ---------------------------------------------------------------------------

    async def _start(self, parts: contextlib.AsyncExitStack) -> None:
        began = self._clock()
        await self._clock.measure(self._db)
        parts.push_async_callback(self._hot_state.close)
        if self._context.is_alone:
            self._was_killed = await self._ledger.began()
            parts.push_async_callback(self._ledger.close)
        else:
            parts.push_async_callback(self._ledger.flush)
            await self._worker_registry.begin(shared=self._hot_state.shared is not None)
            parts.push_async_callback(self._worker_registry.close)
        run_for_ever(parts, self._notifier.keep_alive())
        url = await self._start_web(parts, began)
        style = await self._message_style(url)
        on_outbox = await self._start_deliveries(parts)
        on_work = self._start_watcher(parts, on_outbox, style)
        await self._recrawl_controller.resume()
        pipeline = await self._start_pipeline(parts, on_work)
        crawl = await self._start_crawl(parts, pipeline)
        await self._start_jobs(parts, pipeline, crawl, on_outbox, style)
        self._crawl_service.share_refusals()
        if self._hot_state.shared is not None:
            self._hot_state.shared.bus.listen()
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

    async def _start_web(self, parts: contextlib.AsyncExitStack, began: datetime) -> str:
        """Answer requests: people's, where that is a role of ours, and always a machine's."""
        web = self._settings.web
        if ProcessRole.WEB not in self._roles:
            if web.health_port is not None:
                facts = FactsReader(
                    self._db,
                    self._clock,
                    unready=self._hot_state.unready_reasons,
                    room=self._context.disk_guard,
                    pid=os.getpid(),
                )
                app = headless_app(facts, self._metrics)
                server = WebServer(app, web.host, web.health_port, self._connection_limits())
                await server.start()
                parts.push_async_callback(server.stop)
            return web.url
        setup = SetupLink()
        self._site = Site(self._site_parts(began, setup))
        server = WebServer(self._site.app, web.host, web.port, self._connection_limits())
        await self._site.metrics_collector.begin()
        await server.start()
        parts.push_async_callback(server.stop)
        parts.callback(self._site.close)
        run_for_ever(parts, self._site.metrics_collector.watch_loop())
        if not await self._db.read(accounts.any_there):
            base = str(web.public_url or server.url).rstrip("/")
            self._log.info("no_account_yet", set_up=f"{base}{setup.path}")
        return server.url

    def _connection_limits(self) -> ConnectionLimits:
        """Return the limits that leave the crawl and the deliveries the descriptors they need."""
        budget = file_budget(file_limit(), self._settings.fetch.concurrency)
        if not budget.is_enough:
            self._log.warning(
                "few_open_files", limit=budget.limit, remedy="raise LimitNOFILE, or ulimit -n"
            )
        most = budget.connections
        return ConnectionLimits(most, most // 2, trusted=self._settings.web.trusted_proxies)

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
            listing=lambda: tuple(self._context.prepared.loaded.listing()),
            setup=setup,
            metrics=self._metrics,
            database_file=self._context.database_file,
            push=self._push_routes(),
            callback_host=self._settings.websub.host,
            unready=self._hot_state.unready_reasons,
            room=self._context.disk_guard,
            pid=os.getpid(),
            last_minute=self._hot_state.last_minute,
        )

    async def _start_deliveries(self, parts: contextlib.AsyncExitStack) -> Callable[[], None]:
        """Begin to deliver, unless another process does; what says that there is something to."""
        if ProcessRole.DELIVERY not in self._roles:
            return self._hot_state.announcer(bus.OUTBOX)
        worker = await start_deliveries(
            parts,
            self._settings,
            self._db,
            self._clock,
            self._context.rng,
            alone=self._context.is_alone,
        )
        self._hot_state.on(bus.OUTBOX, worker.wake)
        return worker.wake

    def _start_watcher(
        self, parts: contextlib.AsyncExitStack, on_outbox: Callable[[], None], style: MessageStyle
    ) -> Callable[[], None]:
        if ProcessRole.SCHEDULER not in self._roles:
            return self._hot_state.announcer(bus.WORK)
        watcher = Watcher(
            db=self._db,
            compose=functools.partial(compose, style=style),
            clock=self._clock,
            on_outbox=on_outbox,
            rng=self._context.rng,
            copies=self._settings.copies,
            alone=self._context.is_alone,
        )
        run_part(parts, watcher.run(), watcher.stop)
        self._hot_state.on(bus.WORK, watcher.wake)
        return watcher.wake

    async def _message_style(self, own_url: str) -> MessageStyle:
        settings = self._settings
        public = settings.web.public_url
        key = await self._db.write(secret_keys.get, secret_keys.LINKS)
        links = MessageLinks(str(public or own_url), key, public=public is not None)
        return MessageStyle(settings.email.sender, links, settings.copies.stale_days)

    async def _start_pipeline(
        self, parts: contextlib.AsyncExitStack, on_work: Callable[[], None]
    ) -> Pipeline | None:
        """Return what takes pages and pushes; None where neither comes to this process."""
        if self._roles <= {ProcessRole.DELIVERY}:
            return None
        pipeline = await self._crawl_service.pipeline(
            parts,
            on_work=on_work,
            on_due=self._hot_state.announcer(bus.DUE),
            reads=bool(self._roles & {ProcessRole.CRAWLER, ProcessRole.WEB}),
        )
        if self._takes_pushes:
            self._push_receiver.open(pipeline)
            parts.push_async_callback(self._push_receiver.close)
        return pipeline

    async def _start_crawl(
        self, parts: contextlib.AsyncExitStack, pipeline: Pipeline | None
    ) -> Crawl | None:
        crawl = None
        if pipeline is not None and ProcessRole.CRAWLER in self._roles:
            crawl = await self._crawl_service.begin(parts, pipeline, was_killed=self._was_killed)
            self._hot_state.on(bus.DUE, crawl.wake)
        if self._site is not None:
            self._site.open(await self._crawl_service.look(parts))
        return crawl

    # --- jobs -------------------------------------------------------------------------------

    async def _start_jobs(
        self,
        parts: contextlib.AsyncExitStack,
        pipeline: Pipeline | None,
        crawl: Crawl | None,
        on_outbox: Callable[[], None],
        style: MessageStyle,
    ) -> None:
        """Do every so often what is each process's own, and what only one of them does."""
        own = [*self._own_jobs(), *self._crawl_jobs()]
        if ProcessRole.SCHEDULER in self._roles and pipeline is not None:
            announce_due = self._hot_state.announcer(bus.DUE)
            maintenance = Maintenance(
                self._context,
                crawl_service=self._crawl_service,
                recrawl_controller=self._recrawl_controller,
                pipeline=pipeline,
                session=await parts.enter_async_context(factories.egress(self._settings).session()),
                style=style,
                is_clock_trusted=lambda: self._steps.is_trusted,
                on_outbox=on_outbox,
                on_due=crawl.wake if crawl is not None else announce_due,
            )
            if self._context.is_alone:
                own += maintenance.jobs(self._db)
            else:
                leader = LeaderElection(
                    self._db, self._worker_registry.id, maintenance.jobs, self._clock
                )
                run_part(parts, leader.run(), leader.stop)
        jobs = JobScheduler(self._db, self._clock)
        jobs.start(own)
        parts.push_async_callback(jobs.stop)

    def _own_jobs(self) -> list[Job]:
        """Return what every process does for itself."""
        jobs = [Job("heartbeat", timedelta(seconds=15), _nothing)]
        if not self._context.is_alone:
            jobs += [
                Job("worker", timedelta(seconds=10), self._worker_registry.tell, recorded=False),
                Job(
                    "clock",
                    timedelta(seconds=30),
                    functools.partial(self._clock.measure, self._db),
                    recorded=False,
                ),
            ]
        return jobs

    def _crawl_jobs(self) -> list[Job]:
        if ProcessRole.CRAWLER not in self._roles and self._site is None:
            return []
        jobs = [
            Job("ledger", timedelta(seconds=2), self._ledger.flush, recorded=False),
            Job("sites", timedelta(minutes=1), self._crawl_service.sites.save, recorded=False),
        ]
        if ProcessRole.CRAWLER in self._roles:
            steer = (
                self._recrawl_controller.steer
                if self._context.is_alone
                else self._recrawl_controller.steer_a_share
            )
            jobs.append(Job("steering", timedelta(minutes=1), steer, recorded=False))
        if not self._context.is_alone:
            count = self._crawl_service.count_others
            jobs.append(Job("budgets", timedelta(minutes=1), count, recorded=False))
            jobs.append(Job("live", timedelta(seconds=2), self._flush_live, recorded=False))
        return jobs

    # --- what the parts share ---------------------------------------------------------------

    @property
    def _takes_pushes(self) -> bool:
        return self._settings.websub.callback_url is not None and ProcessRole.WEB in self._roles

    def _push_routes(self) -> list[Route]:
        if not self._takes_pushes:
            return []
        fetch = self._settings.fetch
        return push_routes(
            self._push_receiver, max_bytes=fetch.max_bytes, seconds=fetch.timeout_seconds
        )

    async def _flush_live(self) -> None:
        await self._requests.flush_live(self._clock())

    def _numbers(self) -> dict[str, float]:
        return {"requests": self._requests.total, "conflicts": self._db.conflicts}


async def _nothing() -> None:
    """Do nothing: that the job ran at all is the sign of life."""
