"""The stores fail while several processes work on them: nothing is lost, and none told twice.

Each fault is played while news appears; then the stores are well again, and everything is to be
told once, politely.
"""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import pytest

from tests.acceptance.test_scaled import Crew, check_all, crew, logged, until_told
from tests.fixtures.disk import mounted
from tests.fixtures.parts import POSTGRES, need
from tests.fixtures.postgres_server import Server, cluster_in
from tests.fixtures.redis_server import OwnRedis
from tests.kill_runs.newsroom import WORLD, Newsroom, newsroom
from tests.servers.relay import Relay
from tests.waiting import eventually

pytestmark = pytest.mark.early


@dataclass
class Stage:
    """A newsroom, and the servers that a fault is played on."""

    room: Newsroom
    redis: OwnRedis
    postgres: Server
    crew: Crew


Fault = Callable[[Stage], Awaitable[None]]


async def redis_is_emptied(stage: Stage) -> None:
    stage.redis.tell("FLUSHALL")


async def redis_is_killed_and_comes_back_empty(stage: Stage) -> None:
    stage.redis.forget_saved()
    stage.redis.kill()
    await noticed(stage, "Redis")
    stage.redis.start()


async def redis_hangs(stage: Stage) -> None:
    stage.redis.signal(signal.SIGSTOP)
    await noticed(stage, "Redis")
    stage.redis.signal(signal.SIGCONT)


async def redis_is_full(stage: Stage) -> None:
    stage.redis.tell("CONFIG", "SET", "maxmemory", "1")
    await refused(stage)
    stage.redis.tell("CONFIG", "SET", "maxmemory", "0")


async def redis_becomes_a_replica(stage: Stage) -> None:
    stage.redis.tell("REPLICAOF", "127.0.0.1", "1")
    await refused(stage)
    stage.redis.tell("REPLICAOF", "NO", "ONE")


async def redis_fails_over_and_loses_the_last_writes(stage: Stage) -> None:
    stage.redis.tell("SAVE")
    await asked_on(stage)
    stage.redis.kill()
    stage.redis.start()


async def postgres_is_restarted(stage: Stage) -> None:
    await asyncio.to_thread(stage.postgres.stop)
    await noticed(stage, "")
    await asyncio.to_thread(stage.postgres.start)


async def postgres_crashes(stage: Stage) -> None:
    await asyncio.to_thread(stage.postgres.stop, signal.SIGQUIT)
    await asyncio.to_thread(stage.postgres.start)


async def all_connections_are_cut(stage: Stage) -> None:
    for _ in range(8):
        await asyncio.to_thread(stage.postgres.cut_all)
        await asked_on(stage, 2)


async def a_worker_dies_with_pages_in_hand(stage: Stage) -> None:
    await stage.crew.kill("a")
    await asked_on(stage)
    await stage.crew.start("a", "crawler")


OF_REDIS: tuple[Fault, ...] = (
    redis_is_emptied,
    redis_hangs,
    redis_is_full,
    redis_becomes_a_replica,
    redis_fails_over_and_loses_the_last_writes,
    redis_is_killed_and_comes_back_empty,
)
OF_POSTGRES: tuple[Fault, ...] = (
    all_connections_are_cut,
    postgres_is_restarted,
    a_worker_dies_with_pages_in_hand,
    postgres_crashes,
)


@pytest.fixture
def servers(own_redis: OwnRedis, own_server: Server) -> tuple[OwnRedis, Server]:
    return own_redis, own_server


@asynccontextmanager
async def staged(folder: Path, redis: OwnRedis, postgres: Server) -> AsyncIterator[Stage]:
    """Open a newsroom with a process for each part, and two that crawl, one five minutes early."""
    storage = {"database": postgres.url, "redis": redis.url}
    async with (
        newsroom(folder, **storage) as room,
        crew(room, a="crawler", s="scheduler", d="delivery", w="web") as working,
    ):
        await working.start_skewed("b", "-300", "crawler")
        yield Stage(room, redis, postgres, working)


async def reasons(room: Newsroom) -> list[str]:
    url = f"http://127.0.0.1:{room.web_port}/readyz"
    async with aiohttp.ClientSession(trust_env=False) as session, session.get(url) as response:
        said = await response.json()
        assert (response.status == 200) == said["ready"]
        found: list[str] = said["reasons"]
        return found


async def noticed(stage: Stage, says: str) -> None:
    """Wait until the processes are not ready, for a reason that says this."""

    async def is_noticed() -> bool:
        with contextlib.suppress(aiohttp.ClientError):
            return any(says in reason for reason in await reasons(stage.room))
        return False

    await eventually(is_noticed)


async def refused(stage: Stage, times: int = 10) -> None:
    """Wait until Redis has refused so many commands again."""
    so_far = stage.redis.refusals()
    await eventually(lambda: stage.redis.refusals() >= so_far + times)


async def asked_on(stage: Stage, times: int = 20) -> None:
    """Wait until the publishers were asked so often again."""
    so_far = stage.room.proxy.requests
    await eventually(lambda: stage.room.proxy.requests >= so_far + times)


async def is_well(room: Newsroom) -> bool:
    return not await reasons(room)


async def is_polite(room: Newsroom) -> None:
    said = await room.installation.command("politeness")
    assert said.status == 0, said.out


async def played(stage: Stage, faults: tuple[Fault, ...]) -> None:
    """Let news appear, with a fault between each and the next; then let all be told."""
    steps = WORLD.steps
    for number, fault in enumerate(faults, start=1):
        stage.room.proxy.release(max(1, number * steps // (len(faults) + 1)))
        await asked_on(stage)
        await fault(stage)
    stage.room.proxy.release(steps)
    await until_told(stage.room, stage.crew)
    check_all(stage.room)
    await eventually(lambda: is_well(stage.room))


@pytest.mark.parametrize(
    "faults",
    [
        pytest.param(OF_REDIS, id="redis"),
        pytest.param(OF_POSTGRES, id="postgres"),
        *(
            pytest.param((fault,), id=fault.__name__, marks=pytest.mark.slow)
            for fault in (*OF_REDIS, *OF_POSTGRES)
        ),
    ],
)
async def test_nothing_is_lost_and_none_is_told_twice(
    tmp_path: Path, servers: tuple[OwnRedis, Server], faults: tuple[Fault, ...]
) -> None:
    redis, postgres = servers
    async with staged(tmp_path / "room", redis, postgres) as stage:
        await noticed(stage, "Redis")  # they are there first, and wait for it
        redis.start()
        await played(stage, faults)
        await stage.crew.stop()
        await is_polite(stage.room)


@pytest.mark.slow
async def test_a_redis_that_is_not_there_at_the_start_is_waited_for(
    tmp_path: Path, servers: tuple[OwnRedis, Server]
) -> None:
    redis, postgres = servers
    async with staged(tmp_path / "room", redis, postgres) as stage:
        stage.room.proxy.release(WORLD.steps)
        await noticed(stage, "Redis")
        stage.crew.check()
        redis.start()
        await until_told(stage.room, stage.crew)
        check_all(stage.room)


@pytest.mark.slow
async def test_a_worker_that_is_cut_off_from_the_stores_does_no_harm(
    tmp_path: Path, servers: tuple[OwnRedis, Server]
) -> None:
    redis, postgres = servers
    redis.start()
    async with AsyncExitStack() as relays:
        relay = await relays.enter_async_context(Relay(redis.socket_path).serving())
        truth = await relays.enter_async_context(Relay(postgres.socket_path).serving())
        async with staged(tmp_path / "room", redis, postgres) as stage:
            far = stage.room.installation.data / "far.toml"
            near = stage.room.installation.config.read_text("utf-8")
            far.write_text(
                near.replace(redis.url, f"redis://127.0.0.1:{relay.port}").replace(
                    postgres.url, f"postgresql://postgres@127.0.0.1:{truth.port}/postgres"
                )
            )
            await stage.crew.start_with("far", ("--config", str(far), "run", "--role", "crawler"))
            for step in range(1, WORLD.steps, 2):
                stage.room.proxy.release(step)
                await asked_on(stage)
                (relay if step % 4 == 1 else truth).cut()
                await asked_on(stage)
                relay.mend()
                truth.mend()
            stage.room.proxy.release(WORLD.steps)
            await until_told(stage.room, stage.crew)
            check_all(stage.room)
            await stage.crew.stop()
            await is_polite(stage.room)


@pytest.mark.slow
async def test_machines_whose_clocks_are_five_minutes_off_agree_all_the_same(
    tmp_path: Path, servers: tuple[OwnRedis, Server]
) -> None:
    redis, postgres = servers
    redis.start()
    storage = {"database": postgres.url, "redis": redis.url}
    async with (
        newsroom(tmp_path / "room", **storage) as room,
        crew(room, s="scheduler", a="crawler") as working,
    ):
        for name, off, role in (
            ("early", "-300", "crawler"),
            ("late", "300", "crawler"),
            ("other", "300", "scheduler"),
            ("early_d", "-300", "delivery"),
            ("late_d", "300", "delivery"),
        ):
            await working.start_skewed(name, off, role)
        room.proxy.release(WORLD.steps)
        await until_told(room, working)
        check_all(room)
        await working.stop()
        await is_polite(room)
        assert "clock_is_off" in room.installation.log.read_text("utf-8")


@pytest.fixture
def small_disk() -> Iterator[Path]:
    with mounted(200) as disk:
        disk.chmod(0o755)
        (disk / "postgres").mkdir()
        yield disk


def fill_up(ballast: Path) -> None:
    with contextlib.suppress(OSError), ballast.open("wb") as file:
        while True:
            file.write(b"x" * 65_536)
            file.flush()


@pytest.mark.slow
async def test_a_full_disk_under_the_database_heals(
    tmp_path: Path, own_redis: OwnRedis, small_disk: Path
) -> None:
    server = Server(cluster_in(need(POSTGRES), small_disk / "postgres"))
    server.start()
    own_redis.start()
    try:
        async with staged(tmp_path / "room", own_redis, server) as stage:
            stage.room.proxy.release(2)
            await logged(stage.room, "daemon_started", 5)
            await asyncio.to_thread(fill_up, small_disk / "ballast")
            stage.room.proxy.release(WORLD.steps - 2)
            await noticed(stage, "")
            (small_disk / "ballast").unlink()
            await asyncio.to_thread(server.ensure)  # it ends itself when it can't write its log
            stage.room.proxy.release(WORLD.steps)
            await until_told(stage.room, stage.crew)
            check_all(stage.room)
            # No site is blamed for what our own disk did.
            assert "No space left" not in blamed(stage.room)
    finally:
        server.stop()


def blamed(room: Newsroom) -> str:
    """Return what sources are said to have done wrong."""
    lines = room.installation.log.read_text("utf-8").splitlines()
    return "\n".join(line for line in lines if "source_failed" in line or "page_failed" in line)
