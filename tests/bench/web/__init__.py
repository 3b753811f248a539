"""`python -m tests.bench web`: how soon pages answer over a million articles, and `status`.

The peer is the same server's cheapest page of the database, a readiness check: what a request costs
here before anything is counted.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp

from scheduler.demo.orphan_guard import guarded
from scheduler.runtime.clock import utc_now
from scheduler.web.app import Site, SiteParts
from scheduler.web.server import WebServer
from storage.sql.database import Database
from tests.bench.report import progress
from tests.bench.web.world import SOURCES, fill

_LISTS = (
    "stories",
    "stories?show=copied",
    "topics",
    "topics/7",
    "alerts",
    "alerts?topic=7",
    "deliveries",
    "deliveries?state=dead",
    "sources",
    "sources?state=failing",
    "sources/7",
    "queue",
    "api/v1/sources",
    "api/v1/stories",
)
_ROUNDS = 7


def add_flags(parser: argparse.ArgumentParser) -> None:
    """Add this benchmark's flags."""
    parser.add_argument("--articles", type=int, default=1_000_000)
    parser.add_argument("--data", type=Path, help="Keep the database there, and use it again.")


def run(args: argparse.Namespace) -> dict[str, Any]:
    """Run it."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = args.data or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / "wirewatch.db"
        if not path.exists():
            progress(f"filling {args.articles:,} articles of {SOURCES:,} sources ...")
            fill(path, articles=args.articles, now=datetime.now(UTC))
        times = asyncio.run(_pages(path))
        seconds = _status(folder)
    for name, found in sorted(times.items(), key=lambda item: -item[1]):
        progress(f"{found:7.1f} ms  /{name}")
    lists = {name: found for name, found in times.items() if name in _LISTS}
    slowest = max(lists, key=lambda name: lists[name])
    return {
        "articles": args.articles,
        "sources": SOURCES,
        "overview_ms": round(times[""], 1),
        "list_ms": round(lists[slowest], 1),
        "slowest_list": f"/{slowest}",
        "status_s": round(seconds, 2),
        "overview_over_readyz": round(times[""] / times["readyz"], 1),
    }


async def _pages(path: Path) -> dict[str, float]:
    db = Database.open(path)
    site = Site(SiteParts(db, utc_now, utc_now(), "bench", database_file=path))
    server = WebServer(site.app, "127.0.0.1", 0)
    await server.start()
    try:
        async with aiohttp.ClientSession(server.url, trust_env=False) as session:
            return {name: await _median(session, name) for name in ("readyz", "", *_LISTS)}
    finally:
        await server.stop()
        db.close()


async def _median(session: aiohttp.ClientSession, name: str) -> float:
    """Return the median of a page's answers in milliseconds, the first one among them."""
    times = []
    for _ in range(_ROUNDS):
        began = time.perf_counter()
        async with session.get(f"/{name}") as response:
            await response.read()
            response.raise_for_status()
        times.append(1000 * (time.perf_counter() - began))
    return statistics.median(times)


def _status(folder: Path) -> float:
    """Return the median seconds of `wirewatch status`."""
    command = [sys.executable, "-m", "scheduler.cli", "--data", str(folder), "status"]
    times = []
    for _ in range(3):
        began = time.perf_counter()
        subprocess.run(guarded(*command), capture_output=True, check=False)
        times.append(time.perf_counter() - began)
    return statistics.median(times)
