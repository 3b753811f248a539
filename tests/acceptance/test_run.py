"""`wirewatch run`, as systemd runs it: it drains when asked, and there is one for a directory."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from scheduler.alerts.webhook import new_secret
from scheduler.demo.installation import DemoPorts, Installation, config_text, free_port, stop
from scheduler.demo.publishers import PublishersProxy
from scheduler.demo.webhook_receiver import WebhookReceiver
from scheduler.demo.world import load_world
from storage.delivery import outbox
from storage.models.deliveries import Draft
from storage.models.recipients import Channel, NewRecipient
from storage.process.lock import holder
from storage.sql.database import Database
from storage.topics import topics
from tests.waiting import eventually

EX_TEMPFAIL = 75


@pytest.fixture
async def installation(tmp_path: Path) -> AsyncIterator[Installation]:
    async with PublishersProxy(load_world(), datetime.now(UTC)) as proxy:
        installation = Installation(tmp_path / "data")
        ports = DemoPorts(proxy.url, free_port(), free_port(), free_port())
        installation.configure(config_text(ports))
        yield installation


async def running(installation: Installation) -> asyncio.subprocess.Process:
    process = await installation.start_daemon()
    await eventually(
        lambda: "daemon_started" in installation.last_words() or process.returncode is not None
    )
    assert process.returncode is None, installation.last_words()
    return process


async def test_sigterm_drains_in_the_middle_of_work(
    installation: Installation,
) -> None:
    await installation.must("source", "add", "http://meridian-wire.example/")
    process = await running(installation)
    process.terminate()
    assert await process.wait() == 0, installation.last_words()
    assert "daemon_stopped" in installation.last_words()


async def test_a_second_daemon_exits_75_and_names_the_first(installation: Installation) -> None:
    async with installation.daemon() as first:
        await eventually(lambda: holder(installation.data))
        second = await installation.command("run")
        assert second.status == EX_TEMPFAIL
        assert str(first.pid) in second.err + second.out
        assert first.returncode is None


async def test_deliveries_can_be_a_process_of_their_own(installation: Installation) -> None:
    async with WebhookReceiver() as receiver:
        secret = new_secret()
        receiver.secrets = (secret,)
        told = [NewRecipient(Channel.WEBHOOK, receiver.url, secret)]
        ports = DemoPorts("http://127.0.0.1:9", free_port(), receiver.port, free_port())
        installation.configure(config_text(ports))
        db = Database.open(installation.data / "wirewatch.db")
        try:
            with db.begin() as conn:
                topic = topics.add(
                    conn, name="t", query="word", recipients=told, now=datetime.now(UTC)
                )
            crawling = await installation.start_daemon("--no-deliver")
            beside = await installation.start("deliver")
            [recipient] = topic.recipients
            draft = Draft(recipient.id, Channel.WEBHOOK, receiver.url, "u_1", b"{}")
            with db.begin() as conn:
                outbox.put(conn, alert_id=None, draft=draft, now=datetime.now(UTC))
            await eventually(lambda: receiver.webhooks)
            second = await installation.command("deliver")
            assert second.status == EX_TEMPFAIL
            assert str(beside.pid) in second.err + second.out
            assert crawling.returncode is None, installation.last_words()
            assert [await stop(each) for each in (beside, crawling)] == [0, 0]
        finally:
            db.close()
    assert [hook.uid for hook in receiver.webhooks] == ["u_1"]
