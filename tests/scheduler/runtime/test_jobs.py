"""The clock: jobs run at their times, one that failed runs again, and each leaves its trace."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from scheduler.runtime.jobs import Job, JobScheduler
from storage.process import jobs
from storage.sql.database import Database
from tests.waiting import eventually, forever, settled

OFTEN = timedelta(milliseconds=50)


def utc_now() -> datetime:
    return datetime.now(UTC)


async def test_a_job_runs_at_once_and_again_and_its_runs_are_recorded(db: Database) -> None:
    runs: list[datetime] = []
    twice = asyncio.Event()

    async def action() -> None:
        runs.append(utc_now())
        if len(runs) > 1:
            twice.set()

    clock = JobScheduler(db, utc_now)
    clock.start([Job("beat", OFTEN, action)])
    await twice.wait()
    await clock.stop()
    [run] = await db.read(jobs.list_all)
    assert run.name == "beat"
    assert run.runs >= 1


async def test_a_job_that_failed_says_why_and_runs_again(db: Database) -> None:
    recovered = asyncio.Event()
    calls = 0

    async def action() -> None:
        nonlocal calls
        calls += 1
        if calls == 1:
            raise OSError("disk full")
        recovered.set()

    clock = JobScheduler(db, utc_now)
    clock.start([Job("expiry", OFTEN, action)])
    await recovered.wait()
    await clock.stop()
    assert calls >= 2


async def test_a_job_that_was_late_is_run_not_dropped(db: Database) -> None:
    # The library's own default drops a job that is one second late, in silence.
    ran = asyncio.Event()

    async def action() -> None:
        ran.set()

    clock = JobScheduler(db, lambda: utc_now() - timedelta(hours=8))
    clock.start([Job("after a suspend", timedelta(days=1), action)])
    await ran.wait()
    await clock.stop()


@pytest.mark.parametrize("ends", [True, False], ids=["that ends soon", "that would go on"])
async def test_a_job_that_runs_at_the_end_is_waited_for_a_moment_and_is_no_failure(
    db: Database, caplog: pytest.LogCaptureFixture, ends: bool
) -> None:
    # Cancelled by the library itself, it would be an error in the log, with a traceback.
    begun, may_end, ended = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def action() -> None:
        begun.set()
        await (may_end.wait() if ends else forever())
        ended.set()

    clock = JobScheduler(db, utc_now)
    clock.start([Job("ledger", OFTEN, action, recorded=False)])
    await begun.wait()
    stopping = asyncio.create_task(clock.stop())
    await settled()
    may_end.set()
    await stopping
    await settled()
    assert ended.is_set() is ends
    assert [line for line in caplog.records if line.levelname in ("WARNING", "ERROR")] == []


async def test_no_job_begins_after_the_end(db: Database) -> None:
    runs, may_end = 0, asyncio.Event()

    async def action() -> None:
        nonlocal runs
        runs += 1
        await may_end.wait()

    clock = JobScheduler(db, utc_now)
    clock.start([Job(name, OFTEN, action, recorded=False) for name in ("a", "b")])
    await eventually(lambda: runs == 2)
    stopping = asyncio.create_task(clock.stop())
    await settled()
    may_end.set()
    await stopping
    await settled(200)
    assert runs == 2
