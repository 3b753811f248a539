"""One leads and the others stand by; what the leader did is not done again, what it left is."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from scheduler.runtime.jobs import Job, JobScheduler
from scheduler.runtime.leader import LeaderElection
from storage.process import counters, jobs
from storage.sql import schema
from storage.sql.database import Database
from tests.waiting import eventually, settled

pytestmark = pytest.mark.both_engines
OFTEN = timedelta(milliseconds=50)


def utc_now() -> datetime:
    return datetime.now(UTC)


def counting(name: str) -> object:
    """Return the jobs of a process that counts how often it did its job."""

    def jobs_of(db: Database) -> Sequence[Job]:
        async def action() -> None:
            await db.write(counters.add, name, 1)

        return [Job("count", OFTEN, action, recorded=False)]

    return jobs_of


@asynccontextmanager
async def led(db: Database, name: str) -> AsyncIterator[LeaderElection]:
    leader = LeaderElection(db, name, counting(name), utc_now)  # type: ignore[arg-type]
    running = asyncio.create_task(leader.run())
    try:
        yield leader
    finally:
        await leader.stop()
        await running


async def until(db: Database, name: str, more_than: int) -> int:
    async def is_more() -> int:
        counted = await db.read(counters.get, name)
        return counted if counted > more_than else 0

    return await eventually(is_more)


async def test_only_one_of_them_does_the_jobs_and_the_next_takes_over_at_once(
    db: Database,
) -> None:
    async with led(db, "second") as second:
        await until(db, "second", 0)
        async with led(db, "first") as first:
            before = await until(db, "second", 3)
            assert (first.leads, second.leads) == (False, True)
            await second.stop()
            await until(db, "first", 0)
            assert first.leads
            assert await db.read(counters.get, "second") <= before + 4


async def test_a_leader_that_was_replaced_writes_nothing_any_more(db: Database) -> None:
    async with led(db, "paused") as paused:
        await until(db, "paused", 0)
        # As if it had hung for long: another one has the lease.
        taken = update(schema.leases).values(
            holder="other", token=99, expires_at=utc_now() + timedelta(hours=1)
        )
        await db.write(lambda conn: conn.execute(taken) and None)
        done = await db.read(counters.get, "paused")
        await eventually(lambda: not paused.leads)
        assert await db.read(counters.get, "paused") == done


async def test_a_job_that_was_done_elsewhere_is_not_done_again_before_its_time(
    db: Database,
) -> None:
    ran: list[str] = []

    def job(name: str, every: timedelta) -> Job:
        async def action() -> None:
            ran.append(name)

        return Job(name, every, action)

    now = utc_now()
    for name, ago, error in (("done", 1, ""), ("failed", 1, "bug"), ("late", 120, "")):
        started = now - timedelta(minutes=ago)
        await db.write(jobs.started, name, started)
        await db.write(jobs.finished, name, started, error)
    await db.write(jobs.started, "cut off", now - timedelta(minutes=1))
    clock = JobScheduler(db, utc_now)
    hour = timedelta(hours=1)
    await clock.resume([job(name, hour) for name in ("done", "failed", "late", "cut off", "new")])
    await eventually(lambda: len(ran) >= 4)
    await settled(200)
    await clock.stop()
    assert sorted(ran) == ["cut off", "failed", "late", "new"]
