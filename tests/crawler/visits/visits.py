"""Visits made by the real crawl, with real Scrapy, one at a time or as many as a test likes."""

from __future__ import annotations

import asyncio
import functools
import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from ipaddress import ip_network
from typing import Any

from aiohttp.abc import AbstractResolver, ResolveResult

from crawler.fetch.egress import Egress
from crawler.fetch.robots import NoRobotsStore, RobotsService
from crawler.fetch.services import FetchServices
from crawler.fetch.slots import HostSlots
from crawler.settings import FetchSettings
from crawler.urls.canonical import host_of
from crawler.visits.crawl import Crawl
from crawler.visits.records import Payer, Visit, VisitResult
from storage.hot.frontier import Due, FrontierKey
from storage.hot.frontier.memory import MemoryFrontier
from storage.models.fetches import Fetch

LOOPBACK = (ip_network("127.0.0.0/8"),)


def now() -> datetime:
    return datetime.now(UTC)


@functools.cache
def trusting_the_system() -> ssl.SSLContext:
    """Read the system's authorities once for all tests; it takes longer than a visit."""
    return ssl.create_default_context()


class Names(AbstractResolver):
    """A name server that knows what a test tells it."""

    def __init__(self, names: dict[str, list[str]]) -> None:
        self._names = names

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        if host not in self._names:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        if not self._names[host]:
            raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")
        return [
            ResolveResult(
                hostname=host, host=ip, port=port, family=socket.AF_INET, proto=0, flags=0
            )
            for ip in self._names[host]
        ]

    async def close(self) -> None:
        pass


def services(
    *ports: int,
    names: dict[str, list[str]] | None = None,
    ledger: list[Fetch] | None = None,
    consented: tuple[str, int] | None = None,
    **settings: Any,
) -> FetchServices:
    """Put together what a crawl needs: quick, small, and allowed on loopback unless told."""
    defaults: dict[str, Any] = {
        "allow_networks": LOOPBACK,
        "allow_ports": ports,
        "host_delay_seconds": 0,
        "timeout_seconds": 5,
        "max_bytes": 20_000,
        "contact": "https://watch.example/about",
    }
    made = FetchSettings(**(defaults | settings))
    resolver = None if names is None else lambda: Names(names)
    tls = None if made.ca_file else trusting_the_system()
    egress = Egress(made.allow_networks, made.allow_ports, made.ca_file, resolver=resolver, tls=tls)
    return FetchServices(
        settings=made,
        egress=egress.consenting(*consented) if consented else egress,
        robots=RobotsService(NoRobotsStore(), now),
        slots=HostSlots(made, now),
        clock=now,
        ledger=([] if ledger is None else ledger).append,
        version="9",
    )


class Collector:
    """A visitor that wants everything and keeps what it is brought."""

    def __init__(self, **validators: str) -> None:
        self.results: list[VisitResult] = []
        self.brought = asyncio.Event()
        self._validators = validators

    async def prepare(self, due: Due) -> Visit | None:
        etag, modified = self._validators.get("etag"), self._validators.get("last_modified")
        return Visit(due.url, etag, modified, Payer(7, due.host), page_id=None)

    async def visited(self, result: VisitResult) -> None:
        self.results.append(result)
        self.brought.set()

    async def wait_for(self, number: int) -> list[VisitResult]:
        while len(self.results) < number:
            self.brought.clear()
            await self.brought.wait()
        return self.results


@asynccontextmanager
async def crawling(
    frontier: MemoryFrontier, visitor: Any, parts: FetchServices
) -> AsyncIterator[Crawl]:
    """Run a crawl beside the test, and stop it."""
    crawl = Crawl(frontier, visitor, parts)
    running = asyncio.create_task(crawl.run())
    try:
        yield crawl
    finally:
        await crawl.stop()
        await running


def due(url: str, key: str = "page:1") -> Due:
    return Due(key=FrontierKey.parse(key), url=url, host=host_of(url), due_at=now())


async def visit(url: str, parts: FetchServices, **validators: str) -> VisitResult:
    """Visit one URL and give what it brought."""
    frontier, collector = MemoryFrontier(60), Collector(**validators)
    await frontier.put(Due(key=FrontierKey.parse("page:1"), url=url, host="here", due_at=now()))
    async with crawling(frontier, collector, parts):
        return (await collector.wait_for(1))[0]
