"""The demo's world with several topics, in an installation whose daemon is to be killed."""

from __future__ import annotations

import base64
import re
import sys
from collections import defaultdict
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from scheduler.demo.installation import DemoPorts, Installation, config_text, free_port
from scheduler.demo.mailbox import Mailbox
from scheduler.demo.publishers import PublishersProxy
from scheduler.demo.webhook_receiver import WebhookReceiver
from scheduler.demo.world import load_world
from storage.crawl import sources
from storage.delivery import alerts, outbox
from storage.models.deliveries import Delivery, DeliveryState
from storage.models.recipients import Channel, NewRecipient
from storage.sql.database import Database
from storage.stories import articles
from storage.topics import topics

PLAIN = (
    *(sys.executable, "-c"),
    "import sys; sys.modules['numba'] = None; from scheduler.cli import main; main()",
)
"""`wirewatch` without the extra `fast`, as pip installs it: to load numba takes each start a second.

With it start the daemons of test_run.py, of the demo and of the benches."""

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
    receiver: WebhookReceiver
    web_port: int


@asynccontextmanager
async def newsroom(data: Path, **storage: str | int) -> AsyncIterator[Newsroom]:
    """Open a newsroom whose store is a file, or what `storage` names."""
    async with (
        PublishersProxy(WORLD, datetime.now(UTC)) as proxy,
        Mailbox() as mailbox,
        WebhookReceiver() as receiver,
    ):
        installation = Installation(data, PLAIN)
        web_port = free_port()
        ports = DemoPorts(proxy.url, mailbox.port, receiver.port, web_port)
        installation.configure(config_text(ports), **storage)
        server = storage.get("database")
        db = Database.open(str(server) if server else data / "wirewatch.db")
        try:
            receiver.secrets = enroll(db, receiver.url)
            yield Newsroom(installation, db, proxy, mailbox, receiver, web_port)
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
        (word, page.story.key)
        for word in WORDS
        for page in WORLD.pages
        if re.search(rf"\b{word}\b", "\n".join(page.story.text), re.IGNORECASE)
    }


def alerted(db: Database) -> list[tuple[str, str]]:
    """Name the alerts (word, story) that are stored."""
    keys = {page.url: page.story.key for page in WORLD.pages}
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
