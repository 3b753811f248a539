"""One visit, with real Scrapy against real servers: what it brings, and under which name it fails."""

from __future__ import annotations

import asyncio
import gzip
import itertools
import struct
from datetime import timedelta

import brotli  # type: ignore[import-untyped] # carries no types
import pytest

from scheduler.actions.source_discovery import fetch_once
from storage.models.fetches import Fetch
from storage.models.problems import Problem
from tests.crawler.fetch.site import Writer, answer, site
from tests.crawler.visits.visits import now, services, visit

PAGE = b"<p>News.</p>"


async def test_a_page_comes_with_what_its_server_says_of_it() -> None:
    said = answer(200, PAGE, content_type="text/html", etag='"v1"', last_modified="Mon")
    async with site({"/a": said}) as home:
        result = await visit(home.url("/a"), services(home.port))
    assert (result.status, result.body, result.problem) == (200, PAGE, None)
    assert (result.content_type, result.etag, result.last_modified) == ("text/html", '"v1"', "Mon")
    assert (result.url, result.permanent_redirect) == (home.url("/a"), None)


async def test_we_say_who_we_are_and_how_to_reach_us() -> None:
    async with site({"/a": answer(200, PAGE)}) as home:
        await visit(home.url("/a"), services(home.port))
    for asked in home.asked:
        assert asked.headers["user-agent"] == "wirewatch/9 (+https://watch.example/about)"
        assert "cookie" not in asked.headers
        assert "referer" not in asked.headers


async def test_cookies_are_not_kept() -> None:
    async with site() as home:
        home.pages = {
            "/a": answer(302, location="/b", set_cookie="who=you"),
            "/b": answer(200, PAGE),
        }
        await visit(home.url("/a"), services(home.port))
    assert "cookie" not in home.asked_for("/b").headers


async def test_validators_are_sent_and_a_304_is_no_failure() -> None:
    async with site({"/a": answer(304)}) as home:
        result = await visit(
            home.url("/a"), services(home.port), etag='"v1"', last_modified="Tue, 1"
        )
    assert (result.not_modified, result.problem, result.body) == (True, None, b"")
    assert home.asked_for("/a").headers["if-none-match"] == '"v1"'
    assert home.asked_for("/a").headers["if-modified-since"] == "tue, 1"
    assert "if-none-match" not in home.asked_for("/robots.txt").headers


@pytest.mark.parametrize(
    ("status", "problem"),
    [
        (401, Problem.FORBIDDEN),
        (403, Problem.FORBIDDEN),
        (404, Problem.NOT_FOUND),
        (410, Problem.GONE),
        (418, Problem.CLIENT_ERROR),
        (429, Problem.RATE_LIMITED),
        (451, Problem.FORBIDDEN),
        (500, Problem.SERVER_ERROR),
        (503, Problem.SERVER_ERROR),
        (304 + 2, Problem.BAD_RESPONSE),
    ],
)
async def test_a_status_has_a_name(status: int, problem: Problem) -> None:
    async with site({"/a": answer(status, b"why")}) as home:
        result = await visit(home.url("/a"), services(home.port))
    assert (result.status, result.problem, result.body) == (status, problem, b"")


@pytest.mark.parametrize("encoding", ["gzip", "br", "gzip, br"])
async def test_a_packed_body_is_unpacked(encoding: str) -> None:
    packed = PAGE
    for step in encoding.split(", "):
        packed = {"gzip": gzip.compress, "br": brotli.compress}[step](packed)
    async with site({"/a": answer(200, packed, content_encoding=encoding)}) as home:
        result = await visit(home.url("/a"), services(home.port))
    assert result.body == PAGE


@pytest.mark.parametrize("encoding", ["gzip", "br", "gzip, gzip, br"])
async def test_a_bomb_does_not_go_off(encoding: str) -> None:
    packed = bytes(1_000_000)
    for step in encoding.split(", "):
        packed = {"gzip": gzip.compress, "br": brotli.compress}[step](packed)
    async with site({"/a": answer(200, packed, content_encoding=encoding)}) as home:
        result = await visit(home.url("/a"), services(home.port))
    assert result.problem is Problem.TOO_LARGE


async def test_an_endless_body_is_left_at_the_limit() -> None:
    written = 0

    async def endless(writer: asyncio.StreamWriter) -> None:
        nonlocal written
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        while written < 50_000_000:
            writer.write(bytes(10_000))
            written += 10_000
            await writer.drain()

    async with site({"/a": endless}) as home:
        result = await visit(home.url("/a"), services(home.port))
    assert result.problem is Problem.TOO_LARGE
    assert written < 50_000_000


async def test_a_sitemap_may_be_larger_than_a_page() -> None:
    body = bytes([*b"<urlset>"]) + b" " * 2_000_000
    async with site({"/sitemap.xml": answer(200, body), "/a": answer(200, body)}) as home:
        sitemap = await fetch_once(home.url("/sitemap.xml"), services(home.port))
        page = await fetch_once(home.url("/a"), services(home.port))
    assert (len(sitemap.body), sitemap.problem) == (len(body), None)
    assert page.problem is Problem.TOO_LARGE


async def test_a_body_announced_as_too_large_is_not_read() -> None:
    said = b"HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n"
    async with site({"/a": said}) as home:
        result = await visit(home.url("/a"), services(home.port))
    assert result.problem is Problem.TOO_LARGE


async def _trickled(writer: asyncio.StreamWriter) -> None:
    """Let what was written go, and wait a moment: so it never ends by itself."""
    await writer.drain()
    await asyncio.sleep(0.05)


async def _slow_head(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\n")
    for number in itertools.count():
        writer.write(b"X-%d: 1\r\n" % number)
        await _trickled(writer)


async def _slow_body(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
    while True:
        writer.write(b".")
        await _trickled(writer)


@pytest.mark.parametrize("slow", [_slow_head, _slow_body])
async def test_what_trickles_ends_at_the_deadline_of_the_whole(slow: Writer) -> None:
    async with site({"/a": slow}) as home:
        result = await visit(home.url("/a"), services(home.port, timeout_seconds=0.25))
    assert result.problem is Problem.TIMEOUT
    assert result.seconds < 2


async def _reset(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nhalf")
    await writer.drain()
    sock = writer.get_extra_info("socket")
    sock.setsockopt(1, 13, struct.pack("ii", 1, 0))  # SO_LINGER 0: an RST when closed
    writer.transport.abort()


@pytest.mark.parametrize(
    ("said", "problem"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nhalf", Problem.TRUNCATED),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab", Problem.TRUNCATED),
        (answer(200, gzip.compress(PAGE)[:-9], content_encoding="gzip"), Problem.TRUNCATED),
        (_reset, Problem.TRUNCATED),
        (answer(200, PAGE, content_encoding="gzip"), Problem.BAD_RESPONSE),
        (b"SSH-2.0-OpenSSH\r\n", Problem.BAD_RESPONSE),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-5\r\nab", Problem.BAD_RESPONSE),
        (b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nab", Problem.BAD_RESPONSE),
        (b"HTTP/1.1 200 OK\r\n" + b"X: 1\r\n" * 500 + b"\r\n", Problem.BAD_RESPONSE),
        (b"HTTP/1.1 200 OK\r\nX: " + b"1" * 99_999 + b"\r\n\r\n", Problem.BAD_RESPONSE),
        (b"", Problem.CONNECTION_LOST),
    ],
)
async def test_a_broken_answer_is_no_page(said: bytes | Writer, problem: Problem) -> None:
    async with site({"/a": said}) as home:
        result = await visit(home.url("/a"), services(home.port))
    assert (result.problem, result.body) == (problem, b"")


async def test_a_name_that_does_not_exist_is_told_from_a_name_server_that_does_not_answer() -> None:
    parts = services(80, names={"lame.example": []})
    assert (await visit("http://gone.example/", parts)).problem is Problem.DNS_NOT_FOUND
    assert (await visit("http://lame.example/", parts)).problem is Problem.DNS_FAILURE


async def test_a_closed_port_is_a_refused_connection() -> None:
    async with site() as home:
        pass
    result = await visit(home.url(), services(home.port))
    assert result.problem is Problem.CONNECTION_REFUSED


async def test_redirects_are_followed_and_permanent_ones_are_told() -> None:
    async with site() as home:
        home.pages = {
            "/a": answer(301, location="/b"),
            "/b": answer(308, location=home.url("/c#part")),
            "/c": answer(200, PAGE),
        }
        result = await visit(home.url("/a"), services(home.port))
    assert (result.url, result.body) == (home.url("/c"), PAGE)
    assert result.permanent_redirect == home.url("/c")


async def test_one_passing_redirect_makes_the_way_a_passing_one() -> None:
    async with site() as home:
        home.pages = {
            "/a": answer(302, location="/b"),
            "/b": answer(301, location="/c"),
            "/c": answer(200, PAGE),
        }
        result = await visit(home.url("/a"), services(home.port))
    assert (result.url, result.permanent_redirect) == (home.url("/c"), None)


async def test_a_redirect_target_is_not_asked_about_our_copy_of_something_else() -> None:
    async with site() as home:
        home.pages = {"/a": answer(302, location="/b"), "/b": answer(200, PAGE)}
        await visit(home.url("/a"), services(home.port), etag='"v1"', last_modified="Mon")
    assert not {"if-none-match", "if-modified-since"} & set(home.asked_for("/b").headers)


async def test_a_redirect_loop_ends_at_the_limit() -> None:
    async with site() as home:
        home.pages = {"/a": answer(302, location="/a")}
        result = await visit(home.url("/a"), services(home.port, max_redirects=3))
    assert result.problem is Problem.REDIRECT_LOOP
    assert home.paths().count("/a") == 4


@pytest.mark.parametrize(
    "target", ["file:///etc/passwd", "data:text/html,x", "ftp://a.example/", "javascript:1"]
)
async def test_a_redirect_leads_to_the_web_or_nowhere(target: str) -> None:
    async with site({"/a": answer(302, location=target)}) as home:
        result = await visit(home.url("/a"), services(home.port))
    assert (result.problem, result.body) == (Problem.BAD_URL, b"")


@pytest.mark.parametrize("url", ["file:///etc/passwd", "http://user:pass@a.example/", "ftp://a/"])
async def test_only_plain_web_addresses_are_visited(url: str) -> None:
    result = await visit(url, services(80))
    assert result.problem is Problem.BAD_URL


async def test_what_robots_txt_disallows_is_not_asked_for() -> None:
    rules = b"User-agent: *\nDisallow: /\nUser-agent: wirewatch\nDisallow: /private"
    async with site({"/robots.txt": answer(200, rules), "/a": answer(200, PAGE)}) as home:
        parts = services(home.port)
        assert (await visit(home.url("/a"), parts)).body == PAGE
        refused = await visit(home.url("/private/a"), parts)
    assert refused.problem is Problem.ROBOTS_DISALLOWED
    assert home.paths() == ["/robots.txt", "/a"]


async def test_a_redirect_asks_the_robots_txt_of_where_it_leads() -> None:
    other_rules = answer(200, b"User-agent: *\nDisallow: /b")
    async with site({"/robots.txt": other_rules}) as other, site() as home:
        home.pages = {"/a": answer(302, location=other.url("/b"))}
        result = await visit(home.url("/a"), services(home.port, other.port))
    assert result.problem is Problem.ROBOTS_DISALLOWED
    assert other.paths() == ["/robots.txt"]


@pytest.mark.parametrize("status", [500, 503])
async def test_a_robots_txt_that_fails_closes_the_site(status: int) -> None:
    async with site({"/robots.txt": answer(status), "/a": answer(200, PAGE)}) as home:
        result = await visit(home.url("/a"), services(home.port))
    assert result.problem is Problem.ROBOTS_UNREACHABLE
    assert str(status) in result.detail
    assert "/a" not in home.paths()


async def test_a_robots_txt_that_redirects_without_end_is_as_good_as_none() -> None:
    async with site() as home:
        home.pages = {
            "/robots.txt": answer(302, location="/robots.txt"),
            "/a": answer(200, PAGE),
        }
        result = await visit(home.url("/a"), services(home.port))
    assert result.body == PAGE
    assert home.paths().count("/robots.txt") == 6


async def test_of_an_endless_robots_txt_the_beginning_counts() -> None:
    async def endless(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\n\r\nUser-agent: *\nDisallow: /private\n")
        for _ in range(3_000):
            writer.write(b"Disallow: /" + b"x" * 989 + b"\n")
            await writer.drain()

    async with site({"/robots.txt": endless, "/a": answer(200, PAGE)}) as home:
        parts = services(home.port, max_bytes=1_000_000)
        assert (await visit(home.url("/private"), parts)).problem is Problem.ROBOTS_DISALLOWED
        assert (await visit(home.url("/a"), parts)).body == PAGE


async def test_crawl_delay_lies_between_two_requests() -> None:
    rules = answer(200, b"User-agent: *\nCrawl-delay: 0.25")
    async with site({"/robots.txt": rules, "/a": answer(200, PAGE)}) as home:
        await visit(home.url("/a"), services(home.port))
    assert home.asked_for("/a").at - home.asked_for("/robots.txt").at >= 0.25


async def test_redirects_wait_for_their_host_too() -> None:
    async with site() as home:
        home.pages = {"/a": answer(302, location="/b"), "/b": answer(200, PAGE)}
        await visit(home.url("/a"), services(home.port, host_delay_seconds=0.15))
    first, second, third = (asked.at for asked in home.asked)
    assert second - first >= 0.15
    assert third - second >= 0.15


async def test_retry_after_is_told_and_kept() -> None:
    async with site({"/a": answer(429, retry_after="3600")}) as home:
        parts = services(home.port)
        result = await visit(home.url("/a"), parts)
        again = await visit(home.url("/a"), parts)
    assert result.problem is again.problem is Problem.RATE_LIMITED
    assert result.retry_after is not None
    assert again.retry_after is not None
    in_an_hour = now() + timedelta(hours=1)
    assert abs(result.retry_after - in_an_hour) < timedelta(seconds=10)
    assert abs(again.retry_after - in_an_hour) < timedelta(seconds=10)
    assert home.paths().count("/a") == 1, "the host was asked again within its hour"


async def test_each_request_that_goes_out_is_a_line_of_the_ledger() -> None:
    ledger: list[Fetch] = []
    packed = gzip.compress(PAGE * 100)
    async with site() as home:
        home.pages = {
            "/a": answer(302, location="/b"),
            "/b": answer(200, packed, content_encoding="gzip"),
        }
        await visit(home.url("/a"), services(home.port, ledger=ledger))
    told = [(line.url, line.status, line.outcome, line.source_id) for line in ledger]
    assert told == [
        (home.url("/robots.txt"), 404, "not_found", None),
        (home.url("/a"), 302, "ok", 7),
        (home.url("/b"), 200, "ok", 7),
    ]
    assert ledger[-1].size == len(PAGE) * 100
    assert ledger[-1].host == f"127.0.0.1:{home.port}"


async def test_what_failed_is_in_the_ledger_by_name() -> None:
    ledger: list[Fetch] = []
    async with site({"/a": answer(200, bytes(30_000))}) as home:
        await visit(home.url("/a"), services(home.port, ledger=ledger))
    assert ledger[-1].outcome == "too_large"
