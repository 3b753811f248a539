"""A daemon that is killed at random moments loses no alert and tells of none twice.

What may be repeated is a delivery that was sent and not yet recorded: with the same id and the
same bytes, so that the recipient can tell.
"""

from __future__ import annotations

import asyncio
import base64
import random
import re
from collections import defaultdict
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from scheduler.demo.hooks import HookReceiver
from scheduler.demo.installation import Installation, Ports, config_text, free_port
from scheduler.demo.mailbox import Mailbox
from scheduler.demo.publishers import PublishersProxy
from scheduler.demo.world import load_world
from storage import alerts, articles, outbox, sources, topics
from storage.database import Database
from storage.models import Channel, Delivery, DeliveryState, NewRecipient

WORLD = load_world()
WORDS = ("crowns", "comet", "bell", "timetable", "percent")
"""A topic each; every story, backlog too, that holds the word is to be told once."""


@dataclass(frozen=True, slots=True)
class Newsroom:
    """The demo's world with several topics, and all that its recipients were sent."""

    installation: Installation
    db: Database
    proxy: PublishersProxy
    mailbox: Mailbox
    receiver: HookReceiver


@asynccontextmanager
async def newsroom(data: Path) -> AsyncIterator[Newsroom]:
    async with (
        PublishersProxy(WORLD, datetime.now(UTC)) as proxy,
        Mailbox() as mailbox,
        HookReceiver() as receiver,
    ):
        installation = Installation(data)
        ports = Ports(proxy.url, mailbox.port, receiver.port, free_port())
        installation.configure(config_text(ports))
        db = Database.open(data / "wirewatch.db")
        try:
            receiver.secrets = enroll(db, receiver.url)
            yield Newsroom(installation, db, proxy, mailbox, receiver)
        finally:
            db.close()


def enroll(db: Database, hook: str) -> tuple[str, ...]:
    """Add a topic for each word and all publishers; the secret that signs webhooks."""
    now = datetime.now(UTC)
    secret = "whsec_" + base64.b64encode(b"of these tests, and long enough").decode()
    told = (
        NewRecipient(Channel.EMAIL, "desk@newsroom.example", None),
        NewRecipient(Channel.WEBHOOK, hook, secret),
    )
    with db.begin() as conn:
        for word in WORDS:
            topics.add(conn, name=word, query=word, recipients=told, now=now)
        for publisher in WORLD.publishers:
            sources.add(
                conn,
                url=publisher.feed_url,
                title=publisher.name,
                site_url=f"http://{publisher.host}/",
                alert_backlog=True,
                now=now,
            )
    return (secret,)


def expected() -> set[tuple[str, str]]:
    """Name the alerts (word, story) that the texts call for."""
    return {
        (word, leaf.story.key)
        for word in WORDS
        for leaf in WORLD.leaves
        if re.search(rf"\b{word}\b", "\n".join(leaf.story.text), re.IGNORECASE)
    }


def alerted(db: Database) -> list[tuple[str, str]]:
    """Name the alerts (word, story) that are stored."""
    keys = {leaf.url: leaf.story.key for leaf in WORLD.leaves}
    with db.connect() as conn:
        names = {topic.id: topic.name for topic in topics.list_all(conn)}
        return [
            (names[alert.topic_id], keys[articles.get(conn, alert.article_id).url])
            for alert in alerts.list_recent(conn, 1000)
        ]


def deliveries(db: Database) -> list[Delivery]:
    with db.connect() as conn:
        return outbox.list_by(conn, None, 1000)


def all_told(db: Database) -> bool:
    stored = deliveries(db)
    done = all(delivery.state is DeliveryState.DELIVERED for delivery in stored)
    return done and len(stored) == 2 * len(expected())


def by_id(sent: Iterable[tuple[str, bytes]]) -> dict[str, set[bytes]]:
    bodies: dict[str, set[bytes]] = defaultdict(set)
    for uid, body in sent:
        bodies[uid].add(body)
    return dict(bodies)


async def kill_and_kill_again(room: Newsroom, kills: int, rng: random.Random) -> None:
    """Start the daemon, let news appear, and kill it at a random moment; again and again."""
    for number in range(kills):
        process = await room.installation.start_daemon()
        room.proxy.release(min(number + 1, WORLD.steps))
        await asyncio.sleep(rng.uniform(1.5, 4.0))
        assert process.returncode is None, room.installation.last_words()
        process.kill()
        await process.wait()
    room.proxy.release(WORLD.steps)
    async with room.installation.daemon() as process, asyncio.timeout(60):
        while not await asyncio.to_thread(all_told, room.db):
            assert process.returncode is None, room.installation.last_words()
            await asyncio.sleep(0.1)


@pytest.mark.parametrize(
    ("kills", "seed"),
    [(3, 1), *(pytest.param(15, seed, marks=pytest.mark.slow) for seed in range(2, 8))],
)
async def test_no_alert_is_lost_and_none_gets_a_second_id(
    tmp_path: Path, kills: int, seed: int
) -> None:
    async with newsroom(tmp_path) as room:
        await kill_and_kill_again(room, kills, random.Random(seed))
        assert sorted(alerted(room.db)) == sorted(expected())
        letters = by_id((x.message_id, x.message.as_bytes()) for x in room.mailbox.letters)
        hooks = by_id((hook.uid, hook.body) for hook in room.receiver.hooks)
        assert len(letters) == len(hooks) == len(expected())
        assert all(len(bodies) == 1 for bodies in (*letters.values(), *hooks.values()))
        assert all(hook.verified for hook in room.receiver.hooks)
        stored = {d.uid for d in deliveries(room.db) if d.channel is Channel.WEBHOOK}
        assert set(hooks) == stored
