"""N01 to N11: fifty addresses of somebody's inside, by each spelling, on each way out: nothing connects."""

from __future__ import annotations

import asyncio
import functools
import socket
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime
from ipaddress import ip_address, ip_network
from typing import Any

import aiohttp
import pytest
from aiohttp.abc import AbstractResolver, ResolveResult
from pydantic import HttpUrl

from crawler.fetch.egress import Egress
from crawler.urls.canonical import canonical_url
from scheduler.actions.recipients import address_check
from scheduler.actions.source_discovery import discover_sources
from scheduler.alerts.smtp import MailSender
from scheduler.alerts.webhook import WebhookSender
from scheduler.config.settings import EmailSettings, HeartbeatSettings, Settings, WebhookSettings
from scheduler.diagnosis.heartbeat import Heartbeat
from scheduler.websub.hub_client import HubClient
from storage.errors import (
    BlockedAddressError,
    DeliveryDeferredError,
    DeliveryRefusedError,
    FetchError,
    InputError,
    WirewatchError,
)
from storage.hot.frontier.memory import MemoryFrontier
from storage.models.problems import Problem
from storage.models.recipients import Channel
from storage.sql.database import Database
from tests.crawler.fetch.site import Site, answer, site
from tests.crawler.visits.visits import Collector, crawling, due, services, trusting_the_system
from tests.crawler.world import InlineParser
from tests.hostile.spellings import NAMES, SPECIAL, spellings
from tests.scheduler.alerts.test_webhook import DELIVERY

OUTSIDE = "127.0.0.2"  # the public internet of these tests
ALLOWED = (ip_network(f"{OUTSIDE}/32"),)
REFUSED = {Problem.BLOCKED_ADDRESS, Problem.BAD_URL, Problem.DNS_NOT_FOUND}


class Wire:
    """Hears of each connection that is tried, as the interpreter does."""

    def __init__(self) -> None:
        self.tried: list[str] = []

    def hear(self, event: str, args: tuple[Any, ...]) -> None:
        if event in ("socket.connect", "socket.sendto", "socket.sendmsg"):
            sender, address = args[0], args[1]
            inet = sender.family in (socket.AF_INET, socket.AF_INET6)
            if inet and isinstance(address, tuple) and address[0] != OUTSIDE:
                self.tried.append(f"{address[0]}:{address[1]}")


WIRE = Wire()
sys.addaudithook(WIRE.hear)


@pytest.fixture(autouse=True)
def _nothing_connects() -> Any:
    WIRE.tried.clear()
    yield
    assert WIRE.tried == []


class SystemAsked(AbstractResolver):
    """Answers as the system does: every spelling of a number is one, and names are in its files."""

    def __init__(self, address: str) -> None:
        self._address = address

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        del family
        if host.startswith("public"):
            ip = OUTSIDE
        elif "inside" in host.lower() or host.startswith("xn--"):
            ip = self._address
        else:
            try:
                ip = str(ip_address(host.strip("[]")))
            except ValueError:
                try:
                    ip = socket.inet_ntoa(socket.inet_aton(host))
                except OSError as error:
                    raise socket.gaierror(socket.EAI_NONAME, "no such name") from error
        kind = socket.AF_INET6 if ":" in ip else socket.AF_INET
        return [ResolveResult(hostname=host, host=ip, port=port, family=kind, proto=0, flags=0)]

    async def close(self) -> None:
        pass


def way_out(address: str, *ports: int) -> Egress:
    return Egress(
        ALLOWED, ports or (80,), resolver=lambda: SystemAsked(address), tls=trusting_the_system()
    )


@pytest.fixture
async def outside() -> AsyncIterator[Site]:
    async with site({}, host=OUTSIDE) as home:
        yield home


def crawl_parts(address: str, *ports: int) -> Any:
    parts = services(80, *ports, allow_networks=ALLOWED, concurrency=64)
    return replace(parts, egress=way_out(address, 80, *ports))


def at_the_door(url: str) -> str:
    """Return a URL as every URL is stored before it is visited; "" when it is not taken."""
    try:
        return canonical_url(url)
    except InputError:
        return ""


async def crawled(urls: list[str], parts: Any) -> set[Problem | None]:
    """Visit them all; what came of them."""
    frontier, visitor = MemoryFrontier(60), Collector()
    for number, url in enumerate(urls):
        # Each its own host to the frontier, so that they are visited at once.
        await frontier.put(
            replace(due("http://a.example/", f"page:{number}"), url=url, host=str(number))
        )
    async with crawling(frontier, visitor, parts):
        return {result.problem for result in await visitor.wait_for(len(urls))}


def test_there_are_fifty_addresses_and_twenty_eight_spellings() -> None:
    assert len(SPECIAL) >= 50
    assert min(len(spellings(address)) for address in SPECIAL) >= 28


@pytest.mark.parametrize("address", SPECIAL)
async def test_the_crawl_reaches_no_address_of_an_inside(address: str) -> None:
    urls = [url for host in spellings(address) if (url := at_the_door(f"http://{host}/"))]
    assert await crawled(urls, crawl_parts(address)) <= REFUSED


@pytest.mark.parametrize("address", SPECIAL)
async def test_no_redirect_leads_inside(address: str, outside: Site) -> None:
    hosts = spellings(address)
    outside.pages = {
        f"/{n}": answer(302, location=f"http://{host}/") for n, host in enumerate(hosts)
    }
    urls = [f"http://public{path[1:]}.example:{outside.port}{path}" for path in outside.pages]
    assert await crawled(urls, crawl_parts(address, outside.port)) <= REFUSED
    assert len([path for path in outside.paths() if path != "/robots.txt"]) == len(urls)


@pytest.mark.parametrize("address", SPECIAL)
async def test_no_robots_txt_leads_inside(address: str, outside: Site) -> None:
    names = {f"public{n}.example": host for n, host in enumerate(spellings(address))}
    outside.pages = {
        f"{name}/robots.txt": answer(301, location=f"http://{host}/")
        for name, host in names.items()
    }
    urls = [f"http://{name}:{outside.port}/" for name in names]
    assert await crawled(urls, crawl_parts(address, outside.port)) <= REFUSED
    assert set(outside.paths()) == {"/robots.txt"}


@pytest.mark.parametrize("address", SPECIAL)
async def test_what_an_operator_adds_or_imports_reaches_no_inside(address: str) -> None:
    parts = crawl_parts(address)
    for host in spellings(address):
        with pytest.raises((FetchError, InputError)):
            await discover_sources(
                f"http://{host}/",
                services=parts,
                parser=InlineParser(),
                settings=Settings().extract,
                clock=parts.clock,
            )


async def session_for(
    address: str, use: Callable[[aiohttp.ClientSession, str], Awaitable[None]]
) -> None:
    async with way_out(address).session() as session:
        for host in spellings(address):
            await use(session, f"http://{host}/")


@pytest.mark.parametrize("address", SPECIAL)
async def test_no_webhook_reaches_an_inside(address: str) -> None:
    async def post(session: aiohttp.ClientSession, url: str) -> None:
        sender = WebhookSender(
            session, WebhookSettings(timeout_seconds=2), lambda: datetime.now(UTC)
        )
        with pytest.raises((DeliveryDeferredError, DeliveryRefusedError)):
            await sender.send(replace(DELIVERY, address=url))

    await session_for(address, post)


@pytest.mark.parametrize("address", SPECIAL)
async def test_no_hub_is_an_inside(address: str) -> None:
    async def ask(session: aiohttp.ClientSession, url: str) -> None:
        assert (
            await HubClient(session, "https://me.example/").ask(url, {"hub.mode": "subscribe"})
            != ""
        )

    await session_for(address, ask)


@pytest.mark.parametrize("address", SPECIAL[::3])
async def test_no_hub_redirects_inside(address: str, outside: Site) -> None:
    async with way_out(address, 80, outside.port).session() as session:
        for host in spellings(address):
            outside.pages = {"/hub": answer(307, location=f"http://{host}/")}
            hub = f"http://public.example:{outside.port}/hub"
            assert (
                await HubClient(session, "https://me.example/").ask(hub, {"hub.mode": "subscribe"})
                != ""
            )


@pytest.mark.parametrize("address", SPECIAL)
async def test_no_heartbeat_reaches_an_inside(address: str, db: Database) -> None:
    async def beat(session: aiohttp.ClientSession, url: str) -> None:
        try:
            settings = HeartbeatSettings(url=HttpUrl(url))
        except ValueError:
            return
        await Heartbeat(
            db=db,
            session=session,
            settings=settings,
            clock=lambda: datetime.now(UTC),
            check_in=lambda *_, **__: None,
        ).beat()

    await session_for(address, beat)


@pytest.mark.parametrize("address", SPECIAL)
async def test_no_relay_is_an_inside_unless_the_operator_says_so(address: str) -> None:
    for host in spellings(address):
        name = host.rpartition("@")[2].strip("[]")
        reach = functools.partial(way_out(address, 25).open_socket, name)

        async def opened(
            _host: str, port: int, seconds: float, reach: Any = reach
        ) -> socket.socket:
            found: socket.socket = await reach(port, seconds)
            return found

        elsewhere = MailSender(
            opened,
            trusting_the_system(),
            EmailSettings(host="set.example", sender="a@b.example", timeout_seconds=2),
        )
        with pytest.raises((DeliveryDeferredError, BlockedAddressError, OSError)):
            await elsewhere.probe([])


@pytest.mark.parametrize("address", SPECIAL)
def test_no_recipient_is_an_inside(address: str) -> None:
    """What the page, the command and the API ask before they store an address or test it."""
    check = address_check(Settings())
    for host in spellings(address)[: -len(NAMES)]:
        with pytest.raises(WirewatchError):
            check(Channel.WEBHOOK, f"http://{host}/")


async def test_of_two_looks_at_a_name_only_the_one_that_connects_counts(outside: Site) -> None:
    """N04: outside when it is checked, inside when it is connected to."""
    outside.pages = {"/": answer(200, b"<p>News.</p>")}
    answers = iter([OUTSIDE, "10.0.0.1", "10.0.0.1", "10.0.0.1"])

    class Rebinding(SystemAsked):
        async def resolve(
            self, host: str, port: int = 0, family: Any = None
        ) -> list[ResolveResult]:
            del family
            ip = next(answers)
            return [
                ResolveResult(
                    hostname=host, host=ip, port=port, family=socket.AF_INET, proto=0, flags=0
                )
            ]

    egress = Egress(
        ALLOWED, (outside.port,), resolver=lambda: Rebinding(""), tls=trusting_the_system()
    )
    async with (
        egress.session() as session,
        session.get(f"http://public.example:{outside.port}/") as response,
    ):
        assert response.status == 200
    async with egress.session() as session:
        with pytest.raises(aiohttp.ClientError):
            await session.get(f"http://public.example:{outside.port}/")


@pytest.mark.parametrize(
    "port", [22, 23, 25, 110, 111, 143, 445, 3306, 5432, 6379, 9200, 11211, 27017]
)
async def test_a_port_that_nobody_consented_to_is_not_connected_to(port: int) -> None:
    """N08."""
    assert await crawled([f"http://public.example:{port}/"], crawl_parts("10.0.0.1")) <= REFUSED


@pytest.mark.parametrize("ip", ["10.1.0.1", "10.1.255.254"])
def test_what_the_operator_allows_is_allowed_and_nothing_beside_it(ip: str) -> None:
    """N10."""
    egress = Egress((ip_network("10.1.0.0/16"),), (80,), tls=trusting_the_system())
    egress.check(ip, 80)
    for other in ("10.0.255.255", "10.2.0.0", "127.0.0.1", "169.254.169.254", "::ffff:10.2.0.1"):
        with pytest.raises(BlockedAddressError):
            egress.check(other, 80)
    egress.check(f"::ffff:{ip}", 80)


@pytest.mark.parametrize(
    "variable", ["http_proxy", "HTTP_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"]
)
async def test_a_proxy_of_the_environment_is_not_used(
    variable: str, monkeypatch: pytest.MonkeyPatch, outside: Site
) -> None:
    """N11."""
    monkeypatch.setenv(variable, "http://127.0.0.3:9/")
    outside.pages = {"/": answer(200, b"<p>News.</p>")}
    parts = crawl_parts("10.0.0.1", outside.port)
    assert await crawled([f"http://public.example:{outside.port}/"], parts) == {None}
    await asyncio.sleep(0)
