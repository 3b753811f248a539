"""A pipeline on a real store, extractor and detector, and a clock that the test moves."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import ParamSpec, TypeVar

from crawler.articles.known_sites import KnownSites
from crawler.articles.known_texts import KnownTexts
from crawler.articles.pipeline import Pipeline
from crawler.extract.run.pool import Parser
from crawler.settings import CopySettings, ExtractSettings
from crawler.urls.canonical import host_of
from crawler.visits.deps import CrawlDeps
from crawler.visits.records import VisitResult
from scheduler.config.settings import RecrawlSettings
from scheduler.recrawl.planner import RecrawlPlanner
from storage.crawl import page_listings, pages, sources
from storage.hot.frontier import Due, FrontierKey, Lease
from storage.hot.frontier.memory import MemoryFrontier
from storage.models.articles import Article
from storage.models.pages import ListedPage, Page, PageState
from storage.models.problems import Problem
from storage.models.sources import Source
from storage.sql.database import Database
from storage.stories import articles
from tests.crawler.news import NOON, html

P = ParamSpec("P")
T = TypeVar("T")


class InlineParser:
    """Runs what reads bodies at once, where it stands."""

    async def run(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        return function(*args, **kwargs)


@dataclass
class World:
    """A pipeline on a store, and a clock that the test moves."""

    db: Database
    parser: Parser = field(default_factory=InlineParser)
    frontier: MemoryFrontier = field(default_factory=lambda: MemoryFrontier(60))
    now: datetime = NOON
    tokens: int = 0

    async def open(self) -> None:
        """Begin with the texts that the store has."""
        self.known = KnownTexts(self.db, CopySettings(), file=None, clock=lambda: self.now)
        self.detector = await self.known.open()
        deps = CrawlDeps(
            db=self.db,
            frontier=self.frontier,
            parser=self.parser,
            planner=RecrawlPlanner(RecrawlSettings(), random.Random(1)),
            settings=ExtractSettings(),
            clock=lambda: self.now,
        )
        self.pipeline = Pipeline(
            deps,
            detector=self.detector,
            texts=self.known,
            sites=KnownSites(self.db, lambda: self.now),
            copies=CopySettings(),
        )

    def source(self, host: str = "meridian.example", *, alert_backlog: bool = False) -> Source:
        with self.db.begin() as conn:
            return sources.add(
                conn,
                url=f"https://{host}/feed",
                title=host,
                site_url=f"https://{host}/",
                alert_backlog=alert_backlog,
                now=self.now,
            )

    async def answer(
        self,
        key: str,
        url: str,
        body: str = "",
        *,
        status: int = 200,
        problem: Problem | None = None,
        content_type: str = "text/html",
        moved_to: str | None = None,
        not_modified: bool = False,
        etag: str | None = None,
        links: str | None = None,
    ) -> None:
        """Let a visit to a URL bring this."""
        self.tokens += 1
        due = Due(key=FrontierKey.parse(key), url=url, host=host_of(url), due_at=self.now)
        await self.pipeline.visited(
            VisitResult(
                lease=Lease(due, self.tokens, self.now + timedelta(minutes=1)),
                url=url,
                status=status,
                at=self.now,
                seconds=0.1,
                content_type=content_type,
                body=body.encode(),
                problem=problem,
                permanent_redirect=moved_to,
                not_modified=not_modified,
                etag=etag,
                links=links,
            )
        )

    async def listing(self, source: Source, *paths: str) -> list[Page]:
        """Let a source's feed list these paths; all its pages."""
        await self.answer(
            f"source:{source.id}",
            source.url,
            feed(source, *paths),
            content_type="application/rss+xml",
        )
        with self.db.connect() as conn:
            return pages.of_source(conn, source.id, PageState.DUE)

    def listed(self, source: Source) -> list[ListedPage]:
        """Return what a source lists, in the order in which it listed that first."""
        with self.db.connect() as conn:
            return page_listings.recent(conn, source.id, 1000)[::-1]

    async def read(self, page: Page, title: str, text: str) -> Article:
        """Let a page be fetched and say this; its article."""
        await self.answer(f"page:{page.id}", page.url, html(title, text))
        with self.db.connect() as conn:
            article = articles.of_page(conn, page.id)
        assert article is not None
        return article

    async def published(self, host: str, title: str, text: str) -> Article:
        """Let a new source list one page that says this."""
        source = self.source(host)
        [page] = await self.listing(source, "a")
        return await self.read(page, title, text)


@asynccontextmanager
async def opened(file: Path) -> AsyncIterator[World]:
    """Yield a world on a new database."""
    world = World(Database.open(file))
    await world.open()
    try:
        yield world
    finally:
        world.db.close()


def feed(source: Source, *paths: str) -> str:
    items = "".join(
        f"<item><title>About {path}</title><guid>{path}</guid>"
        f"<link>{source.site_url}{path}?utm_source=rss</link></item>"
        for path in paths
    )
    return f'<rss version="2.0"><channel><title>News</title>{items}</channel></rss>'
