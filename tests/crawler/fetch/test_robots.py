"""robots.txt by RFC 9309: what each answer means, and for how long."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from crawler.fetch.robots import MOST_BYTES, NoRobotsStore, RobotsAnswer, RobotsRules, RobotsService
from storage.models.problems import Problem

BEGIN = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
PAGE = "https://a.example/private/page"
CLOSED = b"User-agent: *\nDisallow: /private"


@dataclass
class Host:
    """A host that answers as told, asked by a service whose clock the test sets."""

    answer: RobotsAnswer
    now: datetime = BEGIN
    asked: list[str] = field(default_factory=list)

    def clock(self) -> datetime:
        return self.now

    async def ask(self, url: str) -> RobotsAnswer:
        self.asked.append(url)
        await asyncio.sleep(0)
        return self.answer


class Memory:
    """A store that remembers."""

    def __init__(self) -> None:
        self.kept: dict[str, tuple[datetime, int | None, bytes]] = {}

    async def get(self, authority: str) -> tuple[datetime, int | None, bytes] | None:
        return self.kept.get(authority)

    async def put(
        self, authority: str, fetched_at: datetime, status: int | None, body: bytes
    ) -> None:
        self.kept[authority] = (fetched_at, status, body)


async def rules_for(body: bytes) -> RobotsRules:
    host = Host(RobotsAnswer(200, body))
    return await RobotsService(NoRobotsStore(), host.clock).rules(PAGE, host.ask)


@pytest.mark.parametrize("status", [200, 203])
async def test_a_success_is_read(status: int) -> None:
    host = Host(RobotsAnswer(status, CLOSED))
    rules = await RobotsService(NoRobotsStore(), host.clock).rules(PAGE, host.ask)
    assert not rules.allow(PAGE)
    assert rules.allow("https://a.example/public")
    assert host.asked == ["https://a.example/robots.txt"]


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 429, 451, 302])
async def test_without_rules_everything_is_allowed(status: int) -> None:
    host = Host(RobotsAnswer(status, CLOSED))
    rules = await RobotsService(NoRobotsStore(), host.clock).rules(PAGE, host.ask)
    assert rules.allow(PAGE)
    assert rules.problem is None


@pytest.mark.parametrize("status", [500, 502, 503, 599])
async def test_a_server_that_fails_disallows_everything(status: int) -> None:
    host = Host(RobotsAnswer(status))
    rules = await RobotsService(NoRobotsStore(), host.clock).rules(PAGE, host.ask)
    assert not rules.allow(PAGE)
    assert rules.problem is Problem.ROBOTS_UNREACHABLE


async def test_a_host_that_gives_no_answer_keeps_the_name_of_its_problem() -> None:
    host = Host(RobotsAnswer(None, problem=Problem.DNS_NOT_FOUND, detail="no such name"))
    rules = await RobotsService(NoRobotsStore(), host.clock).rules(PAGE, host.ask)
    assert not rules.allow(PAGE)
    assert (rules.problem, rules.detail) == (Problem.DNS_NOT_FOUND, "no such name")


async def test_rules_hold_for_a_day_and_no_longer() -> None:
    host = Host(RobotsAnswer(200, CLOSED))
    service = RobotsService(Memory(), host.clock)
    await service.rules(PAGE, host.ask)
    host.now += timedelta(hours=23, minutes=59)
    await service.rules(PAGE, host.ask)
    assert len(host.asked) == 1
    host.now += timedelta(minutes=2)
    host.answer = RobotsAnswer(404)
    assert (await service.rules(PAGE, host.ask)).allow(PAGE)
    assert len(host.asked) == 2


async def test_rules_survive_a_restart() -> None:
    host, store = Host(RobotsAnswer(200, CLOSED)), Memory()
    await RobotsService(store, host.clock).rules(PAGE, host.ask)
    host.now += timedelta(hours=23)
    rules = await RobotsService(store, host.clock).rules(PAGE, host.ask)
    assert not rules.allow(PAGE)
    assert len(host.asked) == 1
    assert rules.expires_at == BEGIN + timedelta(hours=24), "a restart made them younger"


async def test_an_older_copy_serves_while_the_host_fails_but_not_for_ever() -> None:
    host = Host(RobotsAnswer(200, CLOSED))
    service = RobotsService(Memory(), host.clock)
    await service.rules(PAGE, host.ask)
    host.answer = RobotsAnswer(503)
    host.now += timedelta(days=2)
    rules = await service.rules(PAGE, host.ask)
    assert rules.allow("https://a.example/public")
    assert not rules.allow(PAGE)
    host.now += timedelta(days=40)
    assert not (await service.rules(PAGE, host.ask)).allow("https://a.example/public")


async def test_a_host_that_failed_is_asked_again_soon() -> None:
    host = Host(RobotsAnswer(503))
    service = RobotsService(Memory(), host.clock)
    await service.rules(PAGE, host.ask)
    host.now += timedelta(minutes=11)
    host.answer = RobotsAnswer(404)
    assert (await service.rules(PAGE, host.ask)).allow(PAGE)


async def test_a_host_is_asked_once_however_many_want_to_know() -> None:
    host = Host(RobotsAnswer(200, CLOSED))
    service = RobotsService(NoRobotsStore(), host.clock)
    await asyncio.gather(*(service.rules(PAGE, host.ask) for _ in range(9)))
    assert len(host.asked) == 1


async def test_each_scheme_and_port_has_rules_of_its_own() -> None:
    host = Host(RobotsAnswer(404))
    service = RobotsService(NoRobotsStore(), host.clock)
    urls = ("https://a.example/1", "http://a.example/1", "https://a.example:8443/1")
    for url in urls:
        await service.rules(url, host.ask)
    assert host.asked == [url.replace("/1", "/robots.txt") for url in urls]


async def test_a_group_of_our_own_goes_before_that_for_all() -> None:
    rules = await rules_for(b"User-agent: *\nDisallow: /\n\nUser-agent: WireWatch\nAllow: /")
    assert rules.allow(PAGE)


@pytest.mark.parametrize(
    "body",
    [
        b"\xef\xbb\xbf" + CLOSED,
        CLOSED.replace(b"\n", b"\r"),
        CLOSED.replace(b"\n", b"\r\n"),
        b"\0" + CLOSED,
        b"\xff\xfe\n" + CLOSED,
        b"<html>\n" + CLOSED,
    ],
)
async def test_rules_are_found_in_a_careless_file(body: bytes) -> None:
    assert not (await rules_for(body)).allow(PAGE)


async def test_a_web_page_in_place_of_rules_forbids_nothing() -> None:
    assert (await rules_for(b"<!doctype html><title>Not found</title>")).allow(PAGE)


async def test_of_a_long_file_the_first_500_kib_count_in_whole_lines() -> None:
    head = CLOSED + b"\n"
    rules = await rules_for(head + b"#" * (MOST_BYTES - len(head) - 12) + b"\nDisallow: /open")
    assert not rules.allow(PAGE)
    assert rules.allow("https://a.example/other"), "a cut line forbade everything"


@pytest.mark.parametrize(("line", "seconds"), [(b"7", 7), (b"0.5", 0.5), (b"soon", 0)])
async def test_crawl_delay_is_told(line: bytes, seconds: float) -> None:
    assert (await rules_for(b"User-agent: *\nCrawl-delay: " + line)).crawl_delay == seconds


@pytest.mark.parametrize(
    ("rules", "seconds"),
    [
        (b"Request-rate: 1/20", 20),
        (b"Request-rate: 4/2", 0.5),
        (b"Crawl-delay: 9\nRequest-rate: 1/3", 9),
    ],
)
async def test_a_request_rate_is_kept_as_a_delay(rules: bytes, seconds: float) -> None:
    assert (await rules_for(b"User-agent: *\n" + rules)).crawl_delay == seconds


async def test_rules_are_a_day_old_a_day_after_they_were_answered() -> None:
    host, store = Host(RobotsAnswer(404)), Memory()

    async def slow(url: str) -> RobotsAnswer:
        host.now += timedelta(minutes=5)  # in the queue for its host
        return await host.ask(url)

    rules = await RobotsService(store, host.clock).rules(PAGE, slow)
    assert rules.expires_at == BEGIN + timedelta(hours=24, minutes=5)
