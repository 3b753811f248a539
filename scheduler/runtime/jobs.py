"""The clock: a few periodic jobs on APScheduler, each of whose runs is recorded."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

from scheduler.runtime.lifecycle import result_or_error
from storage.errors import FullError, LeaseLostError, UnreachableError
from storage.process import jobs
from storage.process.jobs import JobRun
from storage.sql.database import Database

# With the crawl's and the deliveries' own, and a leader's, within the 10 s that we promise.
END_SECONDS = 1.0
_CUT_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class Job:
    """Something done every so often. `recorded` jobs leave their last run in the database."""

    name: str
    every: timedelta
    action: Callable[[], Awaitable[None]]
    recorded: bool = True


class JobScheduler:
    """Runs jobs at their times; one that is late runs once, and no job runs beside itself."""

    def __init__(self, db: Database, now: Callable[[], datetime]) -> None:
        self._db = db
        self._now = now
        self._log = structlog.get_logger("jobs")
        self._running: set[asyncio.Task[None]] = set()
        self._scheduler = AsyncIOScheduler(
            timezone="UTC",
            # Without misfire_grace_time=None a job that is a second late is dropped in silence.
            job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
        )

    def start(self, all_jobs: Sequence[Job], last: Mapping[str, JobRun] | None = None) -> None:
        """Run each job now, and then every so often.

        One that went well at its `last` run, in another process, waits until it is due again.
        """
        for job in all_jobs:
            self._scheduler.add_job(
                self._run,
                IntervalTrigger(seconds=job.every.total_seconds()),
                args=[job],
                id=job.name,
                next_run_time=_first(job, (last or {}).get(job.name), self._now()),
            )
        self._scheduler.start()

    async def resume(self, all_jobs: Sequence[Job]) -> None:
        """Go on where another process ended: what it did is not done again, what it left is."""
        known = {run.name: run for run in await self._db.read(jobs.list_all)}
        self.start(all_jobs, known)

    async def stop(self, within: float = END_SECONDS) -> None:
        """Start no job any more; what runs has some seconds to end, and is then cut off."""
        self._scheduler.pause()
        if self._running:
            await asyncio.wait(self._running, timeout=within)
        for cut in list(self._running):
            self._log.info("job_cut_off", job=cut.get_name())
            cut.cancel()
        if self._running:
            await asyncio.wait(self._running, timeout=_CUT_SECONDS)
        self._scheduler.shutdown(wait=False)

    async def _run(self, job: Job) -> None:
        """Run in a task of ours: APScheduler cancels its own at the end, as if they had failed."""
        run = asyncio.create_task(self._do(job), name=job.name)
        self._running.add(run)
        run.add_done_callback(self._running.discard)
        await asyncio.wait({run})
        if not run.cancelled():
            run.result()

    async def _do(self, job: Job) -> None:
        began = time.monotonic()
        error = ""
        failure = await result_or_error(self._act(job))
        if isinstance(failure, LeaseLostError):
            self._log.info("job_left", job=job.name, reason=str(failure))
            return
        if isinstance(failure, UnreachableError | FullError):
            error = str(failure)
            self._log.warning("job_failed", job=job.name, reason=error)
        elif failure is not None:
            error = f"{type(failure).__name__}: {failure}"
            self._log.error("job_failed", job=job.name, exc_info=failure)
        if job.recorded:
            await self._note_end(job, error)
        self._log.debug("job_run", job=job.name, seconds=round(time.monotonic() - began, 3))

    async def _act(self, job: Job) -> None:
        if job.recorded:
            await self._db.write(jobs.started, job.name, self._now())
        await job.action()

    async def _note_end(self, job: Job, error: str) -> None:
        try:
            await self._db.write(jobs.finished, job.name, self._now(), error)
        except (LeaseLostError, UnreachableError, FullError) as failure:
            self._log.warning("job_not_recorded", job=job.name, reason=str(failure))


def _first(job: Job, last: JobRun | None, now: datetime) -> datetime:
    if last is None or last.succeeded_at is None or last.error or last.finished_at is None:
        return now
    return max(now, min(last.started_at, now) + job.every)
