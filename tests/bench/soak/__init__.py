"""The daemon for an hour: a thousand sources, a tenth of them hostile, and what it costs it.

The sources are behind an HTTP proxy on loopback, each with its host, its rhythm and its texts; a
recipient takes the alerts of all articles that hold a word. The figures are of the second half of
the run: memory of the daemon's own process as a slope in percent of its mean an hour, its open
descriptors, how late its event loop answers, and how long after its page was fetched an alert came.
The peer is the same machine's own loop, which does nothing but answer the same probes.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import contextlib
import math
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp
import psutil
from aiohttp import web

from scheduler.demo.installation import Installation, free_port
from scheduler.demo.orphan_guard import guarded
from scheduler.demo.webhook_receiver import WebhookReceiver
from storage.crawl import sources
from storage.models.recipients import Channel, NewRecipient
from storage.sql.database import Database
from storage.topics import topics
from tests.bench.report import progress
from tests.bench.soak.sites import WORD, host_of_source

_CONFIG = """
[fetch]
proxy = "http://127.0.0.1:{proxy}"
contact = "https://watch.example/about"
timeout_seconds = 10
allow_networks = ["127.0.0.1/32"]
allow_ports = [80, {hook}]
concurrency = 32

[recrawl]
min_minutes = 5
requests_per_hour = 20000
price_article_minutes = 0.05

[web]
port = {web}
"""
_SAMPLED = 2.0  # seconds between two looks
_PROBED = 0.25
_GRACE = 20.0  # seconds that the last alerts have to arrive
_SECRET = "whsec_" + base64.b64encode(b"of this benchmark, and long enough").decode()


def add_flags(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--minutes", type=float, default=60.0)
    parser.add_argument("--sources", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)


def run(args: argparse.Namespace) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="wirewatch-soak-") as folder:
        return asyncio.run(soak(Path(folder), args.minutes, args.sources, args.seed))


@dataclass
class Seen:
    """What was measured, by the seconds since the start."""

    memory: list[tuple[float, float]] = field(default_factory=list)  # bytes of the main process
    whole: list[tuple[float, float]] = field(default_factory=list)  # and of its children
    descriptors: list[tuple[float, int]] = field(default_factory=list)
    lags: list[tuple[float, float]] = field(default_factory=list)
    idle_lags: list[float] = field(default_factory=list)


async def soak(folder: Path, minutes: float, number: int, seed: int) -> dict[str, Any]:
    """Run it; the figures."""
    seen, seconds = Seen(), minutes * 60
    async with _served(seed, number) as proxy, WebhookReceiver() as receiver, _idle() as idle:
        receiver.secrets = (_SECRET,)
        arrivals = _Arrivals(receiver)
        installation = Installation(folder / "data")
        port = free_port()
        installation.configure(_CONFIG.format(proxy=proxy, web=port, hook=receiver.port))
        db = Database.open(installation.data / "wirewatch.db")
        try:
            _enroll(db, receiver.url, number)
            async with installation.daemon() as process:
                began = time.monotonic()

                def late(lag: float, began: float = began) -> None:
                    seen.lags.append((time.monotonic() - began, lag))

                tasks = [
                    asyncio.create_task(_look(process.pid, began, seen)),
                    asyncio.create_task(_probe(f"http://127.0.0.1:{port}/livez", late)),
                    asyncio.create_task(_probe(idle, seen.idle_lags.append)),
                    asyncio.create_task(arrivals.watch()),
                ]
                while (left := began + seconds - time.monotonic()) > 0:
                    await asyncio.sleep(min(60.0, left))
                    progress(_line(seen, arrivals, time.monotonic() - began))
                served = await _asked(proxy)
                await asyncio.sleep(_GRACE)
                for task in tasks:
                    task.cancel()
                for ended in await asyncio.gather(*tasks, return_exceptions=True):
                    if isinstance(ended, Exception):  # a look that failed is no figure
                        raise ended
                alive = process.returncode is None
        finally:
            db.close()
        log = installation.log.read_text("utf-8", "replace")
    return _figures(seen, served, arrivals, seconds, log, alive=alive)


class _Arrivals:
    """When the alert of each article came first, and how often."""

    def __init__(self, receiver: WebhookReceiver) -> None:
        self._receiver = receiver
        self._read = 0
        self.first: dict[str, float] = {}
        self.ids: set[str] = set()
        self.twice = 0

    async def watch(self) -> None:
        while True:
            self.take()
            await asyncio.sleep(0.05)

    def take(self) -> None:
        for hook in self._receiver.webhooks[self._read :]:
            self._read += 1
            self.twice += hook.uid in self.ids
            self.ids.add(hook.uid)
            url = hook.payload()["data"]["original"]["url"]
            self.first.setdefault(url, time.time())


@contextlib.asynccontextmanager
async def _served(seed: int, number: int) -> AsyncIterator[int]:
    port = free_port()
    command = guarded(
        *(sys.executable, "-m", "tests.bench.soak.sites", str(port), str(seed), str(number))
    )
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    try:
        assert process.stdout is not None
        await process.stdout.readline()
        yield port
    finally:
        process.kill()
        await process.wait()


@contextlib.asynccontextmanager
async def _idle() -> AsyncIterator[str]:
    """Serve on a loop that does nothing else: how late it answers is the machine's own doing."""

    async def answer(_: web.BaseRequest) -> web.Response:
        return web.Response(text="ok")

    runner = web.ServerRunner(web.Server(answer, access_log=None))
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/"
    finally:
        await runner.cleanup()


def _enroll(db: Database, hook: str, number: int) -> None:
    now = datetime.now(UTC)
    with db.begin() as conn:
        told = (NewRecipient(Channel.WEBHOOK, hook, _SECRET),)
        topics.add(conn, name="soak", query=WORD, recipients=told, now=now)
        for source in range(number):
            host = host_of_source(source)
            sources.add(
                conn,
                url=f"http://{host}/feed",
                title=host,
                site_url=f"http://{host}/",
                alert_backlog=True,
                now=now,
            )


async def _look(pid: int, began: float, seen: Seen) -> None:
    main = psutil.Process(pid)
    while True:
        with contextlib.suppress(psutil.Error):
            at, own = time.monotonic() - began, main.memory_info().rss
            children = sum(child.memory_info().rss for child in main.children(recursive=True))
            seen.memory.append((at, own))
            seen.whole.append((at, own + children))
            seen.descriptors.append((at, main.num_fds()))
        await asyncio.sleep(_SAMPLED)


async def _probe(url: str, note: Callable[[float], None]) -> None:
    """Ask a server for a few bytes: its answer waits for its event loop, like all it does."""
    async with aiohttp.ClientSession(trust_env=False) as session:
        while True:
            asked = time.perf_counter()
            with contextlib.suppress(aiohttp.ClientError):
                async with session.get(url) as response:
                    await response.read()
                note(time.perf_counter() - asked)
            await asyncio.sleep(_PROBED)


async def _asked(proxy: int) -> dict[str, float]:
    """Ask which articles with the word were served, and when first."""
    async with (
        aiohttp.ClientSession(trust_env=False) as session,
        session.get(f"http://127.0.0.1:{proxy}/served") as response,
    ):
        served: dict[str, float] = await response.json()
        return served


def _line(seen: Seen, arrivals: _Arrivals, at: float) -> str:
    memory = seen.memory[-1][1] / 2**20 if seen.memory else 0
    return f"{at / 60:.0f} min: {memory:.0f} MiB, {len(arrivals.first)} alerts"


def _figures(
    seen: Seen,
    served: dict[str, float],
    arrivals: _Arrivals,
    seconds: float,
    log: str,
    *,
    alive: bool,
) -> dict[str, Any]:
    half = seconds / 2
    late = [arrivals.first[url] - at for url, at in served.items() if url in arrivals.first]
    after = [
        arrivals.first[url] - at
        for url, at in served.items()
        if url in arrivals.first and at > min(served.values()) + half
    ]
    lags = [lag for at, lag in seen.lags if at > half]
    held = [count for at, count in seen.descriptors if at > half]
    return {
        "minutes": seconds / 60,
        "rss_slope_pct_per_h": slope(seen.memory, half),
        "whole_rss_slope_pct_per_h": slope(seen.whole, half),
        "rss_mb": round(seen.memory[-1][1] / 2**20, 1),
        "rss_peak_mb": round(max(rss for _, rss in seen.memory) / 2**20, 1),
        "descriptors_first": held[0] if held else None,
        "descriptors_last": held[-1] if held else None,
        "descriptors_most": max(held, default=None),
        "loop_lag_p99_ms": quantile(lags, 0.99, 1000),
        "loop_lag_p50_ms": quantile(lags, 0.5, 1000),
        "idle_loop_lag_p99_ms": quantile(seen.idle_lags, 0.99, 1000),
        "alert_p99_s": quantile(after or late, 0.99),
        "alert_p50_s": quantile(after or late, 0.5),
        "alert_p99_s_with_the_start": quantile(late, 0.99),
        "alerts": len(arrivals.first),
        "lost": sum(url not in arrivals.first for url in served),
        "told_twice": arrivals.twice,
        "alive": alive,
        "tracebacks": log.count("Traceback"),
    }


def slope(samples: Sequence[tuple[float, float]], since: float) -> float | None:
    """Return the growth in percent of the mean an hour, by a straight line through the samples."""
    later = [(at, value) for at, value in samples if at > since]
    if len(later) < 3:
        return None
    line = statistics.linear_regression(*zip(*later, strict=True))
    return round(line.slope * 3600 / statistics.fmean(value for _, value in later) * 100, 2)


def quantile(values: Sequence[float], share: float, scale: float = 1.0) -> float | None:
    """Return the value that this share of them does not exceed."""
    if not values:
        return None
    ordered = sorted(values)
    return round(ordered[math.ceil(share * len(ordered)) - 1] * scale, 3)
