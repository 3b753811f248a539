"""The true daemon over a web of many hosts: its sources and topics, and what recipients were told.

Time is what the daemon does: a beat is a poll of a source that nobody disturbs.
"""

from __future__ import annotations

import asyncio
import base64
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psutil
from sqlalchemy import select

from crawler.urls.canonical import canonical_url
from scheduler.demo.installation import Installation, free_port
from storage.crawl import sources
from storage.delivery import outbox
from storage.models.deliveries import DeliveryState
from storage.models.recipients import Channel, NewRecipient
from storage.sql import schema
from storage.sql.database import Database
from storage.stories import articles, stories
from storage.topics import match_work, topics
from tests.neighbours import prose
from tests.neighbours.prose import Item, Text
from tests.neighbours.web import Answer, Hooks, ManyHosts, feed_answer, moved
from tests.waiting import eventually

_CONFIG = """
[fetch]
contact = "http://newsroom.example/bot"
proxy = "http://127.0.0.1:{proxy}"
host_delay_seconds = 0.02
timeout_seconds = 20
allow_networks = ["127.0.0.0/8"]
allow_ports = [80, {hooks}]
daily_requests_per_source = 0

[recrawl]
min_minutes = {gap_minutes}
max_hours = {gap_hours}
price_article_minutes = 0.000001
requests_per_hour = 1000000
revisit_minutes = []

[webhook]
per_second = 1000

[web]
port = {web}
"""
_SECRET = "whsec_" + base64.b64encode(b"of these tests, and long enough").decode()
_BEAT = "metronome.example"
_MARKER = "metronome"
GAP_SECONDS = 1.2  # between two polls of a source
SOON = 40  # beats within which what is to come has come


@dataclass(frozen=True, slots=True)
class Told:
    """An alert as a recipient has it."""

    recipient: str
    topic: str
    url: str
    publisher: str
    story_id: int
    stale: bool
    update: bool


@dataclass
class Feed:
    """A source's listing, newest items first. What it lists at its first visit is its backlog."""

    host: str
    source_id: int
    items: list[Item] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://{self.host}/feed"

    def address(self, path: str) -> str:
        return f"http://{self.host}/{path}"


class Neighbourhood:
    """What a case works with."""

    def __init__(
        self, web: ManyHosts, hooks: Hooks, installation: Installation, db: Database, port: int
    ) -> None:
        self.web = web
        self.hooks = hooks
        self.installation = installation
        self.db = db
        self.web_port = port
        self.process: asyncio.subprocess.Process | None = None
        self._markers = 0
        self.topic(_MARKER, _MARKER)
        self._metronome = self.source(_BEAT)

    # --- what an operator does ------------------------------------------------------------

    def topic(self, name: str, query: str, *recipients: str) -> None:
        """Add a topic; who is told of it has its own name, unless others are named."""
        told = [
            NewRecipient(Channel.WEBHOOK, self.hooks.url(recipient), _SECRET)
            for recipient in recipients or (name,)
        ]
        with self.db.begin() as conn:
            topics.add(conn, name=name, query=query, recipients=told, now=_now())

    def source(self, host: str, *backlog: Item, old: int = 2) -> Feed:
        """Add a source that lists some old articles of its own, and what else is its backlog."""
        own = [
            self.page(f"http://{host}/old-{at}", prose.text(f"{host} {at}"), age=timedelta(days=at))
            for at in range(1, old + 1)
        ]
        feed = Feed(host, 0, [*backlog, *own])
        self._serve(feed)
        with self.db.begin() as conn:
            feed.source_id = sources.add(
                conn,
                url=feed.url,
                title=host,
                site_url=f"http://{host}/",
                alert_backlog=False,
                now=_now(),
            ).id
        return feed

    def now(self) -> datetime:
        """Return the time at which something is published now."""
        return _now()

    def pause(self, feed: Feed) -> None:
        with self.db.begin() as conn:
            sources.pause(conn, feed.source_id)

    def spend_budget(self, feed: Feed) -> None:
        """Let a source have one request a day, which it had."""
        with self.db.begin() as conn:
            sources.set_budget(conn, feed.source_id, 1)

    # --- what sites do --------------------------------------------------------------------

    def page(
        self,
        url: str,
        text: Text,
        *,
        age: timedelta = timedelta(0),
        dated: bool = True,
        before: tuple[Answer, ...] = (),
        head: str = "",
        credit: str = "",
    ) -> Item:
        """Serve a text, after the answers `before` it; the item that lists it."""
        published = _now() - age if dated else None
        body = prose.page(text, published=published, head=head, credit=credit)
        self.web.put(url, *before, Answer(body))
        return Item(url, text.title, published)

    def redirect(self, url: str, to: Item, *, published: datetime | None = None) -> Item:
        """Serve a redirect; the item that lists it."""
        self.web.put(url, moved(to.url))
        return Item(url, to.title, published)

    def list_on(self, feed: Feed, *items: Item) -> None:
        """Publish: a source lists these from now on, before what it listed."""
        feed.items = [*items, *feed.items]
        self._serve(feed)

    def _serve(self, feed: Feed) -> None:
        self.web.put(feed.url, feed_answer(prose.feed(feed.host, feed.items)))

    # --- waiting --------------------------------------------------------------------------

    @property
    def beats(self) -> int:
        return self.web.asked[self._metronome.url]

    async def until(self, holds: Callable[[], object]) -> None:
        """Wait for a condition; fails when the daemon ends before."""
        await eventually(lambda: bool(holds()) or not self._runs())
        assert self._runs(), self.installation.last_words()

    async def soon(self, holds: Callable[[], object], beats: int = SOON) -> bool:
        """Tell whether a condition comes to hold within so many beats."""
        last = self.beats + beats
        await self.until(lambda: holds() or self.beats > last)
        return bool(holds())

    async def polled(self, *feeds: Feed) -> None:
        """Wait until what sources list now was read."""
        await self.until(self.reading(feeds))

    def reading(self, feeds: Iterable[Feed]) -> Callable[[], bool]:
        """Return a condition: that what sources list now was read."""
        # The answer to the next request may be on its way, and the one after it comes when that
        # was taken.
        last = {feed.url: self.web.asked[feed.url] + 2 for feed in feeds}
        return lambda: all(self.web.asked[url] > asked for url, asked in last.items())

    async def settled(self, *feeds: Feed) -> None:
        """Wait until all that sources list now was read, visited, judged, matched and sent."""
        await self.polled(*feeds)
        urls = {item.url for feed in feeds for item in feed.items}
        await self.until(lambda: self.are_visited(urls))
        await self._marker()
        await self.until(self._is_quiet)

    async def _marker(self) -> None:
        """Publish a story that is told, and wait for that: what came before was told before."""
        self._markers += 1
        number = self._markers
        url = self._metronome.address(f"marker-{number}")
        item = self.page(url, prose.text(f"marker {number}", _MARKER, sentences=9))
        self.list_on(self._metronome, item)
        await self.until(lambda: any(told.url == url for told in self.told(_MARKER)))

    def are_visited(self, urls: Iterable[str]) -> bool:
        """Tell whether each address was asked for, and what came of it is stored."""
        wanted, pages = {canonical_url(url) for url in urls}, schema.pages.c
        visited = select(pages.url).where(pages.last_fetch_at.is_not(None))
        with self.db.connect() as conn:
            return wanted <= set(conn.execute(visited).scalars())

    def _is_quiet(self) -> bool:
        with self.db.connect() as conn:
            waits = outbox.count_by_state(conn).get(DeliveryState.PENDING, 0)
            return not (match_work.pending(conn) or waits)

    def _runs(self) -> bool:
        return self.process is not None and self.process.returncode is None

    # --- what came of it ------------------------------------------------------------------

    def told(self, topic: str, recipient: str | None = None) -> list[Told]:
        """Return the alerts of a topic that a recipient has, in the order in which they came."""
        name = recipient or topic
        found = []
        for body in list(self.hooks.bodies[name].values()):
            data = body["data"]
            shown = data["best_copy"] or data["original"]
            found.append(
                Told(
                    name,
                    data["topic"],
                    shown["url"] or "",
                    shown["publisher"],
                    data["story_id"],
                    data["stale_repost"] is not None,
                    bool(data["changes"]),
                )
            )
        return [told for told in found if told.topic == topic]

    def story_of(self, url: str) -> int | None:
        """Return the story that the article at an address is in; None when there is no such one."""
        with self.db.connect() as conn:
            article = articles.by_url(conn, canonical_url(url))
        return None if article is None else article.story_id

    def original_of(self, url: str) -> str | None:
        """Return the address of the original of the story that an article is in."""
        story_id = self.story_of(url)
        if story_id is None:
            return None
        with self.db.connect() as conn:
            root = stories.get(conn, story_id).root_article_id
            return articles.get(conn, root).url

    def processor_seconds(self) -> float:
        """Return the processor's time that the daemon's own process has taken, without its parsers."""
        assert self.process is not None
        times = psutil.Process(self.process.pid).cpu_times()
        return float(times.user + times.system)

    def log_lines(self, event: str) -> int:
        """Count the lines of an event in the daemon's log."""
        return self.installation.log.read_text("utf-8", "replace").count(event)


@asynccontextmanager
async def neighbourhood(
    folder: Path,
    prepare: Callable[[Neighbourhood], Awaitable[None] | None] = lambda _: None,
    *,
    gap_seconds: float = GAP_SECONDS,
) -> AsyncIterator[Neighbourhood]:
    """Open a neighbourhood; `prepare` is run before the daemon is started."""
    async with ManyHosts() as web, Hooks() as hooks:
        installation, port = Installation(folder / "data"), free_port()
        installation.configure(
            _CONFIG.format(
                proxy=web.port,
                hooks=hooks.port,
                web=port,
                gap_minutes=gap_seconds / 60,
                gap_hours=gap_seconds / 3600,
            )
        )
        db = Database.open(installation.data / "wirewatch.db")
        try:
            opened = Neighbourhood(web, hooks, installation, db, port)
            done = prepare(opened)
            if done is not None:
                await done
            async with installation.daemon() as process:
                opened.process = process
                yield opened
        finally:
            db.close()


def _now() -> datetime:
    """Return the time: the daemon's own, which runs on this machine."""
    return datetime.now(UTC)
