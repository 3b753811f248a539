"""S01: the disk under a daemon's data gets full: nothing is fetched, what is written is sent, and it heals."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import aiohttp
import pytest

from storage.models.deliveries import DeliveryState
from tests.fixtures.disk import mounted
from tests.kill_runs.newsroom import WORLD, Newsroom, alerted, all_told, deliveries, newsroom
from tests.waiting import eventually

MB = 1_000_000


@pytest.fixture
def small_disk() -> Iterator[Path]:
    with mounted(90) as disk:
        yield disk


async def readiness(room: Newsroom) -> tuple[int, str]:
    url = f"http://127.0.0.1:{room.web_port}/readyz"
    async with aiohttp.ClientSession(trust_env=False) as session, session.get(url) as response:
        return response.status, await response.text()


async def test_a_disk_that_gets_full_stops_fetching_only_and_heals(small_disk: Path) -> None:
    async with (
        newsroom(small_disk / "room", min_free_mb=40) as room,
        room.installation.daemon(),
    ):
        log = room.installation.log
        await eventually(lambda: log.exists() and "daemon_started" in log.read_text("utf-8"))
        room.proxy.release(1)
        await eventually(lambda: len(deliveries(room.db)) > 0)
        (small_disk / "ballast").write_bytes(b"x" * more_than(small_disk, 30 * MB))
        await eventually(lambda: "crawl_waits" in log.read_text("utf-8"))
        asked = room.proxy.requests
        room.proxy.release(WORLD.steps)
        before = len(alerted(room.db))
        status, says = await readiness(room)
        assert status == 503
        assert "MB are free" in says
        assert "alerts are sent all the same" in says
        await eventually(  # while the disk is as full as it was
            lambda: {each.state for each in deliveries(room.db)} == {DeliveryState.DELIVERED}
        )
        assert room.proxy.requests - asked <= 2, "what was under way"
        (small_disk / "ballast").unlink()
        await eventually(lambda: all_told(room.db))
        assert (await readiness(room))[0] == 200
        assert len(alerted(room.db)) >= before
        assert "crawl_goes_on" in log.read_text("utf-8")


def more_than(disk: Path, left: int) -> int:
    found = os.statvfs(disk)
    return max(found.f_bavail * found.f_frsize - left, 0)
