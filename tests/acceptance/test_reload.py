"""`wirewatch reload`, on a real daemon: all settings are right and in force, or the old ones stay."""

from __future__ import annotations

import signal
import socket
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import aiohttp
import pytest

from scheduler.demo.installation import DemoPorts, Installation, config_text, free_port, stop
from scheduler.demo.publishers import PublishersProxy
from scheduler.demo.world import load_world
from tests.kill_runs.newsroom import PLAIN
from tests.waiting import eventually


@pytest.fixture
async def ports() -> AsyncIterator[DemoPorts]:
    async with PublishersProxy(load_world(), datetime.now(UTC)) as proxy:
        yield DemoPorts(proxy.url, free_port(), free_port(), free_port())


@pytest.fixture
async def installation(tmp_path: Path, ports: DemoPorts) -> AsyncIterator[Installation]:
    installation = Installation(tmp_path / "data", PLAIN)
    installation.configure(config_text(ports))
    async with installation.daemon():
        await started(installation, 1)
        yield installation


async def started(installation: Installation, times: int) -> None:
    await eventually(lambda: installation.last_words().count("daemon_started") >= times)


async def alive(port: int) -> bool:
    try:
        async with (
            aiohttp.ClientSession(trust_env=False) as session,
            session.get(f"http://127.0.0.1:{port}/livez") as response,
        ):
            return response.status == 200
    except aiohttp.ClientError:
        return False


async def test_new_settings_are_in_force_in_the_same_process(
    installation: Installation, ports: DemoPorts
) -> None:
    port = free_port()
    installation.configure(config_text(replace(ports, web=port)))
    assert "in force" in await installation.must("reload")
    assert await alive(port)
    assert not await alive(ports.web)
    assert "web.port" in installation.last_words(), "the log says what changed"


async def test_wrong_settings_are_refused_and_the_old_ones_stay(
    installation: Installation, ports: DemoPorts
) -> None:
    installation.configure(config_text(ports) + "\n[fetch2]\n")
    said = await installation.command("reload")
    assert said.status != 0
    assert "no such section" in said.err
    assert await alive(ports.web)


async def test_what_does_not_start_gives_way_to_what_ran_before(
    installation: Installation, ports: DemoPorts
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        wanted = replace(ports, web=taken.getsockname()[1])
        installation.configure(config_text(wanted))
        said = await installation.command("reload")
        assert said.status != 0
        assert "the old settings stay" in said.err
        assert "can't listen" in said.err
    await started(installation, 2)
    assert await alive(ports.web)


async def test_the_process_that_delivers_reads_its_settings_again_too(
    installation: Installation, ports: DemoPorts, tmp_path: Path
) -> None:
    beside = Installation(tmp_path / "beside", PLAIN)
    beside.configure(config_text(ports))
    process = await beside.start("deliver")
    try:
        await eventually(lambda: "deliveries_started" in beside.last_words())
        beside.configure(config_text(ports) + "\n[webhook]\nper_second = 7\n")
        process.send_signal(signal.SIGHUP)
        await eventually(lambda: beside.last_words().count("deliveries_started") >= 2)
    finally:
        await stop(process)
    assert "webhook.per_second" in beside.last_words()
