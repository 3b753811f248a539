"""Deliveries leave the outbox once, beside each other, and none is lost whatever happens."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Connection

from scheduler.alerts.outcomes import WAITS, SendReceipt
from scheduler.alerts.send_queue import host_of
from scheduler.alerts.worker import DeliveryWorker
from storage.delivery import alerts, endpoints, outbox
from storage.errors import DeliveryDeferredError, DeliveryRefusedError, StorageError
from storage.models.alerts import Alert
from storage.models.deliveries import Delivery, DeliveryState, Draft
from storage.models.recipients import Channel, NewRecipient
from storage.sql.database import Database
from storage.topics import topics
from tests.storage.world import MATCHED, NOON, a_page, a_source, an_article
from tests.waiting import eventually, forever


@dataclass
class Channels:
    """A sender for both channels that does as a test says, and keeps what it was given."""

    act: Callable[[Delivery], SendReceipt] = lambda _: SendReceipt(200, "ok")
    obstacle: str | None = None
    slow: frozenset[str] = frozenset()
    sent: list[str] = field(default_factory=list)
    now: int = 0
    most: int = 0

    async def send(self, delivery: Delivery) -> SendReceipt:
        self.now += 1
        self.most = max(self.most, self.now)
        try:
            if host_of(delivery)[1] in self.slow:
                await forever()
            await asyncio.sleep(0)
            self.sent.append(delivery.uid)
            return self.act(delivery)
        finally:
            self.now -= 1


@dataclass
class Time:
    """A clock that stands still until it is moved."""

    now: datetime = NOON
    asked: int = 0

    def __call__(self) -> datetime:
        self.asked += 1
        return self.now


@dataclass
class Post:
    """A worker at work on a database."""

    worker: DeliveryWorker
    db: Database
    time: Time

    async def until(self, holds: Callable[[], bool]) -> None:
        await eventually(holds)

    async def looked(self) -> None:
        """Wait until the worker has looked for work, from beginning to end, since now."""
        for _ in range(3):
            asked = self.time.asked
            self.worker.wake()
            await eventually(lambda asked=asked: self.time.asked > asked)  # type: ignore[misc]

    def stored(self) -> list[Delivery]:
        with self.db.connect() as conn:
            return outbox.list_by(conn, None, 20_000)[::-1]

    async def settled(self, tries: int = 1) -> None:
        """Wait until each delivery was tried so often, or is done."""

        def done() -> bool:
            return all(
                d.attempts >= tries or d.state is not DeliveryState.PENDING for d in self.stored()
            )

        await self.until(done)


@asynccontextmanager
async def working(db: Database, channels: Channels, **options: float) -> AsyncIterator[Post]:
    time = Time()
    senders = {Channel.EMAIL: channels, Channel.WEBHOOK: channels}
    worker = DeliveryWorker(
        db=db,
        senders=senders,
        clock=time,
        rng=random.Random(1),
        per_second={Channel.WEBHOOK: options["pace"]} if "pace" in options else None,
        poll_seconds=options.get("poll_seconds", 0.01),
        drain_seconds=options.get("drain_seconds", 0.1),
    )
    task = asyncio.create_task(worker.run())
    try:
        yield Post(worker, db, time)
    finally:
        await worker.stop()
        await task


def an_alert(conn: Connection, addresses: list[str]) -> Alert:
    """Store an alert of a topic with these recipients."""
    told = [
        NewRecipient(
            Channel.WEBHOOK if "://" in address else Channel.EMAIL, address, "whsec_c2VjcmV0"
        )
        for address in addresses
    ]
    topic = topics.add(conn, name="ferries", query="ferry", recipients=told, now=NOON)
    article = an_article(conn, a_page(conn, a_source(conn)))
    alert = alerts.create(
        conn,
        topic_id=topic.id,
        story_id=article.story_id,
        article_id=article.id,
        matched=MATCHED,
        now=NOON,
    )
    assert alert is not None
    return alert


def put(db: Database, *addresses: str) -> None:
    """Store an alert with a delivery to each address."""
    with db.begin() as conn:
        alert = an_alert(conn, list(addresses))
        topic = topics.get(conn, "ferries")
        for number, recipient in enumerate(topic.recipients):
            draft = Draft(recipient.id, recipient.channel, recipient.address, f"u{number}", b"{}")
            outbox.put(conn, alert_id=alert.id, draft=draft, now=NOON)


def refusing(_delivery: Delivery) -> SendReceipt:
    raise DeliveryRefusedError("answered 410", status=410)


def deferring(_delivery: Delivery) -> SendReceipt:
    raise DeliveryDeferredError("answered 503", status=503)


async def test_what_waits_is_delivered_and_recorded(db: Database) -> None:
    put(db, "desk@example.org", "https://example.org/hook")
    channels = Channels()
    async with working(db, channels) as post:
        await post.settled()
    assert sorted(channels.sent) == ["u0", "u1"]
    assert {d.state for d in post.stored()} == {DeliveryState.DELIVERED}
    with db.connect() as conn:
        [attempt] = outbox.attempts(conn, post.stored()[0].id)
    assert (attempt.outcome, attempt.status, attempt.detail) == ("delivered", 200, "ok")


async def test_a_refused_delivery_is_a_dead_letter_at_once(db: Database) -> None:
    put(db, "https://example.org/hook")
    async with working(db, Channels(refusing)) as post:
        await post.settled()
        [stored] = post.stored()
    assert (stored.state, stored.attempts, stored.last_error) == (
        DeliveryState.DEAD,
        1,
        "answered 410",
    )


async def test_a_deferred_delivery_is_tried_by_the_schedule_with_the_same_id_and_then_given_up(
    db: Database,
) -> None:
    put(db, "https://example.org/hook")
    channels = Channels(deferring)
    async with working(db, channels) as post:
        for tried in range(1, len(WAITS)):
            await post.settled(tried)
            [stored] = post.stored()
            waits = (stored.next_attempt_at - post.time.now).total_seconds()
            assert WAITS[tried] <= waits <= WAITS[tried] * 1.2
            assert stored.state is DeliveryState.PENDING
            post.time.now = stored.next_attempt_at
            post.worker.wake()
        await post.settled(len(WAITS))
        [stored] = post.stored()
    assert stored.state is DeliveryState.DEAD
    assert channels.sent == ["u0"] * len(WAITS)


async def test_a_recipient_s_own_wish_is_kept(db: Database) -> None:
    put(db, "https://example.org/hook")
    wish = NOON + timedelta(hours=3)

    def wishing(_delivery: Delivery) -> SendReceipt:
        raise DeliveryDeferredError("answered 429", status=429, not_before=wish)

    async with working(db, Channels(wishing)) as post:
        await post.settled()
        assert post.stored()[0].next_attempt_at == wish


async def test_a_replayed_dead_letter_is_delivered_with_the_same_id(db: Database) -> None:
    put(db, "https://example.org/hook")
    channels = Channels(refusing)
    async with working(db, channels) as post:
        await post.settled()
        channels.act = lambda _: SendReceipt(200, "ok")
        with db.begin() as conn:
            outbox.replay(conn, post.stored()[0].id, NOON)
        await post.until(lambda: post.stored()[0].state is DeliveryState.DELIVERED)
    assert channels.sent == ["u0", "u0"]


async def test_a_bug_in_one_delivery_stops_no_other_and_is_tried_again(db: Database) -> None:
    put(db, "https://bug.example/", "https://example.org/hook")

    def buggy(delivery: Delivery) -> SendReceipt:
        if "bug" in delivery.address:
            raise ZeroDivisionError("with a secret in its text")
        return SendReceipt(200, "ok")

    async with working(db, Channels(buggy)) as post:
        await post.settled()
        hurt, fine = post.stored()
    assert fine.state is DeliveryState.DELIVERED
    assert (hurt.state, hurt.attempts, hurt.last_error) == (
        DeliveryState.PENDING,
        1,
        "bug: ZeroDivisionError",
    )


async def test_a_slow_recipient_takes_its_places_and_nobody_else_s(db: Database) -> None:
    slow = [f"https://slow.example/{n}" for n in range(60)]
    put(db, *slow, "https://quick.example/", "desk@example.org")
    channels = Channels(slow=frozenset({"https://slow.example"}))
    async with working(db, channels) as post:
        await post.until(lambda: {"u60", "u61"} <= set(channels.sent))
        assert channels.most <= 5
        post.worker.wake()


async def test_many_deliveries_go_beside_each_other_but_not_without_limit(db: Database) -> None:
    put(db, *(f"https://host{n}.example/" for n in range(100)))
    channels = Channels()
    async with working(db, channels) as post:
        await post.settled()
    assert len(set(channels.sent)) == len(channels.sent) == 100
    assert 1 < channels.most <= 64


async def test_without_a_relay_mail_waits_with_a_plain_reason_and_goes_when_there_is_one(
    db: Database,
) -> None:
    put(db, "desk@example.org")
    channels = Channels(obstacle="no e-mail relay is configured: set host in [email]")
    async with working(db, channels) as post:
        for _ in range(12):  # longer than the schedule of retries: waiting uses none of it up
            await post.until(lambda: post.stored()[0].next_attempt_at > post.time.now)
            post.time.now = post.stored()[0].next_attempt_at
            post.worker.wake()
        [waiting] = post.stored()
        assert (waiting.state, waiting.attempts) == (DeliveryState.PENDING, 0)
        assert "[email]" in waiting.last_error
        channels.obstacle = None
        post.time.now += timedelta(hours=1)
        await post.settled()
    assert post.stored()[0].state is DeliveryState.DELIVERED


def queue(db: Database, address: str, number: int) -> None:
    """Store so many deliveries to one address, a second apart."""
    with db.begin() as conn:
        alert = an_alert(conn, [address])
        [recipient] = topics.get(conn, "ferries").recipients
        for n in range(number):
            draft = Draft(recipient.id, recipient.channel, recipient.address, f"q{n}", b"{}")
            created = NOON + timedelta(seconds=n - number)
            outbox.put(conn, alert_id=alert.id, draft=draft, now=created)


async def test_an_endpoint_that_fails_is_let_be_and_what_waits_for_it_keeps_its_tries(
    db: Database,
) -> None:
    queue(db, "https://example.org/hook", 40)
    channels = Channels(deferring)
    async with working(db, channels) as post:
        await post.until(lambda: channels.sent == ["q0"])
        await post.looked()
        assert channels.sent == ["q0"]
        assert [d.attempts for d in post.stored()] == [1] + [0] * 39
        for _ in range(20):  # it is asked now and then
            post.time.now += timedelta(hours=1)
            await post.looked()
        assert len(channels.sent) <= 21
        assert all(d.state is DeliveryState.PENDING for d in post.stored())


async def test_when_an_endpoint_is_well_again_all_goes_the_oldest_first(db: Database) -> None:
    queue(db, "https://example.org/hook", 40)
    channels = Channels(deferring)
    async with working(db, channels) as post:
        await post.until(lambda: channels.sent == ["q0"])
        for _ in range(3):
            post.time.now += timedelta(hours=1)
            await post.looked()
        before = len(channels.sent)
        channels.act = lambda _: SendReceipt(200, "ok")
        post.time.now += timedelta(hours=1)
        await post.settled()
        sent = channels.sent[before:]
    assert {d.state for d in post.stored()} == {DeliveryState.DELIVERED}
    assert sorted(sent, key=lambda uid: int(uid[1:])) == [f"q{n}" for n in range(40)]
    # The one that was let through to see may be any; then they come in their order.
    assert sent[1:] == sorted(sent[1:], key=lambda uid: int(uid[1:]))


async def test_what_a_message_itself_is_refused_for_holds_up_no_other(db: Database) -> None:
    queue(db, "https://example.org/hook", 3)

    def picky(delivery: Delivery) -> SendReceipt:
        if delivery.uid == "q0":
            raise DeliveryDeferredError("answered 422", status=422, of_endpoint=False)
        return SendReceipt(200, "ok")

    channels = Channels(picky)
    async with working(db, channels) as post:
        await post.settled()
    assert channels.sent == ["q0", "q1", "q2"]


async def test_an_endpoint_that_says_it_is_gone_is_sent_nothing_until_it_is_enabled(
    db: Database,
) -> None:
    queue(db, "https://example.org/hook", 3)
    channels = Channels(refusing)
    async with working(db, channels) as post:
        await post.until(lambda: post.stored()[0].state is DeliveryState.DEAD)
        post.time.now += timedelta(days=30)
        await post.looked()
        assert channels.sent == ["q0"]
        assert [d.state for d in post.stored()[1:]] == [DeliveryState.PENDING] * 2
        channels.act = lambda _: SendReceipt(200, "ok")
        with db.begin() as conn:
            endpoints.well(conn, "https://example.org/hook")
        post.worker.wake()
        await post.settled()
    assert channels.sent == ["q0", "q1", "q2"]


async def test_an_endpoint_is_sent_no_more_a_second_than_is_set(db: Database) -> None:
    queue(db, "https://example.org/hook", 30)
    channels = Channels()
    async with working(db, channels, pace=10) as post:
        for second in range(1, 3):
            await post.until(lambda n=second: len(channels.sent) == 10 * n)  # type: ignore[misc]
            await post.looked()
            assert len(channels.sent) == 10 * second
            post.time.now += timedelta(seconds=1)
            post.worker.wake()
        await post.settled()
    assert channels.sent == [f"q{n}" for n in range(30)]


async def test_a_wake_up_is_heard_before_the_next_poll(db: Database) -> None:
    channels = Channels()
    async with working(db, channels, poll_seconds=60) as post:
        await post.looked()
        put(db, "https://example.org/hook")
        post.worker.wake()
        await post.settled()
    assert channels.sent == ["u0"]


async def test_stopping_gives_back_what_takes_too_long(db: Database) -> None:
    put(db, "https://slow.example/")
    channels = Channels(slow=frozenset({"https://slow.example"}))
    async with working(db, channels) as post:
        await post.until(lambda: channels.now == 1)
    [stored] = post.stored()
    assert (stored.state, stored.attempts) == (DeliveryState.PENDING, 0)
    with db.begin() as conn:
        assert [d.uid for d in outbox.claim(conn, NOON, 10, 60)] == ["u0"]


async def test_what_a_killed_daemon_held_is_sent_at_once_by_the_next(db: Database) -> None:
    put(db, "https://example.org/hook")
    with db.begin() as conn:
        assert len(outbox.claim(conn, NOON, 10, lease_seconds=3600)) == 1
    channels = Channels()
    async with working(db, channels) as post:
        await post.settled()
    assert channels.sent == ["u0"]


async def test_a_database_that_says_no_for_a_moment_ends_nothing(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(db, "https://example.org/hook")
    monkeypatch.setattr("scheduler.runtime.poll_loop.AFTER_A_BUG", 0.01)
    refusals = iter([True, True])
    claim = outbox.claim

    def failing(*args: object, **named: object) -> list[Delivery]:
        if next(refusals, False):
            raise OSError("disk full")
        return claim(*args, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(outbox, "claim", failing)
    channels = Channels()
    async with working(db, channels) as post:
        await post.settled()
    assert channels.sent == ["u0"]


@pytest.mark.parametrize(
    ("address", "lane"),
    [
        ("desk@example.org", (Channel.EMAIL, "")),
        ("https://a.example/x?y", (Channel.WEBHOOK, "https://a.example")),
        ("https://a.example:8443/", (Channel.WEBHOOK, "https://a.example:8443")),
        ("http://[bad/", (Channel.WEBHOOK, "http://[bad/")),
    ],
)
def test_mail_has_one_lane_and_webhooks_one_a_host(address: str, lane: tuple[str, str]) -> None:
    channel = Channel.WEBHOOK if "://" in address else Channel.EMAIL
    now = NOON
    delivery = Delivery(1, "u", 1, 1, channel, address, b"", DeliveryState.PENDING, 0, now, now)
    assert host_of(delivery) == lane


async def test_beside_others_nobody_takes_what_another_one_holds(db: Database) -> None:
    put(db, "https://example.org/hook")
    with db.begin() as conn:
        held = outbox.claim(conn, NOON, 1, lease_seconds=60)
    assert len(held) == 1
    channels = Channels()
    worker = DeliveryWorker(
        db=db,
        senders={Channel.WEBHOOK: channels},
        clock=(time := Time()),
        rng=random.Random(1),
        alone=False,
        poll_seconds=0.01,
    )
    task = asyncio.create_task(worker.run())
    await Post(worker, db, time).looked()
    await worker.stop()
    await task
    assert channels.sent == []


async def test_a_store_that_says_no_at_the_start_does_not_end_it(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(db, "https://example.org/hook")

    def fails(_conn: Connection) -> None:
        raise StorageError("the database said: disk I/O error")

    monkeypatch.setattr(outbox, "release_all", fails)
    channels = Channels()
    async with working(db, channels) as post:
        await post.settled()
    assert channels.sent == ["u0"]


async def test_a_sender_that_has_a_bug_is_tried_again_and_others_go_on(db: Database) -> None:
    put(db, "https://a.example/hook", "desk@example.org")

    def buggy(delivery: Delivery) -> SendReceipt:
        if delivery.channel is Channel.WEBHOOK:
            raise ZeroDivisionError
        return SendReceipt(250, "ok")

    async with working(db, Channels(buggy)) as post:
        await post.until(
            lambda: any(each.state is DeliveryState.DELIVERED for each in post.stored())
        )
        states = {each.channel: each.state for each in post.stored()}
    assert states[Channel.EMAIL] is DeliveryState.DELIVERED
    assert states[Channel.WEBHOOK] is not DeliveryState.DELIVERED
