"""The clock: a few periodic jobs on APScheduler, each of whose runs is recorded."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

from storage import jobs
from storage.database import Database


@dataclass(frozen=True, slots=True)
class Job:
    """Something done every so often. `recorded` jobs leave their last run in the database."""

    name: str
    every: timedelta
    action: Callable[[], Awaitable[None]]
    recorded: bool = True


class Clock:
    """Runs jobs at their times; one that is late runs once, and no job runs beside itself."""

    def __init__(self, db: Database, now: Callable[[], datetime]) -> None:
        self._db = db
        self._now = now
        self._log = structlog.get_logger("jobs")
        self._scheduler = AsyncIOScheduler(
            timezone="UTC",
            # Without misfire_grace_time=None a job that is a second late is dropped in silence.
            job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
        )

    def start(self, all_jobs: list[Job]) -> None:
        """Run each job now, and then every so often."""
        for job in all_jobs:
            self._scheduler.add_job(
                self._run,
                IntervalTrigger(seconds=job.every.total_seconds()),
                args=[job],
                id=job.name,
                next_run_time=self._now(),
            )
        self._scheduler.start()

    def stop(self) -> None:
        """Start no job any more; the ones that run are left to end."""
        self._scheduler.shutdown(wait=False)

    async def _run(self, job: Job) -> None:
        began = time.monotonic()
        if job.recorded:
            await self._db.write(jobs.started, job.name, self._now())
        error = ""
        try:
            await job.action()
        except Exception as failure:  # noqa: BLE001 - a job that failed runs again, and says so
            error = f"{type(failure).__name__}: {failure}"
            self._log.exception("job_failed", job=job.name)
        if job.recorded:
            await self._db.write(jobs.finished, job.name, self._now(), error)
        self._log.debug("job_run", job=job.name, seconds=round(time.monotonic() - began, 3))
