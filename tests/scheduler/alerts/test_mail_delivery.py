"""From the outbox to a real relay: a test arrives, and a relay that refuses our sender loses nothing."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from email import message_from_bytes, policy

from scheduler.actions.audit_log import Actor
from scheduler.actions.recipients import send_test
from scheduler.alerts.worker import DeliveryWorker
from storage.delivery import endpoints, outbox
from storage.models.deliveries import Delivery, DeliveryState
from storage.models.recipients import Channel, NewRecipient
from storage.operators.audit import Interface
from storage.sql.database import Database
from storage.topics import topics
from tests.scheduler.alerts.relay import Relay, running
from tests.scheduler.alerts.test_smtp import sender
from tests.storage.world import NOON
from tests.waiting import eventually


class Clock:
    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now


@asynccontextmanager
async def delivering(db: Database, relay: Relay, clock: Clock) -> AsyncIterator[DeliveryWorker]:
    worker = DeliveryWorker(
        db=db,
        senders={Channel.EMAIL: sender(relay)},
        clock=clock,
        rng=random.Random(1),
        poll_seconds=0.01,
    )
    task = asyncio.create_task(worker.run())
    try:
        yield worker
    finally:
        await worker.stop()
        await task


def a_test(db: Database) -> Delivery:
    desk = NewRecipient(Channel.EMAIL, "desk@newsroom.example")
    with db.begin() as conn:
        topic = topics.add(conn, name="Fähren", query="ferry", recipients=[desk], now=NOON)
        [recipient] = topic.recipients
        actor = Actor("mira", Interface.CLI)
        return send_test(
            conn, actor, topic, recipient, sender="Wire <wire@newsroom.example>", now=NOON
        )


def state_of(db: Database, delivery: Delivery) -> Delivery:
    with db.connect() as conn:
        return outbox.get(conn, delivery.id)


async def test_a_test_reaches_the_relay(db: Database) -> None:
    delivery, relay = a_test(db), Relay()
    async with running(relay), delivering(db, relay, Clock()):
        await eventually(lambda: state_of(db, delivery).state is DeliveryState.DELIVERED)
    [(_, to, raw)] = relay.letters
    assert to == ["desk@newsroom.example"]
    message = message_from_bytes(raw, policy=policy.default)
    assert message["Subject"] == "Wirewatch: a test of the topic Fähren"


async def test_a_relay_that_refuses_our_sender_makes_mail_wait_until_it_is_mended(
    db: Database,
) -> None:
    delivery, relay, clock = a_test(db), Relay(mail="550 5.7.1 not yours"), Clock()
    async with running(relay), delivering(db, relay, clock) as worker:
        await eventually(lambda: state_of(db, delivery).attempts == 1)
        assert state_of(db, delivery).state is DeliveryState.PENDING
        with db.connect() as conn:
            endpoint = endpoints.unwell(conn)["email"]
        assert "the relay refuses our sender: 550 5.7.1 not yours" in endpoint.last_error
        assert "email.sender" in endpoint.last_error
        relay.mail = "250 ok"
        clock.now += timedelta(hours=1)
        worker.wake()
        await eventually(lambda: state_of(db, delivery).state is DeliveryState.DELIVERED)
        with db.connect() as conn:
            assert endpoints.unwell(conn) == {}
    assert len(relay.letters) == 1
