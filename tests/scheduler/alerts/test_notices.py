"""An endpoint that fails for long is told of once, and by another channel."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from scheduler.alerts.notices import EndpointNotices
from scheduler.config.settings import AlertSettings
from storage.delivery import endpoints, outbox
from storage.models.deliveries import Delivery, DeliveryKind, Draft, Endpoint
from storage.models.recipients import Channel, NewRecipient
from storage.sql.database import Database
from storage.topics import topics
from tests.storage.world import NOON

HOOK = "https://hooks.example/secret-path"
FAILING = Endpoint(HOOK, 7, NOON, NOON + timedelta(hours=1), "answered 503: gone fishing")
MAIL = Endpoint(Channel.EMAIL.value, 3, NOON, NOON, "the relay said no to us: 535 no")


def told(db: Database) -> list[Delivery]:
    with db.connect() as conn:
        return outbox.list_by(conn, None, 100)[::-1]


async def after(db: Database, hours: float, *notify: str) -> list[Delivery]:
    """Run the job at so many hours after noon; all that was ever told."""

    def clock() -> datetime:
        return NOON + timedelta(hours=hours)

    await EndpointNotices(
        db=db,
        settings=AlertSettings(notify=notify),
        sender="wirewatch@newsroom.example",
        clock=clock,
        on_outbox=lambda: None,
    ).tell()
    return told(db)


@pytest.fixture(autouse=True)
def _watched(db: Database) -> None:
    recipients = [
        NewRecipient(Channel.WEBHOOK, HOOK, "whsec_c2VjcmV0"),
        NewRecipient(Channel.EMAIL, "desk@newsroom.example", None),
    ]
    with db.begin() as conn:
        for name in ("ferries", "crowns"):
            topics.add(conn, name=name, query="x", recipients=recipients, now=NOON)
        elsewhere = [NewRecipient(Channel.EMAIL, "other@newsroom.example", None)]
        topics.add(conn, name="bells", query="x", recipients=elsewhere, now=NOON)


def fail(db: Database, endpoint: Endpoint) -> None:
    with db.begin() as conn:
        endpoints.put(conn, endpoint)


async def test_it_is_told_after_an_hour_and_once(db: Database) -> None:
    fail(db, FAILING)
    assert await after(db, 0.9, "ops@newsroom.example") == []
    [notice] = await after(db, 1, "ops@newsroom.example")
    assert (notice.kind, notice.channel) == (DeliveryKind.NOTICE, Channel.EMAIL)
    assert notice.address == "ops@newsroom.example"
    assert b"gone fishing" in notice.payload
    assert b"hooks.example" in notice.payload
    assert b"secret-path" not in notice.payload
    assert await after(db, 40, "ops@newsroom.example") == [notice]


async def test_it_says_how_much_waits(db: Database) -> None:
    with db.begin() as conn:
        [hook] = [r for r in topics.get(conn, "ferries").recipients if r.address == HOOK]
        for uid in ("a", "b"):
            draft = Draft(hook.id, Channel.WEBHOOK, HOOK, uid, b"{}")
            outbox.put(conn, alert_id=None, draft=draft, now=NOON)
    fail(db, FAILING)
    notice = (await after(db, 2, "ops@newsroom.example"))[-1]
    assert b"2 deliveries for it wait" in notice.payload


async def test_without_operators_those_hear_it_who_are_told_of_the_same_topics(
    db: Database,
) -> None:
    fail(db, FAILING)
    [notice] = await after(db, 2)
    assert notice.address == "desk@newsroom.example"


async def test_that_mail_fails_is_told_by_webhook(db: Database) -> None:
    fail(db, MAIL)
    [notice] = await after(db, 2, "ops@newsroom.example")
    assert (notice.channel, notice.address) == (Channel.WEBHOOK, HOOK)
    assert b"The mail relay takes nothing since" in notice.payload


async def test_where_all_fails_nobody_can_be_told_and_it_is_not_tried_for_ever(
    db: Database,
) -> None:
    fail(db, FAILING)
    fail(db, MAIL)
    assert await after(db, 2) == []
    with db.connect() as conn:
        assert all(each.noticed_at for each in endpoints.unwell(conn).values())


async def test_one_that_is_gone_is_told_at_once(db: Database) -> None:
    fail(db, replace(FAILING, failures=0, failing_since=None, disabled_at=NOON))
    [notice] = await after(db, 0.01)
    assert b"said that it is gone" in notice.payload
    assert b"wirewatch delivery enable" in notice.payload.replace(b"=\r\n", b"")


async def test_one_that_fails_anew_is_told_anew(db: Database) -> None:
    fail(db, FAILING)
    await after(db, 2)
    with db.begin() as conn:
        endpoints.well(conn, HOOK)
    fail(db, replace(FAILING, failing_since=NOON + timedelta(hours=5)))
    assert len(await after(db, 7)) == 2
