"""The way out: nothing is connected to but what may be, under the clients that are really used."""

from __future__ import annotations

import asyncio
import errno
import socket
import ssl
import threading
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from crawler.fetch.egress import Egress
from storage.errors import BlockedAddressError, InputError
from storage.models.problems import Problem
from tests.crawler.fetch.site import Site, answer, site
from tests.crawler.visits.visits import LOOPBACK, Names, services, trusting_the_system, visit
from tests.servers.replay_proxy import Authority
from tests.waiting import forever

PAGE = b"<p>News.</p>"

# Each of them is 127.0.0.1 to somebody.
SPELLINGS = (
    *("127.0.0.1", "127.1", "2130706433", "0x7f000001", "0x7f.1", "0177.0.0.1", "127.0.0.1."),
    *("localhost", "LOCALHOST", "localhost.", "a.localhost", "①②⑦.⓪.⓪.①", "127。0。0。1"),
    *("[::1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[0:0:0:0:0:ffff:127.0.0.1]"),
    *("[64:ff9b::7f00:1]", "[2002:7f00:1::]", "0.0.0.0", "0", "[::]", "%31%32%37.0.0.1"),
)


def guard(*ports: int, networks: tuple[str, ...] = ()) -> Egress:
    allowed = tuple(ip_network(text) for text in networks)
    return Egress(allowed, ports, tls=trusting_the_system())


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_no_spelling_of_an_inner_address_is_a_url_to_visit(spelling: str) -> None:
    with pytest.raises(BlockedAddressError):
        guard(80).check_url(f"http://{spelling}/")


@pytest.mark.parametrize(
    "spelling",
    ["127.0.0.1", "2130706433", "0177.0.0.1", "[::ffff:127.0.0.1]", "localhost", "127。0。0。1"],
)
async def test_no_spelling_of_an_inner_address_is_reached(spelling: str) -> None:
    async with site({"/": answer(200, PAGE)}) as home:
        result = await visit(home.url("/", spelling), services(home.port, allow_networks=()))
    assert result.problem is Problem.BLOCKED_ADDRESS
    assert result.body == b""
    assert home.connects == 0


@pytest.mark.parametrize("spelling", ["127.0.0.1", "localhost"])
async def test_what_the_operator_allows_is_reached_by_any_name(spelling: str) -> None:
    async with site({"/": answer(200, PAGE)}) as home:
        result = await visit(home.url("/", spelling), services(home.port))
    assert result.body == PAGE


async def test_a_name_that_leads_inside_is_refused_as_it_connects() -> None:
    async with site({"/": answer(200, PAGE)}) as home:
        names = {"rebound.example": ["127.0.0.1"]}
        parts = services(home.port, names=names, allow_networks=())
        result = await visit(home.url("/", "rebound.example"), parts)
    assert result.problem is Problem.BLOCKED_ADDRESS
    assert "127.0.0.1 is not a public address" in result.detail
    assert home.connects == 0


async def test_of_a_names_addresses_only_the_allowed_one_is_connected_to() -> None:
    async with site({"/": answer(200, PAGE)}, host="127.0.0.2") as outside:
        inside = Site()
        server = await asyncio.start_server(inside.serve, "127.0.0.1", outside.port)
        names = {"mixed.example": ["127.0.0.1", "127.0.0.2"]}
        parts = services(outside.port, names=names, allow_networks=(ip_network("127.0.0.2/32"),))
        result = await visit(outside.url("/", "mixed.example"), parts)
        server.close()
    assert result.body == PAGE
    assert inside.connects == 0


@pytest.mark.parametrize("hops", [1, 3])
async def test_a_redirect_does_not_lead_inside(hops: int) -> None:
    async with site({"/": answer(200, PAGE)}) as inside, site(host="127.0.0.2") as outside:
        for hop in range(hops):
            outside.pages[f"/{hop}"] = answer(302, location=f"/{hop + 1}")
        outside.pages[f"/{hops}"] = answer(302, location=inside.url())
        networks = (ip_network("127.0.0.2/32"),)
        parts = services(outside.port, inside.port, allow_networks=networks)
        result = await visit(outside.url("/0"), parts)
    assert result.problem is Problem.BLOCKED_ADDRESS
    assert inside.connects == 0


async def test_a_robots_txt_does_not_lead_inside() -> None:
    async with site({"/x": answer(200, PAGE)}) as inside, site(host="127.0.0.2") as outside:
        outside.pages = {"/robots.txt": answer(302, location=inside.url("/x"))}
        networks = (ip_network("127.0.0.2/32"),)
        parts = services(outside.port, inside.port, allow_networks=networks)
        result = await visit(outside.url("/"), parts)
    assert result.problem is Problem.BLOCKED_ADDRESS
    assert inside.connects == 0


async def test_another_port_needs_consent() -> None:
    async with site({"/": answer(200, PAGE)}) as home:
        result = await visit(home.url(), services(80, 443))
    assert result.problem is Problem.BLOCKED_ADDRESS
    assert "fetch.allow_ports" in result.detail
    assert home.connects == 0


async def test_the_environments_proxy_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    async with site({"/": answer(200, PAGE)}) as home, site() as proxy:
        monkeypatch.setenv("http_proxy", proxy.url())
        monkeypatch.setenv("HTTP_PROXY", proxy.url())
        assert (await visit(home.url(), services(home.port))).body == PAGE
    assert proxy.connects == 0


async def test_a_set_proxy_is_asked_with_the_hosts_own_name() -> None:
    async with site() as proxy:
        proxy.pages = {"http://news.example/a": answer(200, PAGE)}
        parts = services(
            80, allow_networks=(), proxy=proxy.url(), consented=("127.0.0.1", proxy.port)
        )
        result = await visit("http://news.example/a", parts)
    assert (result.body, result.url) == (PAGE, "http://news.example/a")
    assert proxy.paths() == ["http://news.example/robots.txt", "http://news.example/a"]


async def test_a_proxy_is_no_way_inside() -> None:
    async with site() as proxy:
        parts = services(
            80,
            proxy.port,
            allow_networks=(),
            proxy=proxy.url(),
            consented=("127.0.0.1", proxy.port),
        )
        for target in ("http://127.0.0.1/", "http://localhost/", "http://[::1]/", proxy.url("/")):
            assert (await visit(target, parts)).problem is Problem.BLOCKED_ADDRESS
    assert proxy.connects == 0


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


async def test_a_certificate_of_an_unknown_authority_is_refused(authority: Authority) -> None:
    async with site({"/": answer(200, PAGE)}, tls=authority.context("news.example")) as home:
        parts = services(home.port, names={"news.example": ["127.0.0.1"]})
        result = await visit(home.url("/", "news.example", "https"), parts)
    assert result.problem is Problem.TLS_ERROR
    assert home.asked == []


async def test_an_authority_that_the_operator_trusts_is_trusted(authority: Authority) -> None:
    async with site({"/": answer(200, PAGE)}, tls=authority.context("news.example")) as home:
        names = {"news.example": ["127.0.0.1"]}
        parts = services(home.port, names=names, ca_file=authority.ca_file)
        result = await visit(home.url("/", "news.example", "https"), parts)
    assert result.body == PAGE


async def test_a_certificate_for_another_host_is_refused(authority: Authority) -> None:
    async with site({"/": answer(200, PAGE)}, tls=authority.context("other.example")) as home:
        names = {"news.example": ["127.0.0.1"]}
        parts = services(home.port, names=names, ca_file=authority.ca_file)
        result = await visit(home.url("/", "news.example", "https"), parts)
    assert result.problem is Problem.TLS_ERROR
    assert home.asked == []


async def test_plain_text_where_tls_should_be_is_a_tls_error() -> None:
    async def greet(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 relay.example ESMTP\r\n")
        writer.close()

    server = await asyncio.start_server(greet, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    result = await visit(f"https://127.0.0.1:{port}/", services(port))
    server.close()
    assert result.problem is Problem.TLS_ERROR


def test_an_address_and_a_port_are_checked_together() -> None:
    way_out = guard(80, networks=("10.1.0.0/16",))
    way_out.check("10.1.2.3", 80)
    way_out.check("8.8.8.8", 80)
    for ip, port in (("10.2.0.1", 80), ("8.8.8.8", 81), ("127.0.0.1", 80), ("fe80::1%eth0", 80)):
        with pytest.raises(BlockedAddressError):
            way_out.check(ip, port)


def test_consent_is_for_one_host_and_one_port() -> None:
    relay = guard(80).consenting("10.0.0.5", 25)
    relay.check("10.0.0.5", 25)
    for ip, port in (("10.0.0.5", 80), ("10.0.0.6", 25), ("8.8.8.8", 25)):
        with pytest.raises(BlockedAddressError):
            relay.check(ip, port)
    with pytest.raises(BlockedAddressError):
        guard(80).check("10.0.0.5", 25)


@pytest.mark.parametrize("url", ["file:///etc/passwd", "http://u:p@a.example/", "a.example", "//"])
def test_what_is_no_web_address_is_no_url_to_check(url: str) -> None:
    with pytest.raises(InputError):
        guard(80).check_url(url)


async def test_a_socket_for_mail_is_opened_to_the_host_that_the_operator_named() -> None:
    async with site() as relay:
        names = Names({"relay.example": ["127.0.0.1"]})
        way_out = Egress((), (80,), resolver=lambda: names, tls=trusting_the_system())
        way_out = way_out.consenting("relay.example", relay.port)
        sock = await way_out.open_socket("relay.example", relay.port, 5)
        assert sock.getpeername() == ("127.0.0.1", relay.port)
        assert not sock.getblocking()
        sock.close()


async def test_no_socket_is_opened_to_a_host_that_nobody_named() -> None:
    async with site() as inside:
        with pytest.raises(BlockedAddressError):
            await guard(inside.port).open_socket("localhost", inside.port, 5)
    assert inside.connects == 0


async def test_a_socket_to_a_closed_port_is_an_oserror() -> None:
    async with site() as closed:
        pass
    with pytest.raises(ConnectionRefusedError):
        await guard(closed.port, networks=("127.0.0.0/8",)).open_socket("127.0.0.1", closed.port, 5)


def test_certificates_are_verified_unless_the_tests_say_otherwise() -> None:
    context = Egress(LOOPBACK).ssl_context
    assert context.verify_mode is ssl.CERT_REQUIRED
    assert context.check_hostname


def test_no_socket_is_made_for_what_is_no_internet_address() -> None:
    info = (socket.AF_UNIX, socket.SOCK_STREAM, 0, "", "/run/secrets.sock")
    with pytest.raises(OSError, match="no internet address"):
        guard(80)._guarded_socket(info)


async def test_a_host_without_an_address_is_an_oserror() -> None:
    class Nothing(Names):
        async def resolve(self, *_: Any, **__: Any) -> list[Any]:
            return []

    way_out = Egress((), (80,), resolver=lambda: Nothing({}), tls=trusting_the_system())
    with pytest.raises(OSError, match=r"nothing\.example has no address") as failed:
        await way_out.open_socket("nothing.example", 80, 1)
    assert failed.value.errno == errno.EHOSTUNREACH


def test_consent_leaves_the_ports_and_the_authorities_as_they_were() -> None:
    way_out = guard(81)
    relay = way_out.consenting("10.0.0.5", 25)
    relay.check("8.8.8.8", 81)
    assert relay.ssl_context is way_out.ssl_context
    for port in (80, 443, 8080, 8443):
        with pytest.raises(BlockedAddressError):
            relay.check("8.8.8.8", port)


async def test_a_name_server_that_is_silent_is_left_at_the_deadline() -> None:
    class Silent(Names):
        async def resolve(self, *_: Any, **__: Any) -> list[Any]:
            await forever()
            return []

    way_out = Egress((), (80,), resolver=lambda: Silent({}), tls=trusting_the_system())
    with pytest.raises(TimeoutError):
        await way_out.open_socket("silent.example", 80, 0.05)


async def test_the_system_is_asked_for_names() -> None:
    async with site() as home:
        way_out = guard(home.port, networks=("127.0.0.0/8", "::1/128"))
        [answer, *_] = [
            each
            for each in await way_out._resolved("localhost", home.port)
            if each["family"] is socket.AF_INET
        ]
        assert answer["host"] == "127.0.0.1"
        assert answer["hostname"] == "localhost"
        assert answer["port"] == home.port
        assert answer["flags"] == socket.AI_NUMERICHOST
        sock = await way_out.open_socket("localhost", home.port, 5)
        assert sock.type is socket.SOCK_STREAM
        sock.close()


async def test_the_client_keeps_nothing_asks_nobody_else_and_unpacks_nothing() -> None:
    way_out = guard(80)
    async with way_out.session(limit=7, max_field_size=999) as session:
        assert isinstance(session.cookie_jar, aiohttp.DummyCookieJar)
        assert session.trust_env is False
        assert session.auto_decompress is False
        assert session._max_field_size == 999
        left_out = {"Accept", "Accept-Encoding", "Content-Type", "User-Agent"}
        assert {str(each) for each in session.skip_auto_headers} == left_out
        connector = session.connector
        assert isinstance(connector, aiohttp.TCPConnector)
        assert connector.limit == 7
        assert connector._ssl is way_out.ssl_context
        assert connector._socket_factory == way_out._guarded_socket
        assert connector._cached_hosts._ttl == 300, "a site that moves is found again"
        assert type(connector._resolver).__name__ == "_NotingResolver"
    async with way_out.session() as usual:
        assert usual.connector is not None
        assert usual.connector.limit == 100
        assert usual._max_field_size == 16_384


async def test_a_silent_name_server_keeps_nobody_waiting_at_the_end() -> None:
    from crawler.fetch.egress import _SystemResolver

    resolver = _SystemResolver()
    held = threading.Event()
    under_way = resolver._threads.submit(held.wait)
    waiting = [resolver._threads.submit(held.wait) for _ in range(20)]
    await resolver.close()  # else this would wait, and nobody lets go of them
    assert not under_way.done()
    held.set()
    assert under_way.result()
    assert waiting[-1].cancelled()
