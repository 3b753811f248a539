"""A real hub, the real site and a pipeline on a real store; the test moves the clock."""

from __future__ import annotations

import json
import random
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path
from urllib.parse import urlsplit

from crawler.fetch.egress import Egress
from scheduler.config.settings import WebSubSettings
from scheduler.web.app import Site, SiteParts
from scheduler.web.push import push_routes
from scheduler.web.server import WebServer
from scheduler.websub.hub_client import HubClient
from scheduler.websub.push_receiver import PushReceiver
from scheduler.websub.subscriber import Subscriber
from storage.crawl import page_listings, sources, subscriptions
from storage.crawl.subscriptions import Subscription
from storage.models.pages import ListedPage
from storage.models.sources import Source
from tests.crawler.world import World, opened
from tests.servers.hub import Hub, hub

MAX_BYTES = 10_000_000


@dataclass
class Pushing:
    """All parts of a subscriber, and a hub."""

    world: World
    hub: Hub
    web: WebServer
    subscriber: Subscriber
    receiver: PushReceiver
    relied: list[Collection[int]] = field(default_factory=list)

    def source(self, host: str = "meridian.example") -> Source:
        """Add a source that was read before and names the hub."""
        with self.world.db.begin() as conn:
            source = sources.add(
                conn,
                url=f"https://{host}/feed",
                title=host,
                site_url=f"https://{host}/",
                alert_backlog=False,
                now=self.world.now,
                hub_url=self.hub.url,
                self_url=f"https://{host}/feed.json",
            )
            sources.fetched(
                conn,
                source.id,
                now=self.world.now,
                next_fetch_at=self.world.now + timedelta(hours=24),
                next_reason="",
                article_rate=0.0,
                etag=None,
                last_modified=None,
                body_hash=None,
            )
            return sources.get(conn, source.id)

    async def keep(self, **later: float) -> None:
        """Let time pass, then run the job, and the hub do its part."""
        self.world.now += timedelta(**later)
        await self.subscriber.keep()
        await self.hub.settled()

    async def subscribed(self) -> Source:
        """Return a source to whose hub we are subscribed."""
        source = self.source()
        await self.keep()
        return source

    def subscription(self, source: Source) -> Subscription:
        found = self.find(source)
        assert found is not None
        return found

    def find(self, source: Source) -> Subscription | None:
        with self.world.db.connect() as conn:
            return subscriptions.of_source(conn, source.id)

    def now_of(self, source: Source) -> Source:
        with self.world.db.connect() as conn:
            return sources.get(conn, source.id)

    def pages(self, source: Source) -> list[ListedPage]:
        with self.world.db.connect() as conn:
            return page_listings.recent(conn, source.id, 100)

    def ignored(self, source: Source) -> int:
        with self.world.db.connect() as conn:
            return subscriptions.times_ignored(conn, source.id)

    async def polled(self, source: Source, *paths: str) -> None:
        """Let a poll of the source find these."""
        body = json_feed(*paths, hub=self.hub.url).decode()
        await self.world.answer(f"source:{source.id}", source.url, body)


@asynccontextmanager
async def pushing(file: Path, *, seconds: float = 5) -> AsyncIterator[Pushing]:
    """Open a world with a hub and the site on loopback; a push may take so many seconds."""
    async with opened(file) as world, hub() as at_hub:
        receiver = PushReceiver(world.db, lambda: world.now, random.Random(1))
        receiver.open(world.pipeline)
        site = Site(
            SiteParts(
                db=world.db,
                clock=lambda: world.now,
                started_at=world.now,
                version="1",
                push=push_routes(receiver, max_bytes=MAX_BYTES, seconds=seconds),
                callback_host="watch.example",
            )
        )
        web = WebServer(site.app, "127.0.0.1", 0)
        await web.start()
        port = urlsplit(at_hub.url).port
        assert port is not None
        egress = Egress([ip_network("127.0.0.0/8")], [port])
        relied: list[Collection[int]] = []
        async with egress.session() as session:
            subscriber = Subscriber(
                db=world.db,
                hubs=HubClient(session, "https://me.example/"),
                settings=WebSubSettings(callback_url=f"{web.url}push"),
                visits=world.pipeline,
                clock=lambda: world.now,
                rng=random.Random(1),
                on_relied=relied.append,
            )
            yield Pushing(world, at_hub, web, subscriber, receiver, relied)
        await web.stop()


def json_feed(*paths: str, hub: str | None = None, at: str = "https://meridian.example") -> bytes:
    """Write a JSON Feed of items."""
    feed: dict[str, object] = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "News",
        "feed_url": f"{at}/feed.json",
        "items": [{"id": path, "url": f"{at}/{path}", "title": f"About {path}"} for path in paths],
    }
    if hub is not None:
        feed["hubs"] = [{"type": "WebSub", "url": hub}]
    return json.dumps(feed).encode()
