"""What is gained by Redis and by more processes, on real servers that this starts on a socket.

Claims of the frontier beside scrapy-redis's queue, look-ups of the copy index, four crawlers beside
one, and a model of many more of them with what was measured.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from scheduler.demo.installation import free_port
from scheduler.demo.orphan_guard import guarded
from tests.bench.report import progress
from tests.bench.scale.frontier import by_scrapy_redis, in_memory, in_redis
from tests.bench.scale.lookups import lookups
from tests.bench.scale.model import Costs, simulated
from tests.bench.scale.workers import DELAY, Crawled, crawled
from tests.fixtures.parts import POSTGRES, REDIS, need
from tests.fixtures.postgres_server import Server, cluster_in
from tests.fixtures.redis_server import OwnRedis

_SITE_SECONDS = 0.8  # of a page of the real web
# Of a page, measured here: the crawler's own core, and what it asks of Redis and of PostgreSQL.
_WORKER_SECONDS, _REDIS_SECONDS, _POSTGRES_SECONDS = 0.0145, 0.0025, 0.004


def add_flags(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--pages", type=int, default=1_000_000, help="of the frontier")
    parser.add_argument("--hosts", type=int, default=50_000)
    parser.add_argument("--documents", type=int, default=1_000_000, help="of the copy index")
    parser.add_argument("--crawled", type=int, default=1_200, help="pages that crawlers fetch")
    parser.add_argument("--simulated", type=int, default=10_000_000, help="pages of the model")
    parser.add_argument("--seconds", type=float, default=6.0, help="of each measurement of claims")


def run(args: argparse.Namespace) -> dict[str, Any]:
    with _redis() as redis:
        found = asyncio.run(_claims(args, redis))
        found |= asyncio.run(lookups(redis.url, args.documents))
        progress(f"look-ups: p99 {found['lookup_p99_ms']} ms")
    found |= _workers(args)
    return found | _many(args)


async def _claims(args: argparse.Namespace, redis: OwnRedis) -> dict[str, Any]:
    ours = await in_redis(redis.url, args.pages, args.hosts, args.seconds)
    progress(f"Redis: {ours:.0f} pages/s")
    peer = await asyncio.to_thread(by_scrapy_redis, redis.url, args.pages, args.hosts, args.seconds)
    progress(f"scrapy-redis: {peer:.0f} pages/s")
    embedded = await in_memory(args.pages, args.hosts, args.seconds)
    progress(f"embedded: {embedded:.0f} pages/s")
    return {
        "claims_per_s": round(ours),
        "peer_scrapy_redis_claims_per_s": round(peer),
        "over_scrapy_redis": round(ours / peer, 1),
        # The embedded installation has its frontier in memory, over the truth in SQLite.
        "sqlite_claims_per_s": round(embedded),
    }


def _workers(args: argparse.Namespace) -> dict[str, Any]:
    port, runs = free_port(), {}
    for number in (1, 4):
        with _redis() as redis, _postgres() as postgres, _served(port), _folder() as folder:
            runs[number] = asyncio.run(
                crawled(folder, postgres.url, redis.url, port, workers=number, pages=args.crawled)
            )
            progress(f"{number} crawlers: {runs[number].pages_per_s:.1f} pages/s")
    one: Crawled = runs[1]
    four: Crawled = runs[4]
    return {
        "one_worker_pages_per_s": round(one.pages_per_s, 1),
        "four_workers_pages_per_s": round(four.pages_per_s, 1),
        "speedup_4_workers": round(four.pages_per_s / one.pages_per_s, 2),
        "politeness_violations": one.violations + four.violations,
        "conflicts_4_workers": four.conflicts,
    }


def _many(args: argparse.Namespace) -> dict[str, Any]:
    costs = Costs(_SITE_SECONDS, _WORKER_SECONDS, _REDIS_SECONDS, _POSTGRES_SECONDS)
    many = simulated(costs, workers=64, concurrency=32, pages=args.simulated)
    return {
        "simulated_64_workers_pages_per_s": round(many.pages_per_s, 1),
        "simulated_limit": many.limit,
        "simulated_redis_busy": round(many.redis_busy, 2),
        "simulated_postgres_busy": round(many.postgres_busy, 2),
    }


@contextlib.contextmanager
def _folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="scale-") as home:
        yield Path(home)


@contextlib.contextmanager
def _redis() -> Iterator[OwnRedis]:
    with tempfile.TemporaryDirectory(prefix="redis-") as home:
        server = OwnRedis(need(REDIS), Path(home))
        server.start()
        try:
            yield server
        finally:
            server.kill()


@contextlib.contextmanager
def _postgres() -> Iterator[Server]:
    with tempfile.TemporaryDirectory(prefix="postgres-") as home:
        server = Server(cluster_in(need(POSTGRES), Path(home)))
        server.start()
        try:
            yield server
        finally:
            server.stop()


@contextlib.contextmanager
def _served(port: int) -> Iterator[None]:
    command = guarded(sys.executable, "-m", "tests.bench.pipeline.server", str(port), str(DELAY))
    with subprocess.Popen(command, stdout=subprocess.PIPE) as server:
        try:
            assert server.stdout is not None
            server.stdout.readline()
            yield
        finally:
            server.kill()
