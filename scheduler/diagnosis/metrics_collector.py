"""Brings the metrics up to date when they are asked for: what came since, and how things stand."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from pathlib import Path

from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.openmetrics import exposition as openmetrics

from scheduler.observability.metrics import Metrics
from storage.reports import measures, sizes
from storage.reports.installation import InstallationFacts
from storage.reports.measures import CountedRows, Gauges, NewRows
from storage.sql.database import Database

_WORDS = ("new", "healthy", "failing", "paused")
_TICK = 0.5  # seconds between two looks at how late the loop is


class MetricsCollector:
    """Gathers for one registry; `begin` first, so that counters count from this process's start.

    `problems` gives the code and grade of each thing that is not well.
    """

    def __init__(
        self,
        metrics: Metrics,
        db: Database,
        clock: Callable[[], datetime],
        file: Path | None,
        problems: Callable[[InstallationFacts], Awaitable[Sequence[tuple[str, str]]]],
    ) -> None:
        self._problems = problems
        self.metrics = metrics
        self._db = db
        self._clock = clock
        self._file = file
        self._read: CountedRows | None = None
        self._turn = asyncio.Lock()

    async def begin(self) -> None:
        """Count from now on."""
        self._read = await self._db.read(measures.newest)

    async def text(self, accept: str) -> tuple[bytes, str]:
        """Return all metrics, and their media type: OpenMetrics to who asks for it."""
        async with self._turn:
            if self._read is None:
                await self.begin()
            news = await self._db.read(measures.since, self._read or CountedRows())
            self._read = news.read
            self._count(news)
            await self._set(await self._db.read(measures.gauges, self._clock()))
            if self._file is None:
                self.metrics.db_bytes.set(await self._db.read(sizes.file_bytes))
        if "application/openmetrics-text" in accept:
            body: bytes = openmetrics.generate_latest(self.metrics.registry)  # type: ignore[no-untyped-call]
            return body, openmetrics.CONTENT_TYPE_LATEST
        return generate_latest(self.metrics.registry), CONTENT_TYPE_LATEST

    async def watch_loop(self) -> None:
        """Measure for ever how late the event loop wakes who sleeps."""
        loop = asyncio.get_running_loop()
        while True:
            due = loop.time() + _TICK
            await asyncio.sleep(_TICK)
            self.metrics.loop_lag.set(max(loop.time() - due, 0.0))

    def _count(self, news: NewRows) -> None:
        m = self.metrics
        m.articles.labels("new").inc(news.originals)
        m.articles.labels("copy").inc(news.copies)
        m.revisions.inc(news.revisions)
        m.matches.inc(news.matches)
        m.alerts.inc(news.alerts)
        for channel, outcome in news.tries:
            m.tried(channel, outcome)
        for channel in news.given_up:
            m.given_up.labels(channel).inc()
        m.set_aside.inc(news.set_aside)
        m.checked.inc(news.matching_checks)
        m.missed.inc(news.matching_missed)
        for job, tally in news.jobs.items():
            m.job_runs.labels(job).inc(tally.runs)
            m.job_failures.labels(job).inc(tally.failures)
        for seconds in news.delivery_latencies:
            m.delivery_seconds.observe(seconds)
        for seconds in news.discovery_latencies:
            m.publish_seconds.observe(seconds)

    async def _set(self, gauges: Gauges) -> None:
        m, installation = self.metrics, gauges.installation
        m.pending.set(installation.pending)
        m.dead.set(installation.dead)
        m.oldest.set(_seconds_since(installation.oldest_undelivered, installation.at))
        m.failing.set(len(installation.endpoints))
        for word in _WORDS:
            m.sources.labels(word).set(installation.words.get(word, 0))
        m.work.set(gauges.work)
        m.pages_due.set(gauges.pages_due)
        m.lag.set(_seconds_since(installation.next_visit_due, installation.at))
        for job in installation.jobs:
            m.job_failed.labels(job.name).set(bool(job.error))
            if job.succeeded_at is not None:
                m.job_success.labels(job.name).set(job.succeeded_at.timestamp())
        m.problems.clear()
        for code, grade in await self._problems(installation):
            m.problems.labels(code, grade).inc()
        if self._file is not None:
            m.db_bytes.set(sum(path.stat().st_size for path in self._files() if path.exists()))

    def _files(self) -> list[Path]:
        file = self._file or Path()
        return [file, file.with_name(f"{file.name}-wal")]


def _seconds_since(due: datetime | None, now: datetime) -> float:
    """Return for how many seconds something is due; 0 for what is not."""
    return 0.0 if due is None else max((now - due).total_seconds(), 0.0)
