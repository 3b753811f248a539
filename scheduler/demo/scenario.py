"""The demo from beginning to end: the small web, the commands, the daemon, the outcome."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import signal
import tempfile
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from rich.console import Console

from scheduler.demo.expectations import DemoState, missing, stored
from scheduler.demo.installation import DemoError, DemoPorts, Installation, config_text, free_port
from scheduler.demo.mailbox import Mailbox
from scheduler.demo.publishers import PublishersProxy
from scheduler.demo.report import DemoReport
from scheduler.demo.webhook_receiver import WebhookReceiver
from scheduler.demo.world import DemoWorld, load_world
from storage.crawl import sources
from storage.models.recipients import Channel
from storage.reports import statistics
from storage.reports.statistics import Overview
from storage.sql.database import Database
from storage.topics import topics

_DEADLINE_SECONDS = 240.0  # a slow or busy machine may take far longer than a normal one
_STEP_SECONDS = 30.0  # how long the next pages wait for the last ones
_POLL_SECONDS = 0.15
_DESK = "desk@newsroom.example"
_DATABASE = "wirewatch.db"
_INTERRUPTED = 130


def main(keep: bool, data: Path | None) -> int:
    """Play the demo; 0 when all that was to happen did, 1 when not, 130 when interrupted.

    `keep` pages it running until Ctrl-C; `data` is kept, and an earlier demo in it that was
    killed is gone on with. A temporary directory is used otherwise, and removed.
    """
    report = DemoReport(Console(), datetime.now(UTC))
    with _folder(data) as folder:
        return asyncio.run(_until_signalled(_play(folder, report, keep=keep)))


@contextlib.contextmanager
def _folder(data: Path | None) -> Iterator[Path]:
    if data is not None:
        yield data.absolute()
        return
    folder = Path(tempfile.mkdtemp(prefix="wirewatch-demo-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


async def _until_signalled(work: Coroutine[Any, Any, int]) -> int:
    """Run to the end or to the first Ctrl-C or SIGTERM; the ones after it don't hurry the end."""
    task = asyncio.create_task(work)
    signals: list[int] = []

    def signalled(number: int) -> None:
        if not signals:
            task.cancel()
        signals.append(number)

    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, signalled, number)
    try:
        return await task
    except asyncio.CancelledError:
        return _INTERRUPTED


async def _play(folder: Path, report: DemoReport, *, keep: bool) -> int:
    world = load_world()
    installation = Installation(folder)
    try:
        await installation.take_over()
    except DemoError as error:
        report.failed((str(error),), "")
        return 1
    async with (
        PublishersProxy(world, datetime.now(UTC)) as proxy,
        Mailbox() as mailbox,
        WebhookReceiver(_webhook_port(folder, world)) as receiver,
    ):
        ports = DemoPorts(proxy.url, mailbox.port, receiver.port, free_port())
        installation.configure(config_text(ports))
        report.step(_now(), f"{len(world.publishers)} publishers are on line")
        script = _Scenario(world, installation, proxy, mailbox, receiver, report)
        try:
            known = await script.prepare()
            return await script.perform(f"http://127.0.0.1:{ports.web}/", known, keep=keep)
        except DemoError as error:
            report.failed((str(error),), installation.last_words())
            return 1


@dataclass(slots=True)
class _Scenario:
    """The acts of the demo, in order."""

    world: DemoWorld
    installation: Installation
    proxy: PublishersProxy
    mailbox: Mailbox
    receiver: WebhookReceiver
    report: DemoReport
    told_before: frozenset[Channel] = field(default=frozenset())

    async def prepare(self) -> set[str]:
        """Add the topic, unless an earlier demo did; the addresses of the sources that it added."""
        with self._database() as db:
            with db.connect() as conn:
                known_topics = {topic.name for topic in topics.list_all(conn)}
                known_sources = {source.url for source in sources.list_all(conn)}
            self.told_before = _told(self._overview(db))
        if self.world.topic not in known_topics:
            await self._add_topic()
        with self._database() as db, db.connect() as conn:
            recipients = topics.get(conn, self.world.topic).recipients
        self.receiver.secrets = tuple(r.secret for r in recipients if r.secret)
        return known_sources

    async def perform(self, stats_page: str, known_sources: set[str], *, keep: bool) -> int:
        """Run the daemon, add the sources, and watch the news appear; the demo's exit status."""
        supervising = asyncio.create_task(self._supervise())
        watching = asyncio.create_task(self._watch(stats_page, known_sources, keep=keep))
        try:
            await asyncio.wait({supervising, watching}, return_when=asyncio.FIRST_COMPLETED)
            if watching.done():
                return watching.result()
            supervising.result()  # raises: it ends only when the daemon can't be kept running
            return 1
        finally:
            await _cancelled(watching)
            await _cancelled(supervising)

    async def _add_topic(self) -> None:
        arguments = (
            "topic", "add", self.world.topic, "--query", self.world.query,
            "--email", _DESK, "--webhook", self.receiver.url,
        )  # fmt: skip
        await self.installation.must(*arguments)
        self.report.step(_now(), f"$ wirewatch topic add '{self.world.topic}' …")
        self.report.line(f"           --query '{self.world.query}'")
        self.report.line(f"           --email {_DESK} --webhook {self.receiver.url}")

    async def _add_sources(self, known: set[str]) -> None:
        new = [f"http://{p.host}/" for p in self.world.publishers if p.feed_url not in known]
        if new:
            self.report.step(_now(), f"$ wirewatch source add {' '.join(new)}")
            await self.installation.must("source", "add", *new)

    async def _supervise(self) -> None:
        """Keep a daemon running as systemd would: one that was killed is started again."""
        while True:
            async with self.installation.daemon() as process:
                self.report.step(_now(), f"$ wirewatch run  (pid {process.pid})")
                status = await process.wait()
            if status >= 0:
                raise DemoError(f"the daemon ended by itself with status {status}")
            self.report.step(_now(), f"the daemon was killed by signal {-status}")

    async def _watch(self, stats_page: str, known_sources: set[str], *, keep: bool) -> int:
        await self._add_sources(known_sources)
        with self._database() as db:
            reasons, state = await self._acts(db)
        self.report.outcome(state, stats_page)
        if reasons:
            self.report.failed(reasons, self.installation.last_words())
            return 1
        self.report.heading("All of it as expected.")
        if keep:
            self.report.line(f"It goes on: look at {stats_page} and end it with Ctrl-C.")
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.Event().wait()
        return 0

    async def _acts(self, db: Database) -> tuple[tuple[str, ...], DemoState]:
        await self._until(lambda: stored(self.world, self._overview(db), 0), _DEADLINE_SECONDS)
        self.report.step(_now(), "the backlog is stored; nobody was alerted")
        for step in range(1, self.world.steps + 1):
            self.proxy.release(step)
            for page in self.world.pages:
                if page.step == step:
                    self.report.step(_now(), f"{page.publisher.host} publishes “{page.title}”")
            await self._until(lambda: stored(self.world, self._overview(db), step), _STEP_SECONDS)  # noqa: B023 - awaited at once
        await self._until(lambda: not missing(self.world, self._state(db)), self._left())
        state = self._state(db)
        return missing(self.world, state), state

    async def _until(self, holds: Callable[[], bool], seconds: float) -> None:
        """Wait until something holds, or for so long."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(max(0.0, min(seconds, self._left()))):
                while not await asyncio.to_thread(holds):  # noqa: ASYNC110 - another process does it
                    await asyncio.sleep(_POLL_SECONDS)

    def _left(self) -> float:
        return _DEADLINE_SECONDS - self.report.seconds(_now())

    def _state(self, db: Database) -> DemoState:
        return DemoState(
            self._overview(db),
            tuple(self.mailbox.emails),
            tuple(self.receiver.webhooks),
            self.told_before,
        )

    def _overview(self, db: Database) -> Overview:
        now = _now()
        with db.connect() as conn:
            return statistics.overview(conn, now=now, since=now - timedelta(days=1), limit=100)

    def _database(self) -> contextlib.AbstractContextManager[Database]:
        return _opened(self.installation.data)


@contextlib.contextmanager
def _opened(folder: Path) -> Iterator[Database]:
    db = Database.open(folder / _DATABASE)
    try:
        yield db
    finally:
        db.close()


def _webhook_port(folder: Path, world: DemoWorld) -> int:
    """Return the port that an earlier demo's topic names; 0, which is any, without one."""
    if not (folder / _DATABASE).exists():
        return 0
    with _opened(folder) as db, db.connect() as conn:
        found = [topic for topic in topics.list_all(conn) if topic.name == world.topic]
    addresses = [r.address for t in found for r in t.recipients if r.channel is Channel.WEBHOOK]
    return next((urlsplit(address).port or 0 for address in addresses), 0)


def _told(overview: Overview) -> frozenset[Channel]:
    deliveries = (delivery for row in overview.alerts for delivery in row.deliveries)
    return frozenset(delivery.channel for delivery in deliveries if delivery.delivered_at)


async def _cancelled(task: asyncio.Task[Any]) -> None:
    task.cancel()
    await asyncio.wait({task})


def _now() -> datetime:
    return datetime.now(UTC)
