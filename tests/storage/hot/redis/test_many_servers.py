"""A real cluster, and a real primary behind a sentinel: the same forms work there."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import redis

from scheduler.demo.installation import free_port
from scheduler.demo.orphan_guard import guarded
from storage.hot.frontier.shared import SharedFrontier
from storage.hot.holds import Hold
from storage.hot.holds.shared import SharedHolds
from storage.hot.redis.bus import SignalBus
from storage.hot.redis.connection import RedisConnection
from tests.fixtures.parts import REDIS, need
from tests.fixtures.redis_server import answers
from tests.storage.hot.fingerprints.test_contract import NOON, an_index, sketch
from tests.storage.hot.frontier.test_frontier import at, keys, page
from tests.storage.hot.redis.opened import opened
from tests.storage.hot.redis.test_bus import until_heard
from tests.waiting import eventually_sync

_SLOTS = 16_384


@contextmanager
def server(home: Path, *options: str) -> Iterator[int]:
    port, process = _started(home, *options)
    with process:
        try:
            yield port
        finally:
            process.kill()


def _started(home: Path, *options: str) -> tuple[int, subprocess.Popen[bytes]]:
    """Start a server; again on another port where it ends, as when others took one of its two."""
    while True:
        port = free_port()
        config = home / f"{port}.conf"
        config.write_text(f'port {port}\nbind 127.0.0.1\ndir {home}\nsave ""\n')
        command = [str(need(REDIS)), str(config), *(each.format(port=port) for each in options)]
        process = subprocess.Popen(guarded(*command), stdout=subprocess.DEVNULL)
        if _is_answering(port, process):
            return port, process


def _is_answering(port: int, process: subprocess.Popen[bytes]) -> bool:
    """Wait until a server answers; False when it ended before."""
    with redis.Redis(port=port) as client:
        eventually_sync(lambda: process.poll() is not None or answers(client))
    return process.returncode is None


@pytest.fixture
def home() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="redis-") as folder:
        yield Path(folder)


@pytest.fixture
def cluster_url(home: Path) -> Iterator[str]:
    """Yield a cluster of three servers."""
    options = ("--cluster-enabled", "yes", "--cluster-config-file", "nodes-{port}.conf")
    with server(home, *options) as a, server(home, *options) as b, server(home, *options) as c:
        ports = [a, b, c]
        for number, port in enumerate(ports):
            first, last = number * _SLOTS // 3, (number + 1) * _SLOTS // 3
            with redis.Redis(port=port) as client:
                client.execute_command("CLUSTER ADDSLOTS", *range(first, last))
                client.execute_command("CLUSTER SET-CONFIG-EPOCH", number + 1)
                if number:
                    client.execute_command("CLUSTER MEET", "127.0.0.1", a)
        for port in ports:
            _until_whole(port)
        yield f"redis+cluster://127.0.0.1:{a},127.0.0.1:{b}"


def _until_whole(port: int) -> None:
    with redis.Redis(port=port) as client:
        eventually_sync(lambda: _is_whole(client.execute_command("CLUSTER INFO")))


def _is_whole(said: object) -> bool:
    text = said if isinstance(said, bytes) else str(said).encode()
    return b"cluster_state:ok" in text or b"'cluster_state': 'ok'" in text


@pytest.fixture
def sentinel_url(home: Path) -> Iterator[str]:
    with server(home) as primary:
        port = free_port()
        config = home / "sentinel.conf"
        config.write_text(
            f"port {port}\nbind 127.0.0.1\ndir {home}\nsentinel monitor news 127.0.0.1 {primary} 1\n"
        )
        command = [str(need(REDIS)), str(config), "--sentinel"]
        with subprocess.Popen(guarded(*command), stdout=subprocess.DEVNULL) as process:
            try:
                assert _is_answering(port, process)
                yield f"redis+sentinel://127.0.0.1:{port}/0?service=news"
            finally:
                process.kill()


@pytest.mark.parametrize("form", ["cluster_url", "sentinel_url"])
async def test_all_hot_state_works_there(form: str, request: pytest.FixtureRequest) -> None:
    url = request.getfixturevalue(form)
    async with opened(url) as connection:
        frontier = SharedFrontier(connection, 60)
        filler = await frontier.begin()
        await filler.put_all([page("1"), page("2", "b.example")])
        await filler.finish()
        leases = await frontier.claim(at(0), 9)
        assert sorted(keys(leases)) == ["page:1", "page:2"]
        assert await frontier.settle(leases[0], host_open_at=at(1))
        holds = SharedHolds(connection)
        for host in ("a.example", "b.example", "c.example"):
            assert isinstance(await holds.take(host, at(0), 30), Hold)
            assert not isinstance(await holds.take(host, at(0), 30), Hold)
        index = an_index(connection)
        await (await index.begin()).finish()
        turn = await index.enter(sketch(1, 2), NOON, 9)
        await index.settle(turn, 4, NOON)
        assert await index.candidates(sketch(1, 2), 9) == [(4, 2)]
        await _talks(connection)


async def _talks(connection: RedisConnection) -> None:
    words = SignalBus(connection)
    heard: list[None] = []
    words.subscribe("due", heard.append)
    words.listen()
    await until_heard(words, heard, 1)
    await words.close()
