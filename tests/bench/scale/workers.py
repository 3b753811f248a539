"""Crawlers beside each other over one PostgreSQL and one Redis: pages a second of one, and of four.

The load is bound by fetching: each page takes its server half a second, and a crawler has eight
on their way. What all of them asked is then held against the rules of politeness.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from scheduler.demo.installation import Installation, stop
from storage.crawl import sources
from storage.models.pages import PageState
from storage.sql import schema
from storage.sql.database import Database
from tests.bench.pipeline.web import SITES, host_of_site
from tests.bench.report import progress

DELAY = 0.5  # seconds that each answer takes
_CONCURRENCY = 8
_PATIENCE = 600.0
_CONFIG = """\
[fetch]
host_delay_seconds = 0.05
daily_requests_per_source = 1000000
concurrency = {concurrency}
allow_networks = ["127.0.0.0/8"]
allow_ports = [{port}]
[extract]
workers = 1
[recrawl]
min_minutes = 600
revisit_minutes = []
"""


@dataclass(frozen=True, slots=True)
class Crawled:
    """What so many crawlers did."""

    pages_per_s: float
    violations: int
    conflicts: float


async def crawled(
    folder: Path, database: str, redis: str, port: int, *, workers: int, pages: int
) -> Crawled:
    """Let so many crawlers take the pages."""
    installation = Installation(folder)
    config = _CONFIG.format(concurrency=_CONCURRENCY, port=port)
    installation.configure(config, database=database, redis=redis)
    db = Database.open(database)
    try:
        async with _running(installation, workers):
            seconds = await _take(db, port, pages)
            with db.connect() as conn:
                numbers = [row.numbers for row in conn.execute(select(schema.workers))]
        said = await installation.command("politeness", "--json")
        violations = int(json.loads(said.out)["broken_total"])
        conflicts = sum(each.get("conflicts", 0) for each in numbers)
        return Crawled(pages / seconds, violations, conflicts)
    finally:
        db.close()


@asynccontextmanager
async def _running(installation: Installation, workers: int) -> AsyncIterator[None]:
    roles = [["--role", "scheduler"], *([["--role", "crawler"]] * workers)]
    processes = [await installation.start_daemon(*role) for role in roles]
    try:
        async with asyncio.timeout(60):
            # Other processes do it.
            while installation.log.read_text("utf-8").count("daemon_started") < workers + 1:  # noqa: ASYNC110
                await asyncio.sleep(0.1)
        yield
    finally:
        await asyncio.gather(*map(stop, processes))


async def _take(db: Database, port: int, pages: int) -> float:
    """List the pages, and wait until all are read; seconds from the first request for one."""
    await db.write(_list, port, pages)
    async with asyncio.timeout(_PATIENCE):
        done = 0
        while done < pages:
            await asyncio.sleep(0.2)
            now = await db.read(_done)
            if now // 200 > done // 200:
                progress(f"{now} of {pages} pages")
            done = now
    first, last = await db.read(_times)
    return (last - first).total_seconds()


def _list(conn: Any, port: int, pages: int) -> None:
    for site in range(SITES):
        base = f"http://{host_of_site(site)}:{port}"
        sources.add(
            conn,
            url=f"{base}/feed/0/{pages // SITES}",
            title=f"Site {site}",
            site_url=f"{base}/",
            alert_backlog=False,
            now=datetime.now(UTC),
        )


def _done(conn: Any) -> int:
    pages = schema.pages
    query = select(func.count()).select_from(pages).where(pages.c.state != PageState.DUE)
    return int(conn.execute(query).scalar_one())


def _times(conn: Any) -> tuple[datetime, datetime]:
    at = schema.pages.c.last_fetch_at
    first, last = conn.execute(select(func.min(at), func.max(at))).one()
    return first, last
