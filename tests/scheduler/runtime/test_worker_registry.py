"""A process among others: its signs of life, and the one that has to be alone."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from scheduler.config.roles import ALL, ProcessRole
from scheduler.runtime import worker_registry
from scheduler.runtime.worker_registry import WorkerRegistry
from storage.errors import DataLockedError
from storage.process import workers
from storage.sql.database import Database

pytestmark = pytest.mark.both_engines


def utc_now() -> datetime:
    return datetime.now(UTC)


def a_process(db: Database, *roles: ProcessRole, problem: str = "") -> WorkerRegistry:
    return WorkerRegistry(
        db,
        frozenset(roles) or ALL,
        utc_now,
        version="0.1",
        problem=lambda: problem,
        numbers=lambda: {"requests": 7},
    )


async def test_it_is_seen_with_its_roles_until_it_ends(db: Database) -> None:
    one = a_process(db, ProcessRole.CRAWLER, ProcessRole.WEB, problem="Redis is full")
    await one.begin(shared=True)
    [seen] = await db.read(workers.alive, utc_now())
    assert (seen.id, seen.role, seen.problem) == (one.id, "crawler+web", "Redis is full")
    assert seen.numbers == {"requests": 7}
    await one.close()
    assert await db.read(workers.alive, utc_now()) == []


async def test_two_that_share_the_heat_work_beside_each_other(db: Database) -> None:
    one, two = a_process(db), a_process(db)
    await one.begin(shared=True)
    await two.begin(shared=True)
    assert len(await db.read(workers.alive, utc_now())) == 2


async def test_one_that_shares_nothing_refuses_to_work_beside_another(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker_registry, "_ASKED_SO_OFTEN", 1)
    one, two = a_process(db), a_process(db)
    await one.begin(shared=False)
    with pytest.raises(DataLockedError, match=r"storage\.redis"):
        await two.begin(shared=False)
    await one.close()
    await two.begin(shared=False)
