"""Claims and acknowledgements a second, politely: one page a host in a batch of a hundred."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import redis
from scrapy import Request, Spider
from scrapy_redis.queue import PriorityQueue

from storage.hot.frontier import Due, Frontier, FrontierKey, FrontierKind, Settlement
from storage.hot.frontier.memory import MemoryFrontier
from storage.hot.frontier.shared import SharedFrontier
from storage.hot.redis.connection import RedisConnection

BATCH = 100
_START = datetime(2026, 1, 1, tzinfo=UTC)
_GAP, _FAR = timedelta(seconds=0.5), timedelta(days=300)
_AT_ONCE = 5_000
_LEASE_SECONDS = 600.0


async def in_redis(url: str, pages: int, hosts: int, seconds: float) -> float:
    """Return pages a second by one client, which has two batches on their way."""
    connection = RedisConnection.at(url)
    try:
        await connection.command("FLUSHALL")
        frontier = SharedFrontier(connection, _LEASE_SECONDS)
        filler = await frontier.begin()
        for start in range(0, pages, _AT_ONCE):
            await filler.put_all(_dues(start, min(pages, start + _AT_ONCE), hosts))
        await filler.finish()
        return await _measured(frontier, seconds, at_once=2)
    finally:
        await connection.close()


async def in_memory(pages: int, hosts: int, seconds: float) -> float:
    """Measure the embedded form, which is in the process's own memory."""
    frontier = MemoryFrontier(_LEASE_SECONDS)
    await frontier.put_all(_dues(0, pages, hosts))
    return await _measured(frontier, seconds, at_once=1)


def by_scrapy_redis(url: str, pages: int, hosts: int, seconds: float) -> float:
    """Return pops and pushes a second of scrapy-redis's own queue, which knows neither hosts nor times."""
    with redis.Redis.from_url(url) as server:
        server.flushall()
        queue = PriorityQueue(server, Spider("bench"), "%(spider)s:requests")
        for number in range(min(pages, 20_000)):
            queue.push(Request(_url(number, hosts)))
        began, done = time.perf_counter(), 0
        while time.perf_counter() - began < seconds:
            queue.push(queue.pop())
            done += 1
        return done / (time.perf_counter() - began)


async def _measured(frontier: Frontier, seconds: float, *, at_once: int) -> float:
    moment, done = _START + timedelta(days=1), 0
    began = time.perf_counter()

    async def work() -> None:
        nonlocal moment, done
        while time.perf_counter() - began < seconds:
            moment += timedelta(milliseconds=2)
            opens, again = moment + _GAP, moment + _FAR
            leases = await frontier.claim(moment, BATCH)
            if len({lease.due.host for lease in leases}) != len(leases):
                raise AssertionError("a batch held two pages of one host")
            settled = [
                Settlement(lease, opens, replace(lease.due, due_at=again)) for lease in leases
            ]
            if not all(await frontier.settle_all(settled)):
                raise AssertionError("a lease was lost")
            done += len(leases)

    await asyncio.gather(*(work() for _ in range(at_once)))
    return done / (time.perf_counter() - began)


def _dues(first: int, last: int, hosts: int) -> Sequence[Due]:
    return [
        Due(
            FrontierKey(FrontierKind.PAGE, number),
            _url(number, hosts),
            f"h{number % hosts}.example",
            _START + timedelta(milliseconds=number),
        )
        for number in range(first, last)
    ]


def _url(number: int, hosts: int) -> str:
    return f"https://h{number % hosts}.example/news/2026/01/01/story-{number}"
