"""Listings replayed through the real pipeline, store and watcher: what is new, stored and told."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from xml.sax.saxutils import escape

from sqlalchemy import func, select

from crawler.urls.canonical import canonical_url
from storage.crawl import pages
from storage.delivery import alerts
from storage.models.pages import Page, PageState
from storage.models.problems import Problem
from storage.models.recipients import Channel, NewRecipient
from storage.models.sources import Source
from storage.sql import schema
from storage.stories import articles
from storage.topics import topics
from tests.crawler.news import html
from tests.crawler.world import World, opened
from tests.scheduler.watch.test_watcher import Room, watching
from tests.waiting import eventually

_SYLLABLES = ("ba", "do", "fi", "gu", "ka", "le", "mi", "no", "pe", "ru", "sa", "to", "va", "zi")


@dataclass(frozen=True, slots=True)
class Entry:
    """An item as a feed lists it."""

    link: str
    title: str
    guid: str | None = None
    at: datetime | None = None

    @property
    def xml(self) -> str:
        guid = "" if self.guid is None else f'<guid isPermaLink="false">{escape(self.guid)}</guid>'
        date = "" if self.at is None else f"<pubDate>{format_datetime(self.at)}</pubDate>"
        title, link = escape(self.title), escape(self.link)
        return f"<item><title>{title}</title><link>{link}</link>{guid}{date}</item>"


@dataclass(slots=True)
class Replay:
    """A source whose feed is replayed. `site` has the bodies of pages by their addresses."""

    world: World
    room: Room
    source: Source
    site: dict[str, str] = field(default_factory=dict)
    redirects: dict[str, str] = field(default_factory=dict)

    def publish(self, url: str, title: str, story: int, *, canonical: str = "") -> None:
        """Put a story's text at an address."""
        link = f'<link rel="canonical" href="{canonical}"/></head>' if canonical else "</head>"
        body = html(title, text_of(story)).replace("</head>", link)
        self.site[canonical_url(url)] = body

    async def poll(self, *entries: Entry, source: Source | None = None) -> int:
        """Let an hour pass, let the feed list this, and fetch all that is due; the new pages."""
        world, source = self.world, source or self.source
        world.now += timedelta(hours=1)
        before = self.pages
        items = "".join(entry.xml for entry in entries)
        # The remark is of the time: a feed whose bytes are the same is not read again.
        body = f'<rss version="2.0"><channel><title>News</title><!-- {world.now} -->{items}</channel></rss>'
        await world.answer(
            f"source:{source.id}", source.url, body, content_type="application/rss+xml"
        )
        for page in self._due():
            await self._visit(page)
        await self._settled()
        return self.pages - before

    @property
    def pages(self) -> int:
        return self._count(schema.pages)

    @property
    def articles(self) -> int:
        return self._count(schema.articles)

    @property
    def alerts(self) -> int:
        with self.world.db.connect() as conn:
            return len(alerts.list_recent(conn, 1000))

    async def _settled(self) -> None:
        """Wait until the watcher has matched all that was stored."""
        self.room.watcher.wake()
        await eventually(lambda: not self._count(schema.match_work))

    async def _visit(self, page: Page) -> None:
        url = self.redirects.get(page.url, page.url)
        if url in self.site:
            due_url = page.url if url == page.url else url
            await self.world.answer(f"page:{page.id}", due_url, self.site[url])
        else:
            await self.world.answer(
                f"page:{page.id}", url, status=503, problem=Problem.SERVER_ERROR
            )

    def _due(self) -> list[Page]:
        with self.world.db.connect() as conn:
            rows = conn.execute(
                select(schema.pages.c.id).where(
                    schema.pages.c.state == PageState.DUE,
                    schema.pages.c.due_at <= self.world.now,
                )
            )
            found = [pages.get(conn, page_id) for page_id in rows.scalars()]
        return [page for page in found if page is not None]

    def _count(self, table: object) -> int:
        with self.world.db.connect() as conn:
            return int(conn.execute(select(func.count()).select_from(table)).scalar_one())  # type: ignore[arg-type]

    def article_at(self, url: str) -> str:
        """Return the text that is stored for an address."""
        with self.world.db.connect() as conn:
            article = articles.by_url(conn, url)
        assert article is not None
        return article.text


@asynccontextmanager
async def replaying(folder: Path, host: str = "meridian.example") -> AsyncIterator[Replay]:
    """Yield a source that was polled once, with nothing listed, and a topic of every story."""
    async with (
        opened(folder / "w.db") as world,
        watching(world.db, clock=lambda: world.now) as room,
    ):
        with world.db.begin() as conn:
            told = [NewRecipient(Channel.EMAIL, "desk@newsroom.example", None)]
            topics.add(conn, name="all", query="harbour", recipients=told, now=world.now)
        yield Replay(world, room, world.source(host))


def text_of(story: int) -> str:
    """Write a story's text: sentences that no other story has, of the same harbour."""
    rng = random.Random(story)
    words = ["".join(rng.choices(_SYLLABLES, k=3)) for _ in range(140)]
    sentences = (" ".join(words[start : start + 14]) for start in range(0, 140, 14))
    return ". ".join(f"At the harbour {sentence}" for sentence in sentences) + "."
