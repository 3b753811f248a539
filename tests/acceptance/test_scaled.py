"""Several processes share the work over a real PostgreSQL and a real Redis, and one of them is killed."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from scheduler.demo.installation import Installation, stop
from scheduler.demo.orphan_guard import guarded
from storage.errors import UnreachableError
from storage.process import leases, workers
from storage.sql.database import Database
from tests.kill_runs.newsroom import (
    WORLD,
    Newsroom,
    alerted,
    all_told,
    by_id,
    deliveries,
    expected,
    newsroom,
)
from tests.waiting import eventually


@pytest.fixture
async def room(
    tmp_path: Path, postgres_url_migrated: str, redis_url: str
) -> AsyncIterator[Newsroom]:
    storage = {"database": postgres_url_migrated, "redis": redis_url}
    async with newsroom(tmp_path / "room", **storage) as room:
        yield room


async def start_skewed(
    installation: Installation, seconds: str, *options: str
) -> asyncio.subprocess.Process:
    """Start `wirewatch run` on a machine whose clock is off, as `tests.kill_runs.skewed` has it."""
    with installation.log.open("ab") as log:
        return await asyncio.create_subprocess_exec(
            *guarded(sys.executable, "-m", "tests.kill_runs.skewed", seconds),
            *("--config", str(installation.config), "run", *options),
            cwd=Path(__file__).parents[2],
            stdin=asyncio.subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )


class Crew:
    """Processes with roles, all of which are stopped in the end."""

    def __init__(self, room: Newsroom) -> None:
        self._room = room
        self.processes: dict[str, asyncio.subprocess.Process] = {}

    async def start(self, name: str, *roles: str) -> None:
        options = [word for role in roles for word in ("--role", role)]
        self.processes[name] = await self._room.installation.start_daemon(*options)

    async def start_with(self, name: str, arguments: Sequence[str]) -> None:
        self.processes[name] = await self._room.installation.start(*arguments)

    async def start_skewed(self, name: str, seconds: str, role: str) -> None:
        """Start one on a machine whose clock is off."""
        options = ("--role", role)
        self.processes[name] = await start_skewed(self._room.installation, seconds, *options)

    async def kill(self, name: str) -> None:
        process = self.processes.pop(name)
        process.kill()
        await process.wait()

    async def stop(self) -> None:
        await asyncio.gather(*map(stop, self.processes.values()))

    def check(self) -> None:
        for name, process in self.processes.items():
            assert process.returncode is None, f"{name}: {self._room.installation.last_words()}"


@contextlib.asynccontextmanager
async def crew(room: Newsroom, **members: str) -> AsyncIterator[Crew]:
    """Start processes: their names, and their roles with a plus between two."""
    found = Crew(room)
    try:
        for name, roles in members.items():
            await found.start(name, *roles.split("+"))
        yield found
    finally:
        await found.stop()


async def until_told(room: Newsroom, crew: Crew) -> None:
    async def is_told() -> bool:
        crew.check()
        # A connection of ours may have been cut, too.
        with contextlib.suppress(UnreachableError):
            return await asyncio.to_thread(all_told, room.db)
        return False

    await eventually(is_told)


async def logged(room: Newsroom, event: str, number: int) -> None:
    """Wait until the processes have logged an event so often."""
    log = room.installation.log
    await eventually(lambda: log.exists() and log.read_text("utf-8").count(event) >= number)


def leader(db: Database) -> str:
    with db.connect() as conn:
        held = leases.get(conn, leases.SCHEDULER)
    return "" if held is None else held.holder


async def a_leader(db: Database, *, but_not: str) -> str:
    """Wait for a leader that is another one."""
    await eventually(lambda: leader(db) != but_not)
    return leader(db)


def number_of_schedulers(db: Database) -> int:
    with db.connect() as conn:
        return len(workers.alive(conn, datetime.now(UTC)))


def check_all(room: Newsroom) -> None:
    """Hold what was stored and received against what the texts call for."""
    made = alerted(room.db)
    assert sorted(made) == sorted(expected())
    hooks = by_id((hook.uid, hook.body) for hook in room.receiver.webhooks)
    assert len(hooks) == len(expected())
    assert all(len(bodies) == 1 for bodies in hooks.values())
    assert len({delivery.uid for delivery in deliveries(room.db)}) == 2 * len(expected())


async def test_every_alert_is_told_once_whoever_did_which_part(room: Newsroom) -> None:
    room.proxy.release(WORLD.steps)
    members = {
        "crawler_a": "crawler",
        "crawler_b": "crawler",
        "scheduler_a": "scheduler",
        "scheduler_b": "scheduler",
        "delivery_a": "delivery",
        "delivery_b": "delivery",
        "web": "web",
    }
    async with crew(room, **members) as working:
        await until_told(room, working)
        with room.db.connect() as conn:
            roles = [worker.role for worker in workers.alive(conn, datetime.now(UTC))]
        assert sorted(roles) == sorted(members.values())
        said = await room.installation.must("reload")
        assert said.startswith(f"{len(members)} processes were asked")
        await logged(room, "reloaded", len(members))
    check_all(room)
    polite = await room.installation.command("politeness")
    assert polite.status == 0, polite.out
    with room.db.connect() as conn:
        assert workers.alive(conn, datetime.now(UTC)) == []


async def test_a_leader_that_is_killed_is_replaced(room: Newsroom) -> None:
    async with crew(room, one="scheduler") as working:
        first = await a_leader(room.db, but_not="")
        await working.start("two", "scheduler")
        await eventually(lambda: number_of_schedulers(room.db) == 2)
        assert leader(room.db) == first
        await working.kill("one")
        await a_leader(room.db, but_not=first)


@pytest.mark.slow  # its short form is among the faults
async def test_a_worker_that_is_killed_with_pages_in_hand_loses_none(room: Newsroom) -> None:
    async with crew(room, rest="scheduler+delivery+web", a="crawler", b="crawler") as working:
        for step in range(1, WORLD.steps):
            room.proxy.release(step)
            so_far = room.proxy.requests
            await eventually(lambda so_far=so_far: room.proxy.requests > so_far + 10)  # type: ignore[misc]
            if step % 2:
                await working.kill("a")
                await working.start("a", "crawler")
        room.proxy.release(WORLD.steps)
        await until_told(room, working)
    check_all(room)


async def test_one_process_alone_works_on_a_server_too(
    tmp_path: Path, postgres_url_migrated: str
) -> None:
    async with (
        newsroom(tmp_path / "room", database=postgres_url_migrated) as room,
        crew(room, one="all") as working,
    ):
        room.proxy.release(WORLD.steps)
        await until_told(room, working)
        check_all(room)
