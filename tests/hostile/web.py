"""A whole crawl on a real store, with its parser processes and its web pages, and one hostile site at a time."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import random
import socket
import threading
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import aiohttp
import psutil
import structlog
from sqlalchemy import select

from crawler.articles.known_sites import KnownSites
from crawler.articles.known_texts import KnownTexts
from crawler.articles.pipeline import Pipeline
from crawler.extract.run.pool import ParserPool
from crawler.fetch.egress import Egress
from crawler.settings import CopySettings, ExtractSettings, FetchSettings
from crawler.visits.crawl import Crawl
from crawler.visits.deps import CrawlDeps
from crawler.visits.due import source_due
from scheduler.config import factories
from scheduler.config.settings import RecrawlSettings, Settings
from scheduler.demo.installation import free_port
from scheduler.recrawl.planner import RecrawlPlanner
from scheduler.runtime.clock import utc_now
from scheduler.runtime.ledger import RequestLedger
from storage.crawl import page_listings, pages, sources
from storage.hot.frontier import FrontierKey, FrontierKind
from storage.hot.frontier.memory import MemoryFrontier
from storage.models.articles import Article
from storage.models.pages import Page, PageListing
from storage.models.problems import Problem
from storage.models.sources import Source
from storage.operators.tokens import TokenScope
from storage.sql import schema
from storage.sql.database import Database
from storage.stories import articles
from tests.crawler.fetch.site import site
from tests.crawler.visits.visits import LOOPBACK
from tests.hostile.case import Case, Make, Play, Stage, good_feed, good_page, says
from tests.hostile.certificates import Certificates
from tests.scheduler.web.world import a_token, serving
from tests.waiting import eventually, forever

FETCH_SECONDS = 2.0
PARSE_SECONDS = 60.0  # what is to be read takes 1.2 s, on a machine that runs nothing else
SHORT_PARSE_SECONDS = 3.0  # for what would take minutes, and is to be ended
INSIDE = "169.254.169.254"


@dataclass
class Seen:
    """What became of a case."""

    source: Source
    page: Page | None
    pages: tuple[Page, ...]
    listings: tuple[PageListing, ...]
    article: Article | None
    shown: str  # the source's page
    loop_seconds: float  # of the processor, that the loop took which serves all sites
    grown: int  # bytes of memory, at most, of the crawl's process
    complaints: tuple[str, ...]  # what Sentry would be told


@dataclass
class Names:
    """A name server: a name has one answer after another, and the last one stays."""

    answers: dict[str, list[str]] = field(default_factory=dict)

    def lookup(self, host: str) -> list[str]:
        said = self.answers.get(host)
        if not said:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        answer = said.pop(0) if len(said) > 1 else said[0]
        if answer == "servfail":
            raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")
        if answer == "nothing":
            raise socket.gaierror(socket.EAI_NODATA, "No address associated with hostname")
        if answer == "broken":
            raise socket.gaierror(socket.EAI_FAIL, "Non-recoverable failure in name resolution")
        return answer.split(",")


class _Resolver(aiohttp.abc.AbstractResolver):
    def __init__(self, names: Names) -> None:
        self._names = names

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[aiohttp.abc.ResolveResult]:
        del family
        if (said := self._names.answers.get(host)) and said[0] == "silence":
            await forever()
        return [
            aiohttp.abc.ResolveResult(
                hostname=host,
                host=ip,
                port=port,
                family=socket.AF_INET6 if ":" in ip else socket.AF_INET,
                proto=0,
                flags=0,
            )
            for ip in self._names.lookup(host)
        ]

    async def close(self) -> None:
        pass


class Complaints(logging.Handler):
    """Collects what would reach Sentry: errors of libraries, and exceptions that we log."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.heard: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.heard.append(f"{record.name}: {record.getMessage()}")

    def take(self) -> tuple[str, ...]:
        taken, self.heard[:] = tuple(self.heard), []
        return taken


class Room:
    """A crawl that goes on from case to case."""

    def __init__(self, db: Database, crawl: Crawl, frontier: MemoryFrontier, **parts: Any) -> None:
        self._db = db
        self._crawl = crawl
        self._frontier = frontier
        self._names: Names = parts["names"]
        self._port: int = parts["port"]
        self._certificates: Certificates = parts["certificates"]
        self._web: aiohttp.ClientSession = parts["web"]
        self._ledger: RequestLedger = parts["ledger"]
        self._complaints: Complaints = parts["complaints"]
        self._logged: list[Any] = parts["logged"]
        self._parser: ParserPool = parts["parser"]
        self._number = 0

    async def play(self, case: Case) -> Seen:
        """Let a hostile site and a bystander be crawled at once."""
        self._number += 1
        number = self._number
        host, neighbour = f"hostile{number}.example", f"neighbour{number}.example"
        ip, its_ip = (
            f"127.1.{number // 250}.{1 + number % 250}",
            f"127.2.{number // 250}.{1 + number % 250}",
        )
        scheme = "https" if case.tls else "http"
        stage = Stage(host, self._port, INSIDE, scheme)
        near = Stage(neighbour, self._port, INSIDE)
        self._names.answers[host] = list(case.names or ("here",))
        self._names.answers[host] = [each.replace("here", ip) for each in self._names.answers[host]]
        self._names.answers[neighbour] = [its_ip]
        self._complaints.take()
        self._logged.clear()
        endless = getattr(case.expected, "problem", None) is Problem.PARSE_TIMEOUT
        for slot in self._parser._slots:
            seconds = SHORT_PARSE_SECONDS if endless else PARSE_SECONDS
            slot._settings = replace(slot._settings, deadline_seconds=seconds)
        async with contextlib.AsyncExitStack() as stack:
            if case.listens:
                tls = self._certificates.context(case.tls, host) if case.tls else None
                await stack.enter_async_context(
                    site(_pages(case, stage), host=ip, port=self._port, tls=tls)
                )
            await stack.enter_async_context(
                site(
                    {"/feed": good_feed(near), "/page": good_page("A neighbour's news", OTHER)},
                    host=its_ip,
                    port=self._port,
                )
            )
            with watched_memory() as memory:
                hostile, near_by = self._enroll(stage), self._enroll(near)
                began = time.thread_time()
                for source in (hostile, near_by):
                    await self._frontier.put(source_due(source, utc_now()))
                self._crawl.wake()
                await asyncio.gather(self._settled(hostile), self._stored(near_by))
            await self._ledger.flush()
            seen = await self._seen(hostile, time.thread_time() - began, memory)
            await self._leave(hostile, near_by)
        return seen

    def _enroll(self, stage: Stage) -> Source:
        with self._db.begin() as conn:
            return sources.add(
                conn,
                url=stage.url("/feed"),
                title=stage.host,
                site_url=stage.url("/"),
                alert_backlog=False,
                now=utc_now(),
            )

    async def _settled(self, source: Source) -> None:
        """Wait until a source was read and all its pages, or until it is known why not."""

        def is_settled() -> bool:
            with self._db.connect() as conn:
                now = sources.get(conn, source.id)
                if now.health.last_fetch_at is None:
                    return False
                is_read = bool(articles.of_source(conn, source.id, 1))
                return now.health.problem is not None or is_read or not _unread(conn, source.id)

        await eventually(is_settled)

    async def _stored(self, source: Source) -> None:
        def is_stored() -> bool:
            with self._db.connect() as conn:
                return bool(articles.of_source(conn, source.id, 1))

        await eventually(is_stored)

    async def _seen(self, source: Source, took: float, memory: Memory) -> Seen:
        async with self._web.get(f"/sources/{source.id}") as shown:
            text = await shown.text()
            assert shown.status == 200, text
        with self._db.connect() as conn:
            found = tuple(pages.recent(conn, source.id, 3000))
            listings = tuple(page_listings.newest(conn, source.id, 3000))
            stored = articles.of_source(conn, source.id, 1)
            fresh = sources.get(conn, source.id)
        told = [
            f"{entry.get('event')}: {entry}"
            for entry in self._logged
            if entry.get("log_level") in ("error", "critical") or entry.get("exc_info")
        ]
        return Seen(
            source=fresh,
            page=next((page for page in found if page.url.endswith("/page")), None),
            pages=found,
            listings=listings,
            article=stored[0] if stored else None,
            shown=text,
            loop_seconds=took,
            grown=memory.grown,
            complaints=(*self._complaints.take(), *told),
        )

    async def _leave(self, *left: Source) -> None:
        for source in left:
            with self._db.begin() as conn:
                sources.remove(conn, source.id, utc_now())
                found = pages.recent(conn, source.id, 3000)
            await self._frontier.remove(FrontierKey(FrontierKind.SOURCE, source.id))
            for page in found:
                await self._frontier.remove(FrontierKey(FrontierKind.PAGE, page.id))


@dataclass
class Memory:
    """The resident memory of this process."""

    before: int
    most: int

    @property
    def grown(self) -> int:
        return self.most - self.before


@contextlib.contextmanager
def watched_memory() -> Iterator[Memory]:
    """Look at the memory every few milliseconds, from a thread."""
    process, ended = psutil.Process(), threading.Event()
    memory = Memory(process.memory_info().rss, process.memory_info().rss)

    def watch() -> None:
        while not ended.wait(0.01):
            memory.most = max(memory.most, process.memory_info().rss)

    watching = threading.Thread(target=watch, daemon=True)
    watching.start()
    try:
        yield memory
    finally:
        ended.set()
        watching.join()


OTHER = (
    "The council of Low Barrow voted on Monday to keep the bells of the old library ringing, "
    "after eleven hours of debate in a hall that holds forty people. Mayor Tilda Brandt said that "
    "the sum of nine thousand crowns had been found in the budget for salt. The bells were cast in "
    "1714 and have been silent twice since, during a fire and during a quarrel over their keys."
)


@asynccontextmanager
async def opened(folder: Path, certificates: Certificates) -> AsyncIterator[Room]:
    """Open a room."""
    port, names, logged, complaints = free_port(), Names(), [], Complaints()
    fetch = FetchSettings(
        allow_networks=LOOPBACK,
        allow_ports=(port, 80, 443),
        host_delay_seconds=0,
        timeout_seconds=FETCH_SECONDS,
        contact="https://watch.example/about",
        ca_file=certificates.ca_file,
    )
    extract = ExtractSettings(workers=2, deadline_seconds=PARSE_SECONDS)
    settings = Settings(fetch=fetch, extract=extract)
    async with contextlib.AsyncExitStack() as stack:
        db = Database.open(folder / "wirewatch.db")
        stack.callback(db.close)
        parser = ParserPool(2, PARSE_SECONDS, extract.memory_mb, extract.recycle_after)
        await parser.start()
        stack.push_async_callback(parser.close)
        ledger = RequestLedger(db)
        services = factories.fetch_services(
            settings,
            utc_now,
            store=factories.SqlRobotsStore(db),
            ledger=ledger.add,
            rng=random.Random(1),
        )
        egress = Egress(
            LOOPBACK, fetch.allow_ports, fetch.ca_file, resolver=lambda: _Resolver(names)
        )
        frontier = MemoryFrontier(60)
        pipeline = await _pipeline(db, frontier, parser, extract)
        crawl = Crawl(frontier, pipeline, replace(services, egress=egress))
        running = asyncio.create_task(crawl.run())

        async def stop() -> None:
            await crawl.stop()
            await running

        stack.push_async_callback(stop)
        server = await stack.enter_async_context(serving(db, clock=utc_now))
        token = {"Authorization": f"Bearer {a_token(db, TokenScope.WRITE)}"}
        web = await stack.enter_async_context(
            aiohttp.ClientSession(server.url, headers=token, trust_env=False)
        )
        logging.getLogger().addHandler(complaints)
        stack.callback(logging.getLogger().removeHandler, complaints)
        logged = stack.enter_context(structlog.testing.capture_logs())
        yield Room(
            db,
            crawl,
            frontier,
            names=names,
            port=port,
            certificates=certificates,
            web=web,
            ledger=ledger,
            complaints=complaints,
            logged=logged,
            parser=parser,
        )


async def _pipeline(
    db: Database, frontier: MemoryFrontier, parser: ParserPool, extract: ExtractSettings
) -> Pipeline:
    texts = KnownTexts(db, CopySettings(), file=None, clock=utc_now)
    planner = RecrawlPlanner(RecrawlSettings(), random.Random(1))
    return Pipeline(
        CrawlDeps(db, frontier, parser, planner, extract, utc_now),
        detector=await texts.open(),
        texts=texts,
        sites=KnownSites(db, utc_now),
        copies=CopySettings(),
    )


def _pages(case: Case, stage: Stage) -> dict[str, Play]:
    plays: dict[str, Make] = {
        "/feed": case.feed or good_feed,
        "/page": case.page or says(good_page()),
        **case.more,
    }
    if case.robots is not None:
        plays["/robots.txt"] = case.robots
    return {path: make(stage) for path, make in plays.items()}


def _unread(conn: Any, source_id: int) -> bool:
    """Tell whether a source's page is due, or left and not yet read where its address led."""
    pages, listed = schema.pages, schema.page_listings
    waiting = (
        select(pages.c.id)
        .join(listed, listed.c.page_id == pages.c.id)
        .where(
            listed.c.source_id == source_id,
            pages.c.problem.is_(None),
            pages.c.url.like("%/page"),
        )
    )
    return conn.execute(waiting.limit(1)).first() is not None
