"""The daemon as anybody starts it, over the made-up web: pages a second, and its memory."""

from __future__ import annotations

import asyncio
import contextlib
import random
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psutil
from sqlalchemy import func, select

from scheduler.demo.installation import Installation, free_port
from storage.crawl import sources
from storage.models.pages import PageState
from storage.sql import schema
from storage.sql.database import Database
from storage.topics import topics
from tests.bench.pipeline.peers import CONCURRENCY
from tests.bench.pipeline.web import SITES, host_of_site, vocabulary
from tests.bench.report import progress

TOPICS = 1_000
LEARNED_FROM = 6  # pages of each site, before the warm figure is taken
_MOST_LISTED = 1_000  # pages in one feed
_FIRST_LEARNED = 500_000
_POLL_SECONDS = 0.1
_PATIENCE = 3600.0
_CONFIG = """\
[fetch]
host_delay_seconds = 0
daily_requests_per_source = 1000000
concurrency = {concurrency}
allow_networks = ["127.0.0.0/8"]
allow_ports = [{port}]
[extract]
workers = {workers}
{extract}
[recrawl]
min_minutes = 600
revisit_minutes = []
[web]
port = {web}
"""


@dataclass
class Run:
    """What one run of the daemon gave; memory in MiB, a sample about every second."""

    pages: int
    seconds: float = 0.0
    articles: int = 0
    copies: int = 0
    matches: int = 0
    main_cpu_ms: float = 0.0  # of the daemon's own process, a page
    parser_cpu_ms: float = 0.0  # of its parser processes, a page
    memory: list[tuple[int, float]] = field(default_factory=list)  # pages done, MiB

    @property
    def pages_per_s(self) -> float:
        return self.pages / self.seconds if self.seconds else 0.0


async def crawl(folder: Path, port: int, pages: int, *, warm: bool, workers: int) -> Run:
    """Let a daemon take so many pages; `warm`: after it has learned from others of the sites."""
    installation = Installation(folder / "data")
    installation.configure(
        _CONFIG.format(
            concurrency=CONCURRENCY,
            port=port,
            workers=workers,
            web=free_port(),
            extract="" if warm else "learn = false",
        )
    )
    db = Database.open(installation.data / "wirewatch.db")
    with db.begin() as conn:
        _add_topics(conn)
    run = Run(pages)
    try:
        async with installation.daemon() as process:
            if warm:
                await _take(db, port, process, first=_FIRST_LEARNED, count=SITES * LEARNED_FROM)
            run.seconds = await _take(db, port, process, first=0, count=pages, run=run)
        if process.returncode:
            progress(installation.last_words())
        with db.connect() as conn:
            run.articles = _count(conn, schema.articles)
            run.copies = _count(conn, schema.copies)
            run.matches = _count(conn, schema.matches)
    finally:
        db.close()
    return run


async def _take(
    db: Database,
    port: int,
    process: asyncio.subprocess.Process,
    *,
    first: int,
    count: int,
    run: Run | None = None,
) -> float:
    """List pages to the daemon and wait until all are stored and matched; the seconds it took.

    They count from the first request for one of the pages.
    """
    before = await db.read(_done)
    used = _cpu(process.pid)
    with db.begin() as conn:
        for site in range(SITES):
            base = f"http://{host_of_site(site)}:{port}"
            last = first + count // SITES
            for start in range(first, last, _MOST_LISTED):
                sources.add(
                    conn,
                    url=f"{base}/feed/{start}/{min(_MOST_LISTED, last - start)}",
                    title=f"Site {site} from {start}",
                    site_url=f"{base}/",
                    alert_backlog=False,
                    now=datetime.now(UTC),
                )
    wanted = before + count // SITES * SITES
    began, told = time.monotonic(), 0.0
    while time.monotonic() - began < _PATIENCE and process.returncode is None:
        await asyncio.sleep(_POLL_SECONDS)
        done, waiting = await db.read(_done), await db.read(_count, schema.match_work)
        if time.monotonic() - told > 1.0:
            told = time.monotonic()
            if run is not None:
                run.memory.append((done - before, _memory(process.pid)))
            if len(run.memory if run else ()) % 10 == 1:
                progress(f"{done - before} of {count} pages")
        if done >= wanted and not waiting:
            break
    ended = datetime.now(UTC)
    if run is not None:
        now = _cpu(process.pid)
        run.main_cpu_ms, run.parser_cpu_ms = (
            round(1000 * (after - begun) / run.pages, 2)
            for after, begun in zip(now, used, strict=True)
        )
    return (ended - await db.read(_first_request, first)).total_seconds()


def _done(conn: Any) -> int:
    pages = schema.pages
    number: int = conn.execute(
        select(func.count()).select_from(pages).where(pages.c.state != PageState.DUE)
    ).scalar_one()
    return number


def _count(conn: Any, table: Any) -> int:
    number: int = conn.execute(select(func.count()).select_from(table)).scalar_one()
    return number


def _first_request(conn: Any, first: int) -> datetime:
    fetches = schema.fetches
    at: datetime = conn.execute(
        select(func.min(fetches.c.at)).where(fetches.c.url.like(f"%/story-{first}.html"))
    ).scalar_one()
    return at


def _cpu(pid: int) -> tuple[float, float]:
    """Return the seconds of processor time that a process and its living children have taken."""
    main = psutil.Process(pid)
    own = main.cpu_times()
    theirs = [child.cpu_times() for child in main.children()]
    return own.user + own.system, sum(each.user + each.system for each in theirs) + (
        own.children_user + own.children_system
    )


def _memory(pid: int) -> float:
    """Measure a process and its children, in MiB of memory that is theirs alone or shared."""
    with contextlib.suppress(psutil.Error):
        main = psutil.Process(pid)
        whole = (main, *main.children(recursive=True))
        return float(sum(process.memory_info().rss for process in whole)) / 2**20
    return 0.0


def _add_topics(conn: Any) -> None:
    """Add topics of two or three words, of which some stand together in a few articles."""
    rng = random.Random("topics")
    words = vocabulary()
    for number in range(TOPICS):
        query = " AND ".join(rng.sample(words, 2))
        topics.add(conn, name=f"topic {number}", query=query, recipients=[], now=datetime.now(UTC))
