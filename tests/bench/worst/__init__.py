"""The worst inputs of every step that content feeds: how long each takes, and how long the loop is silent.

Pages and listings are read in the daemon's parser processes; texts go the whole way on a real store:
read, judged against a copy of themselves, matched to topics, indexed, composed. Meanwhile a task of
the loop measures how long it was not let run. The peer is trafilatura on the same pages, in the
same processes with the same deadline.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import functools
import random
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from crawler.extract.page_reader import read_page
from crawler.extract.run.pool import ParserPool
from crawler.listings.formats.listing import read_listing
from crawler.settings import CopySettings, ExtractSettings
from scheduler.alerts.compose import compose
from scheduler.alerts.content import MessageStyle
from scheduler.alerts.links import MessageLinks
from scheduler.watch.watcher import Watcher
from storage.errors import ExtractError
from storage.models.recipients import Channel, NewRecipient
from storage.sql.database import Database
from storage.topics import match_work, topics
from tests.bench.report import progress
from tests.bench.worst.inputs import QUERIES, listings, pages, texts
from tests.crawler.news import html
from tests.crawler.world import World

_NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
_URL = "https://a.example/ferry"
_TICK = 0.005


def add_flags(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--size", type=int, default=650_000, help="Characters of each input.")


def trafilatura_text(body: bytes, url: str) -> str | None:
    """Have the peer read a page."""
    from trafilatura import extract  # in the parser process alone

    text: str | None = extract(body, url=url, with_metadata=True, output_format="json")
    return text


class Silence:
    """The longest time for which the loop did not let a task run that had slept enough."""

    def __init__(self) -> None:
        self.longest = 0.0

    async def watch(self) -> None:
        while True:
            began = time.perf_counter()
            await asyncio.sleep(_TICK)
            self.longest = max(self.longest, time.perf_counter() - began - _TICK)


async def _timed(work: Awaitable[object]) -> float:
    began = time.perf_counter()
    with contextlib.suppress(ExtractError):
        await work
    return time.perf_counter() - began


def run(args: argparse.Namespace) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="wirewatch-worst-") as folder:
        return asyncio.run(_run(args.size, Path(folder)))


async def _run(size: int, folder: Path) -> dict[str, Any]:
    settings = ExtractSettings()
    pool = ParserPool(1, settings.deadline_seconds, settings.memory_mb, settings.recycle_after)
    await pool.start()
    silence, silences, times = Silence(), dict[str, float](), dict[str, float]()
    watching = asyncio.create_task(silence.watch())
    try:
        async for name, seconds in _all_times(pool, size, folder, silence):
            times[name], silences[name] = seconds, silence.longest
            progress(f"{seconds:7.3f} s  {1000 * silence.longest:5.0f} ms silent  {name}")
            silence.longest = 0.0
        peer = {
            name: await _timed(pool.run(trafilatura_text, body, url=_URL))
            for name, body in pages(size)
        }
    finally:
        watching.cancel()
        await pool.close()
    slowest = max(times, key=times.__getitem__)
    slowest_page = max(seconds for name, seconds in times.items() if name.startswith("page: "))
    return {
        "size": size,
        "inputs": len(times),
        "slowest_s": round(times[slowest], 3),
        "slowest": slowest,
        "loop_silence_ms": round(1000 * max(silences.values()), 1),
        "loop_silence": max(silences, key=silences.__getitem__),
        "slowest_page_s": round(slowest_page, 3),
        "peer_trafilatura_slowest_page_s": round(max(peer.values()), 3),
        "times_s": {name: round(seconds, 3) for name, seconds in times.items()},
    }


async def _all_times(
    pool: ParserPool, size: int, folder: Path, silence: Silence
) -> AsyncIterator[tuple[str, float]]:
    settings = ExtractSettings()

    def read(body: bytes) -> Awaitable[object]:
        return pool.run(
            read_page,
            body,
            url=_URL,
            content_type="text/html",
            settings=settings,
            now=_NOW,
            site=None,
        )

    await _timed(read(_marked_up("What is read first pays for the tables. " * 20).encode()))
    for name, body in pages(size):
        yield f"page: {name}", await _timed(read(body))
    for name, body in listings(size):
        listed = pool.run(
            read_listing,
            body,
            url=_URL,
            content_type=None,
            max_items=settings.max_items,
            now=_NOW,
        )
        yield f"listing: {name}", await _timed(listed)
    for number, (name, text) in enumerate(texts(size)):
        async for step, seconds in _text_times(pool, text, folder / f"{number}.db", silence):
            yield f"{step}: {name}", seconds


async def _text_times(
    pool: ParserPool, text: str, file: Path, silence: Silence
) -> AsyncIterator[tuple[str, float]]:
    """Yield how long a text takes: read and judged, the same as its own copy, and matched."""
    world = World(Database.open(file), parser=pool)
    await world.open()
    try:
        _add_topics(world.db)
        silence.longest = 0.0  # a store is made anew for each text, and never for one
        for step, host in (("judge", "a.example"), ("judge its copy", "b.example")):
            source = world.source(host, alert_backlog=True)
            [page] = await world.listing(source, f"{host[0]}/ferry")
            said = world.answer(f"page:{page.id}", page.url, _marked_up(text))
            yield step, await _timed(said)
            yield f"match what {step} stored", await _timed(_matched(world.db))
    finally:
        world.db.close()


def _marked_up(text: str) -> str:
    return html("The ferry strike goes on", text)


def _add_topics(db: Database) -> None:
    told = (
        NewRecipient(Channel.EMAIL, "desk@newsroom.example", None),
        NewRecipient(Channel.WEBHOOK, "https://hooks.example/", "whsec_c2VjcmV0"),
    )
    with db.begin() as conn:
        for number, query in enumerate(QUERIES):
            topics.add(conn, name=f"t{number}", query=query, recipients=told, now=_NOW)


async def _matched(db: Database) -> None:
    """Let a watcher match, index and compose all that waits."""
    links = MessageLinks("http://127.0.0.1:8710/", b"key")
    style = MessageStyle("Wirewatch <w@newsroom.example>", links, stale_days=10)
    watcher = Watcher(
        db=db,
        compose=functools.partial(compose, style=style),
        clock=lambda: _NOW,
        on_outbox=lambda: None,
        rng=random.Random(1),
        copies=CopySettings(),
        poll_seconds=0.01,
    )
    working = asyncio.create_task(watcher.run())
    try:
        while await db.read(match_work.pending):  # noqa: ASYNC110 - the watcher is what it is waited for
            await asyncio.sleep(_TICK)
    finally:
        await watcher.stop()
        await working
