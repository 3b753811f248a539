"""The long-lived crawl: visits what is due, keeps going whatever happens, and ends when told."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from scrapy import Request
from scrapy.http import Response

from crawler.fetch.budget import Budgets
from crawler.visits import crawl as crawl_module
from crawler.visits.records import Visit, VisitResult
from storage.hot.frontier import Due, FrontierKey, Lease
from storage.hot.frontier.memory import MemoryFrontier
from storage.models.problems import Problem
from tests.crawler.fetch.site import Site, Writer, answer, site
from tests.crawler.visits.visits import Collector, crawling, due, now, services
from tests.waiting import eventually, forever, settled

PAGE = b"<p>News.</p>"


@asynccontextmanager
async def sites(number: int, pages: dict[str, bytes]) -> AsyncIterator[list[Site]]:
    """Open several sites: hosts of their own, since their ports differ."""
    async with AsyncExitStack() as stack:
        yield [await stack.enter_async_context(site(dict(pages))) for _ in range(number)]


async def fill(frontier: MemoryFrontier, urls: list[str]) -> None:
    for number, url in enumerate(urls):
        await frontier.put(due(url, f"page:{number}"))


async def postponed(frontier: MemoryFrontier) -> datetime | None:
    """Return when the next is due, if that is not soon."""
    at = await frontier.next_at(now())
    return at if at is not None and at - now() > timedelta(minutes=50) else None


async def is_empty(frontier: MemoryFrontier) -> bool:
    return await frontier.size() == 0


async def test_everything_due_is_visited() -> None:
    frontier, visitor = MemoryFrontier(60), Collector()
    async with sites(4, {f"/{n}": answer(200, PAGE) for n in range(5)}) as homes:
        urls = [home.url(f"/{n}") for home in homes for n in range(5)]
        await fill(frontier, urls)
        async with crawling(frontier, visitor, services(*(home.port for home in homes))):
            results = await visitor.wait_for(20)
    assert sorted(result.url for result in results) == sorted(urls)
    assert all(result.body == PAGE for result in results)


async def test_all_headers_called_link_are_handed_on() -> None:
    frontier, visitor = MemoryFrontier(60), Collector()
    linked = answer(200, PAGE, link="<https://hub.example/>; rel=hub").replace(
        b"Connection:", b"Link: </feed>; rel=self\r\nConnection:"
    )
    async with site({"/a": linked, "/b": answer(200, PAGE)}) as home:
        await fill(frontier, [home.url("/a"), home.url("/b")])
        async with crawling(frontier, visitor, services(home.port)):
            results = await visitor.wait_for(2)
    links = {result.url: result.links for result in results}
    assert links[home.url("/b")] is None
    assert links[home.url("/a")] == "</feed>; rel=self,<https://hub.example/>; rel=hub"


async def test_a_crawl_without_work_lives_on_and_is_woken(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Asked(MemoryFrontier):
        asked = 0

        async def next_at(self, now: datetime) -> datetime | None:
            self.asked += 1
            return await super().next_at(now)

    monkeypatch.setattr(crawl_module, "_LONGEST_NAP", 3600.0)
    frontier, visitor = Asked(60), Collector()
    async with (
        site({"/a": answer(200, PAGE)}) as home,
        crawling(frontier, visitor, services(home.port)) as crawl,
    ):
        await eventually(lambda: frontier.asked)
        await frontier.put(due(home.url("/a")))
        crawl.wake()
        await visitor.wait_for(1)


async def test_what_is_due_later_is_visited_then() -> None:
    frontier, visitor = MemoryFrontier(60), Collector()
    async with site({"/a": answer(200, PAGE)}) as home:
        at = now() + timedelta(seconds=0.3)
        await frontier.put(Due(FrontierKey.parse("page:1"), home.url("/a"), "here", at))
        async with crawling(frontier, visitor, services(home.port)):
            (result,) = await visitor.wait_for(1)
    assert at <= result.at


async def test_one_host_is_asked_one_thing_at_a_time_and_others_meanwhile() -> None:
    at_once: dict[int, int] = {}
    most: dict[str, int] = {"host": 0, "all": 0}

    class Watched(Site):
        async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            at_once[self.port] = at_once.get(self.port, 0) + 1
            most["host"] = max(most["host"], at_once[self.port])
            most["all"] = max(most["all"], sum(at_once.values()))
            if most["all"] < 3:  # each waits until all hosts are asked at once
                await eventually(lambda: most["all"] == 3)
            await super()._answer(reader, writer)
            at_once[self.port] -= 1

    frontier, visitor = MemoryFrontier(60), Collector()
    homes = [Watched() for _ in range(3)]
    servers = [await asyncio.start_server(home.serve, "127.0.0.1", 0) for home in homes]
    for home, server in zip(homes, servers, strict=True):
        home.port = server.sockets[0].getsockname()[1]
    await fill(frontier, [home.url(f"/{n}") for home in homes for n in range(4)])
    async with crawling(frontier, visitor, services(*(home.port for home in homes))):
        await visitor.wait_for(12)
    for server in servers:
        server.close()
    assert most["host"] == 1
    assert most["all"] == 3


async def test_the_gap_lies_between_two_pages_of_a_host() -> None:
    frontier, visitor = MemoryFrontier(60), Collector()
    async with site({"/0": answer(200, PAGE), "/1": answer(200, PAGE)}) as home:
        await fill(frontier, [home.url("/0"), home.url("/1")])
        async with crawling(frontier, visitor, services(home.port, host_delay_seconds=0.2)):
            await visitor.wait_for(2)
    gaps = [b.at - a.at for a, b in zip(home.asked, home.asked[1:], strict=False)]
    assert min(gaps) >= 0.19


async def test_a_host_that_asks_to_wait_is_left_alone_and_others_are_not() -> None:
    frontier, visitor = MemoryFrontier(60), Collector()
    busy_page = answer(429, retry_after="3600")
    async with site({"/0": busy_page, "/1": busy_page}) as busy, site() as other:
        other.pages = {"/2": answer(200, PAGE)}
        await fill(frontier, [busy.url("/0"), busy.url("/1"), other.url("/2")])
        async with crawling(frontier, visitor, services(busy.port, other.port)):
            await visitor.wait_for(2)
            await eventually(lambda: postponed(frontier))
    assert len(visitor.results) == 2
    assert busy.paths() == ["/robots.txt", "/0"]
    assert await frontier.claim(now() + timedelta(minutes=59), 9) == []


async def test_a_url_that_nobody_wants_any_more_is_forgotten() -> None:
    class Uninterested(Collector):
        async def prepare(self, due: Due) -> Visit | None:
            return await super().prepare(due) if str(due.key) == "page:1" else None

    frontier, visitor = MemoryFrontier(60), Uninterested()
    async with site({"/1": answer(200, PAGE)}) as home:
        await fill(frontier, [home.url("/0"), home.url("/1")])
        async with crawling(frontier, visitor, services(home.port)):
            await visitor.wait_for(1)
            await eventually(lambda: is_empty(frontier))
    assert "/0" not in home.paths()
    assert await frontier.size() == 0


class Buggy(Collector):
    """A visitor with a bug that some pages meet."""

    async def prepare(self, due: Due) -> Visit | None:
        if due.url.endswith("/unready"):
            raise KeyError(due.url)
        return await super().prepare(due)

    async def visited(self, result: VisitResult) -> None:
        if result.url.endswith("/bug"):
            raise ZeroDivisionError
        await super().visited(result)


@pytest.mark.parametrize("path", ["/bug", "/unready"])
async def test_a_bug_of_the_visitor_costs_one_visit_and_not_the_crawl(path: str) -> None:
    frontier, visitor = MemoryFrontier(60), Buggy()
    async with site({path: answer(200, PAGE), "/1": answer(200, PAGE)}) as home:
        await fill(frontier, [home.url(path), home.url("/1")])
        async with crawling(frontier, visitor, services(home.port)) as crawl:
            await visitor.wait_for(1)
            await eventually(lambda: crawl.bugs == 1)
    again = await frontier.claim(now() + timedelta(hours=1), 9)
    assert [lease.due.url for lease in again] == [home.url(path)], "it is tried again later"
    assert await frontier.claim(now(), 9) == []


async def test_a_frontier_out_of_reach_for_a_moment_does_not_end_the_crawl(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Shaky(MemoryFrontier):
        failures = 1

        async def claim(self, now: datetime, limit: int) -> list[Lease]:
            if self.failures:
                self.failures -= 1
                raise ConnectionError
            return await super().claim(now, limit)

    monkeypatch.setattr(crawl_module, "_AFTER_FRONTIER_FAILED", 0.01)
    frontier, visitor = Shaky(60), Collector()
    async with site({"/a": answer(200, PAGE)}) as home:
        await frontier.put(due(home.url("/a")))
        async with crawling(frontier, visitor, services(home.port)) as crawl:
            await visitor.wait_for(1)
    assert crawl.bugs == 1


async def test_a_lease_is_settled_only_when_the_visitor_is_done() -> None:
    class Slow(Collector):
        open_while_busy: object = None

        async def visited(self, result: VisitResult) -> None:
            await settled()
            self.open_while_busy = await frontier.claim(now(), 9)
            await super().visited(result)

    frontier, visitor = MemoryFrontier(60), Slow()
    async with site({"/0": answer(200, PAGE), "/1": answer(200, PAGE)}) as home:
        await fill(frontier, [home.url("/0"), home.url("/1")])
        async with crawling(frontier, visitor, services(home.port)):
            await visitor.wait_for(1)
            assert visitor.open_while_busy == []


async def test_stopping_lets_a_visit_end() -> None:
    stopping = asyncio.Event()

    async def slow(writer: asyncio.StreamWriter) -> None:
        await stopping.wait()
        writer.write(answer(200, PAGE))

    frontier, visitor = MemoryFrontier(60), Collector()
    async with site({"/a": slow}) as home:
        await frontier.put(due(home.url("/a")))
        async with crawling(frontier, visitor, services(home.port)) as crawl:
            await eventually(lambda: "/a" in home.paths())
            ending = asyncio.create_task(crawl.stop())
            await settled()
            assert not ending.done()
            stopping.set()
            await ending
    assert [result.body for result in visitor.results] == [PAGE]


async def _never(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\n")
    await forever()


@pytest.mark.parametrize("stuck", ["in the network", "in its slot", "at robots.txt"])
async def test_stopping_cuts_off_what_does_not_end(
    stuck: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(crawl_module, "_DRAIN_SECONDS", 0.1)
    frontier, visitor = MemoryFrontier(60), Collector()
    rules: dict[str, bytes | Writer] = {
        "in its slot": answer(200, b"User-agent: *\nCrawl-delay: 30"),
        "at robots.txt": _never,
    }
    async with site({"/a": _never, "/robots.txt": rules.get(stuck, answer(404))}) as home:
        await frontier.put(due(home.url("/a")))
        async with crawling(frontier, visitor, services(home.port, timeout_seconds=60)):
            await eventually(
                lambda: home.paths()[-1:] == ["/a" if "net" in stuck else "/robots.txt"]
            )
    assert visitor.results == [], "a visit that we cut off says nothing of its page"
    again = await frontier.claim(now() + timedelta(seconds=61), 9)
    assert [lease.due.url for lease in again] == [home.url("/a")], "and the page stays due"


async def test_stopping_cuts_off_a_visitor_that_does_not_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Stuck(Collector):
        async def visited(self, result: VisitResult) -> None:
            await super().visited(result)
            await forever()

    monkeypatch.setattr(crawl_module, "_DRAIN_SECONDS", 0.1)
    frontier, visitor = MemoryFrontier(60), Stuck()
    async with site({"/a": answer(200, PAGE)}) as home:
        await frontier.put(due(home.url("/a")))
        async with crawling(frontier, visitor, services(home.port)) as crawl:
            await visitor.wait_for(1)
    assert crawl.bugs == 0
    assert len(await frontier.claim(now(), 9)) == 1


async def test_stopping_while_busy_leases_nothing_more() -> None:
    frontier, visitor = MemoryFrontier(60), Collector()
    async with sites(3, {f"/{n}": answer(200, PAGE) for n in range(50)}) as homes:
        await fill(frontier, [home.url(f"/{n}") for home in homes for n in range(50)])
        async with crawling(frontier, visitor, services(*(home.port for home in homes))):
            await visitor.wait_for(5)
    assert len(visitor.results) + await frontier.size() == 150
    assert len(visitor.results) < 150


async def test_a_crawl_that_can_not_begin_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    broken = {"TWISTED_REACTOR_ENABLED": False, "SCHEDULER": "no.such.Scheduler"}
    monkeypatch.setattr(crawl_module, "scrapy_settings", lambda _: broken)
    crawl = crawl_module.Crawl(MemoryFrontier(60), Collector(), services(80))
    with pytest.raises(ImportError):
        await crawl.run()


async def test_nothing_stays_behind_a_visit() -> None:
    frontier, visitor = MemoryFrontier(60), Collector()
    async with site({"/a": answer(302, location="/b"), "/b": answer(404, b"gone")}) as home:
        parts = services(home.port)
        async with crawling(frontier, visitor, parts) as crawl:

            async def visit_times(number: int) -> int:
                wanted = len(visitor.results) + number
                while len(visitor.results) < wanted:
                    before = len(visitor.results)
                    await frontier.put(due(home.url("/a")))
                    crawl.wake()
                    await visitor.wait_for(before + 1)
                visitor.results.clear()
                await settled()
                gc.collect()
                kinds = (Request, Response, VisitResult, Lease, asyncio.Task, asyncio.Timeout)
                # By type: asking a weak proxy for its class asks what may be gone.
                return sum(issubclass(type(thing), kinds) for thing in gc.get_objects())

            first = await visit_times(10)
            second = await visit_times(20)
    assert second <= first + 2


async def test_what_fails_has_a_name_and_ends_the_visit_all_the_same() -> None:
    frontier, visitor = MemoryFrontier(60), Collector()
    async with site() as gone:
        pass
    await frontier.put(due(gone.url("/a")))
    async with crawling(frontier, visitor, services(gone.port)):
        (result,) = await visitor.wait_for(1)
    assert (result.problem, result.status) == (Problem.CONNECTION_REFUSED, None)
    assert str(result.lease.due.key) == "page:1"


async def test_a_page_over_the_budget_of_its_source_waits_and_is_not_dropped() -> None:
    frontier, visitor = MemoryFrontier(60), Collector()
    async with site({"/a": answer(200, PAGE)}) as home:
        parts = replace(services(home.port), budgets=Budgets(9))
        parts.budgets.restore((7, now()) for _ in range(9))
        await frontier.put(due(home.url("/a")))
        async with crawling(frontier, visitor, parts):
            at = await eventually(lambda: postponed(frontier))
    assert home.asked == []
    assert at is not None
    assert at - now() > timedelta(hours=23)
