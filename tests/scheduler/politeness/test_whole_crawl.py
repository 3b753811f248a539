"""A real crawl of several hosts: the server's own log says the same as the proof."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise, product

from crawler.fetch.robots import RobotsService
from scheduler.politeness.proof import LedgerChecker, Promises
from scheduler.politeness.records import PolitenessRule
from storage.hot.frontier.memory import MemoryFrontier
from storage.models.fetches import Fetch
from tests.crawler.fetch.site import answer, site
from tests.crawler.fetch.test_robots import Memory
from tests.crawler.visits.visits import Collector, crawling, due, now, services

HOSTS = ("a.site.example", "b.site.example", "c.other.example")
RULES = b"User-agent: *\nCrawl-delay: 0.2\nDisallow: /private"
PAGES = {
    "/robots.txt": answer(200, RULES),
    "/1": answer(200, b"<p>One.</p>"),
    "/moved": answer(301, location="/1"),
    "/busy": answer(429, retry_after="1"),
}
WANTED = ("/1", "/moved", "/private/x", "/busy", "/busy")


async def test_the_server_and_the_proof_agree() -> None:
    ledger: list[Fetch] = []
    store, frontier, visitor, began = Memory(), MemoryFrontier(60), Collector(), now()
    async with site(dict(PAGES)) as server:
        parts = services(server.port, names={host: ["127.0.0.1"] for host in HOSTS}, ledger=ledger)
        parts = replace(parts, robots=RobotsService(store, now))
        for number, (host, path) in enumerate(product(HOSTS, WANTED)):
            await frontier.put(due(server.url(path, host), f"page:{number}"))
        async with crawling(frontier, visitor, parts):
            await visitor.wait_for(len(HOSTS) * len(WANTED))
        promises = Promises(
            robots=store.kept.get, longest_crawl_delay=300, budget=0, contact="https://me.example/"
        )
        checker = LedgerChecker(promises, began)
        for line in sorted(ledger, key=lambda each: each.at):
            checker.take(line)
        proof = checker.proof()
        assert proof.holds, proof.broken
        assert proof.requests == len(server.asked) == len(HOSTS) * 6
        assert proof.unproved == {}
        assert proof.proved[PolitenessRule.ROBOTS] == len(HOSTS) * 5
        for host in HOSTS:
            asked = [each for each in server.asked if each.headers["host"].startswith(host)]
            assert all(after.at - before.at >= 0.2 for before, after in pairwise(asked)), host
            busy = [each.at for each in asked if each.path == "/busy"]
            assert busy[1] - busy[0] >= 1
            assert not any(each.path.startswith("/private") for each in asked)
