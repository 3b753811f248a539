"""Somebody who waits for a sign of life gets one while the daemon works, and hears when it does not."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from ipaddress import ip_network

import pytest
from aiohttp import web
from pydantic import HttpUrl
from sqlalchemy import Connection

from crawler.fetch.egress import Egress
from scheduler.config.settings import HeartbeatSettings
from scheduler.diagnosis.heartbeat import Heartbeat, daemon_problems
from storage.delivery import endpoints, outbox
from storage.models.deliveries import Draft, Endpoint
from storage.models.recipients import Channel
from storage.process import jobs
from storage.sql.database import Database
from tests.scheduler.envelopes import EnvelopeReceiver
from tests.scheduler.observability.test_sentry import run
from tests.storage.world import NOON, a_source, a_topic

HOUR = timedelta(hours=1)


@dataclass
class Switch:
    """A dead man's switch on loopback, and what it was sent: path and body."""

    port: int = 0
    status: int = 200
    heard: list[tuple[str, str]] = field(default_factory=list)

    def url(self, path: str) -> HttpUrl:
        return HttpUrl(f"http://127.0.0.1:{self.port}{path}")


@asynccontextmanager
async def listening() -> AsyncIterator[Switch]:
    switch = Switch()

    async def hear(request: web.Request) -> web.Response:
        switch.heard.append((request.path, await request.text()))
        return web.Response(status=switch.status)

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", hear)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    switch.port = runner.addresses[0][1]
    try:
        yield switch
    finally:
        await runner.cleanup()


async def beat(db: Database, switch: Switch, **settings: object) -> list[tuple[str, bool, int]]:
    """Return one sign; what a monitor of Sentry was told."""
    told: list[tuple[str, bool, int]] = []

    def check_in(monitor: str, *, well: bool, every_minutes: int) -> None:
        told.append((monitor, well, every_minutes))

    async with Egress((ip_network("127.0.0.0/8"),), (switch.port,)).session() as session:
        await Heartbeat(
            db=db,
            session=session,
            settings=HeartbeatSettings.model_validate(settings),
            clock=lambda: NOON,
            check_in=check_in,
        ).beat()
    return told


def a_failed_job(conn: Connection) -> None:
    jobs.started(conn, "expiry", NOON)
    jobs.finished(conn, "expiry", NOON, "OSError: disk full")


async def test_a_sign_is_given_while_all_works(db: Database) -> None:
    async with listening() as switch:
        await beat(db, switch, url=switch.url("/ping"), fail_url=switch.url("/ping/fail"))
    assert switch.heard == [("/ping", "well")]


async def test_what_does_not_work_is_told_where_that_is_wanted(db: Database) -> None:
    with db.begin() as conn:
        a_failed_job(conn)
    async with listening() as switch:
        await beat(db, switch, url=switch.url("/ping"), fail_url=switch.url("/ping/fail"))
    assert switch.heard == [("/ping/fail", "the job expiry failed: OSError: disk full")]


async def test_without_such_a_place_no_sign_is_given(db: Database) -> None:
    with db.begin() as conn:
        a_failed_job(conn)
    async with listening() as switch:
        await beat(db, switch, url=switch.url("/ping"))
    assert switch.heard == []


async def test_a_monitor_of_sentry_is_told_both(db: Database) -> None:
    async with listening() as switch:
        assert await beat(db, switch, sentry_monitor="wire", every_minutes=3) == [("wire", True, 3)]
        with db.begin() as conn:
            a_failed_job(conn)
        assert await beat(db, switch, sentry_monitor="wire") == [("wire", False, 5)]


@pytest.mark.parametrize("status", [302, 404, 500])
async def test_a_switch_that_refuses_harms_nothing(db: Database, status: int) -> None:
    async with listening() as switch:
        switch.status = status
        await beat(db, switch, url=switch.url("/ping"))
        assert len(switch.heard) == 1


async def test_a_switch_that_is_away_harms_nothing(db: Database) -> None:
    async with listening() as switch:
        pass
    await beat(db, switch, url=switch.url("/ping"))


def test_a_source_or_a_recipient_that_fails_is_no_ailment(conn: Connection) -> None:
    put_a_delivery(conn)
    endpoints.put(conn, Endpoint("https://example.org/hook", 3, NOON, NOON))
    assert daemon_problems(conn, NOON + 10 * HOUR) == []


def test_deliveries_that_wait_for_nothing_are_one(conn: Connection) -> None:
    put_a_delivery(conn)
    assert daemon_problems(conn, NOON + HOUR / 5) == []
    [says] = daemon_problems(conn, NOON + 2 * HOUR)
    assert says.startswith("deliveries wait since 2026-06-01 12:00 UTC, and no recipient failed")


def test_that_no_source_could_be_read_for_a_day_is_one(conn: Connection) -> None:
    a_source(conn)
    assert daemon_problems(conn, NOON + 24 * HOUR) == []
    assert "no source could be read" in daemon_problems(conn, NOON + 26 * HOUR)[0]


def test_sentry_gets_a_check_in_that_makes_its_monitor() -> None:
    with EnvelopeReceiver() as receiver:
        run(
            receiver,
            """
            sentry.check_in("wire", well=True, every_minutes=5)
            import sentry_sdk
            sentry_sdk.flush(5)
            """,
        )
        [sent] = [each for each in receiver.envelopes if "check_in" in each]
    assert '"monitor_slug":"wire"' in sent
    assert '"status":"ok"' in sent
    assert '"value":5' in sent


def test_without_a_dsn_no_monitor_is_told() -> None:
    with EnvelopeReceiver() as receiver:
        done = run(
            receiver,
            'sentry.check_in("wire", well=True, every_minutes=5)',
            WIREWATCH_SENTRY__DSN="",
        )
    assert done.returncode == 0, done.stderr
    assert receiver.envelopes == []


def put_a_delivery(conn: Connection) -> None:
    recipient = a_topic(conn).recipients[1]
    draft = Draft(recipient.id, Channel.WEBHOOK, "https://example.org/hook", "u", b"{}")
    outbox.put(conn, alert_id=None, draft=draft, now=NOON)
