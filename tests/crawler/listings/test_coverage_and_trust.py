"""What polls prove, through the real pipeline: gaps counted and back-filled, validators that lie."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from crawler.listings.backfill import sitemaps_of_robots
from crawler.listings.formats.listing import read_listing
from crawler.visits.due import fill_frontier
from storage.crawl import coverage_gaps, robots, sources
from storage.hot.frontier import Due, FrontierKey, FrontierKind
from storage.hot.frontier.memory import MemoryFrontier
from storage.models.problems import Problem
from storage.models.sources import Source
from tests.crawler.news import NOON
from tests.crawler.world import World, feed

_DAY = timedelta(days=1)
SPACE = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'


def _source(world: World, source: Source) -> Source:
    with world.db.connect() as conn:
        return sources.get(conn, source.id)


def _sitemap(*dated: tuple[str, datetime]) -> str:
    urls = "".join(
        f"<url><loc>https://meridian.example/{path}</loc><lastmod>{at.isoformat()}</lastmod></url>"
        for path, at in dated
    )
    return f"<urlset {SPACE}>{urls}</urlset>"


async def _gap(world: World, source: Source) -> str | None:
    """Poll twice without overlap; the sitemap that is due then."""
    await world.listing(source, "a", "b", "c")
    world.now += timedelta(hours=4)
    await world.listing(source, "d", "e", "f")
    return (await _due(world.frontier, world.now)).get("backfill:1")


async def _due(frontier: MemoryFrontier, now: datetime) -> dict[str, str]:
    """Take all that is due out of a frontier: URLs by their keys."""
    found: dict[str, str] = {}
    while leases := await frontier.claim(now, 50):
        for lease in leases:
            found[str(lease.due.key)] = lease.due.url
            await frontier.settle(lease, host_open_at=now)
    return found


def _robots(world: World, text: bytes) -> None:
    with world.db.begin() as conn:
        robots.put(conn, "https://meridian.example", world.now, 200, text)


async def test_two_polls_without_overlap_may_have_missed_some(world: World) -> None:
    source = world.source()
    assert await _gap(world, source) is None
    seen = _source(world, source)
    assert (seen.listing.missed >= 1, seen.listing.overlap, seen.listing.listed) == (True, 0.0, 3)
    with world.db.connect() as conn:
        [gap] = coverage_gaps.of_source(conn, source.id, 10)
    assert (gap.since, gap.at, gap.filled) == (NOON, NOON + timedelta(hours=4), 0)
    assert gap.missed == seen.listing.missed


async def test_an_overlap_is_kept_and_no_gap(world: World) -> None:
    source = world.source()
    await world.listing(source, "a", "b")
    world.now += timedelta(hours=4)
    await world.listing(source, "d", "a")
    seen = _source(world, source)
    assert (seen.listing.missed, seen.listing.overlap) == (0, 0.5)


async def test_a_gap_is_filled_from_the_sitemap_that_robots_txt_names(world: World) -> None:
    source = world.source()
    _robots(world, b"Sitemap: https://meridian.example/map.xml\nUser-agent: *\nDisallow:\n")
    sitemap = await _gap(world, source)
    assert sitemap == "https://meridian.example/map.xml"
    inside, outside = NOON + timedelta(hours=2), NOON - timedelta(days=1)
    body = _sitemap(("missed", inside), ("old", outside), ("a", inside))
    await world.answer("backfill:1", sitemap, body, content_type="application/xml")
    with world.db.connect() as conn:
        [gap] = coverage_gaps.of_source(conn, source.id, 10)
    [missed] = [each for each in world.listed(source) if each.listing.found_how == "sitemap"]
    assert missed.page.url == "https://meridian.example/missed"
    assert not missed.listing.backlog
    assert missed.listing.absent_at == gap.since
    assert gap.filled == 1
    assert _source(world, source).listing.sitemap_url == sitemap
    assert f"page:{missed.page.id}" in await _due(world.frontier, world.now)


async def test_an_index_is_followed_to_its_newest_sitemaps_with_three_requests_at_most(
    world: World,
) -> None:
    source = world.source()
    _robots(world, b"Sitemap: https://meridian.example/index.xml\n")
    sitemap = await _gap(world, source)
    assert sitemap is not None
    parts = "".join(
        f"<sitemap><loc>https://meridian.example/{day}.xml</loc><lastmod>2026-05-{day}</lastmod></sitemap>"
        for day in (11, 13, 12)
    )
    asked = [sitemap]
    body = f"<sitemapindex {SPACE}>{parts}</sitemapindex>"
    while len(asked) < 9:
        await world.answer("backfill:1", asked[-1], body, content_type="application/xml")
        body = _sitemap((f"found-{len(asked)}", NOON + timedelta(hours=1)))
        sitemap = (await _due(world.frontier, world.now)).get("backfill:1")
        if sitemap is None:
            break
        asked.append(sitemap)
    assert [url.rpartition("/")[2] for url in asked] == ["index.xml", "13.xml", "12.xml"]
    with world.db.connect() as conn:
        assert coverage_gaps.of_source(conn, source.id, 1)[0].filled == 2


async def test_a_sitemap_that_fails_fills_nothing_and_is_not_asked_for_again(world: World) -> None:
    source = world.source()
    _robots(world, b"Sitemap: https://meridian.example/map.xml\n")
    sitemap = await _gap(world, source)
    assert sitemap is not None
    await world.answer("backfill:1", sitemap, status=404, problem=Problem.NOT_FOUND)
    with world.db.connect() as conn:
        assert coverage_gaps.of_source(conn, source.id, 1)[0].filled == 0


async def test_a_gap_that_was_not_looked_for_is_so_after_a_restart(world: World) -> None:
    source = world.source()
    _robots(world, b"Sitemap: https://meridian.example/map.xml\n")
    assert await _gap(world, source) is not None
    again = MemoryFrontier(60)
    await fill_frontier(world.db, again)
    assert "backfill:1" in await _due(again, world.now)
    due = Due(
        FrontierKey.parse("backfill:1"),
        "https://meridian.example/map.xml",
        "meridian.example",
        world.now,
    )
    assert await world.pipeline.prepare(due) is not None
    with world.db.begin() as conn:
        sources.pause(conn, source.id)
    assert await world.pipeline.prepare(due) is None


def test_sitemaps_of_news_are_asked_first() -> None:
    body = b"Sitemap: /all.xml\nSitemap: https://h.example/news.xml\nSitemap: mailto:x\n"
    found = sitemaps_of_robots(body, "https://h.example/")
    assert found == ["https://h.example/news.xml", "https://h.example/all.xml"]


@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "packed"])
def test_a_sitemap_is_read_newest_first_without_what_it_includes(
    pack: Callable[[bytes], bytes],
) -> None:
    entity = '<!DOCTYPE urlset [<!ENTITY x SYSTEM "file:///etc/hostname">]>'
    old, new = NOON - timedelta(days=2), NOON - timedelta(days=1)
    body = entity + _sitemap(("old", old), ("new", new), ("&x;", new), ("ahead", NOON + 9 * _DAY))
    listing = read_listing(
        pack(body.encode()),
        url="https://meridian.example/map.xml",
        content_type=None,
        max_items=2,
        now=NOON,
    )
    assert listing.items[0].url == "https://meridian.example/new"
    assert len(listing.items) == 2


async def _answered(world: World, source: Source, etag: str, *paths: str) -> None:
    await world.answer(
        f"source:{source.id}",
        source.url,
        feed(source, *paths),
        content_type="application/rss+xml",
        etag=etag,
    )


async def _asks_conditionally(world: World, source: Source) -> bool:
    due = Due(
        FrontierKey(FrontierKind.SOURCE, source.id), source.url, "meridian.example", world.now
    )
    visit = await world.pipeline.prepare(due)
    assert visit is not None
    return visit.etag is not None


async def test_an_honest_etag_is_believed_longer_and_longer(world: World) -> None:
    source = world.source()
    assert not await _asks_conditionally(world, source)
    waits = []
    for _ in range(4):
        await _answered(world, source, '"1"', "a")
        asked = world.now
        while await _asks_conditionally(world, source):
            world.now += timedelta(hours=1)
        waits.append((world.now - asked) // timedelta(hours=1))
    assert waits == [6, 12, 24, 48]


async def test_an_etag_that_hid_a_change_is_not_used_for_a_week(world: World) -> None:
    source = world.source()
    await _answered(world, source, '"1"', "a")
    assert await _asks_conditionally(world, source)
    world.now += timedelta(hours=7)
    await _answered(world, source, '"1"', "b", "a")
    for _ in range(6):
        world.now += timedelta(days=1)
        assert not await _asks_conditionally(world, source)
        await _answered(world, source, '"1"', "b", "a")
    world.now += timedelta(days=1)
    await _answered(world, source, '"1"', "b", "a")
    assert await _asks_conditionally(world, source)


async def test_a_change_under_a_new_etag_costs_no_trust(world: World) -> None:
    source = world.source()
    await _answered(world, source, '"1"', "a")
    world.now += timedelta(hours=7)
    await _answered(world, source, '"2"', "b", "a")
    assert await _asks_conditionally(world, source)
