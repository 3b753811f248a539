"""Which sitemaps of an index are read, and what of them is news: all that changed, wherever it stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from crawler.listings.sitemap_index import wanted_sitemaps
from storage.crawl import page_listings, sources
from storage.hot.frontier import FrontierKind
from storage.models.listings import ListedSitemap
from storage.models.problems import Problem
from storage.models.sources import Source
from tests.crawler.news import NOON
from tests.crawler.world import World

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
SITE = "https://meridian.example/"


def _named(*sitemaps: str | tuple[str, datetime]) -> list[ListedSitemap]:
    return [
        ListedSitemap(each) if isinstance(each, str) else ListedSitemap(*each) for each in sitemaps
    ]


def _wanted(
    named: Sequence[ListedSitemap],
    parts: Mapping[str, datetime | None] | None = None,
    since: datetime | None = None,
) -> list[str]:
    return [each.url for each in wanted_sitemaps(named, parts or {}, since)]


def test_the_first_visit_reads_the_likeliest_alone() -> None:
    assert _wanted(_named("a.xml", ("b.xml", NOON))) == ["a.xml"]


def test_what_changed_since_it_was_read_is_read_again() -> None:
    named = _named(("a.xml", NOON), ("b.xml", NOON), ("c.xml", NOON - 2 * DAY), ("tags.xml", NOON))
    assert _wanted(named, since=NOON) == ["a.xml", "b.xml"]
    assert _wanted(named, {"b.xml": NOON + 2 * DAY}, NOON) == ["a.xml"]


def test_of_those_without_a_date_one_has_its_turn() -> None:
    named = _named("a.xml", "b.xml", "c.xml")
    parts = {"b.xml": NOON, "c.xml": NOON - HOUR}
    assert _wanted(named, parts, NOON) == ["a.xml", "c.xml"]
    assert _wanted(named, since=NOON) == ["a.xml", "b.xml"]


async def _poll(world: World, source: Source, site: Mapping[str, str]) -> list[str]:
    """Poll an index; what is asked for meanwhile."""
    await world.answer(f"source:{source.id}", source.url, site["index"], content_type="text/xml")
    asked: list[str] = []
    while leases := await world.frontier.claim(world.now, 9):
        due = leases[0].due
        await world.frontier.settle(leases[0], host_open_at=world.now)
        await world.frontier.remove(due.key)
        if due.key.kind is not FrontierKind.CHILD_SITEMAP:
            continue
        name = due.url.removeprefix(SITE)
        asked.append(name)
        await world.answer(
            str(due.key),
            due.url,
            site.get(name, ""),
            content_type="text/xml",
            problem=None if name in site else Problem.NOT_FOUND,
        )
    return asked


def _index(*names: str) -> str:
    return f"<sitemapindex>{''.join(f'<sitemap><loc>/{name}</loc></sitemap>' for name in names)}</sitemapindex>"


def _map(*items: str | tuple[str, datetime]) -> str:
    urls = "".join(
        f"<url><loc>/{item}</loc></url>"
        if isinstance(item, str)
        else f"<url><loc>/{item[0]}</loc><lastmod>{item[1].isoformat()}</lastmod></url>"
        for item in items
    )
    return f"<urlset>{urls}</urlset>"


def _news(world: World, source: Source) -> list[str]:
    with world.db.connect() as conn:
        listed = page_listings.recent(conn, source.id, 100)
    return sorted(each.page.url.removeprefix(SITE) for each in listed if not each.listing.backlog)


async def test_what_appears_in_any_of_the_sitemaps_is_news_and_what_stood_there_is_not(
    world: World,
) -> None:
    source = world.source()
    site = {
        "index": _index("1.xml", "2.xml"),
        "2.xml": _map("old-a"),
        "1.xml": _map("old-b", "old-c"),
    }
    assert await _poll(world, source, site) == ["2.xml"]
    world.now += HOUR
    site |= {"1.xml": _map("old-b", ("new-d", world.now), "old-c")}
    assert await _poll(world, source, site) == ["2.xml", "1.xml"]
    assert _news(world, source) == ["new-d"]
    world.now += HOUR
    site |= {"1.xml": _map("old-b", "new-e", "new-d", "old-c")}
    await _poll(world, source, site)
    assert _news(world, source) == ["new-d", "new-e"]
    world.now += HOUR
    site |= {"index": _index("1.xml", "2.xml", "3.xml"), "3.xml": _map("new-f")}
    assert (await _poll(world, source, site))[0] == "3.xml"
    assert _news(world, source) == ["new-d", "new-e", "new-f"]


async def test_an_index_below_an_index_is_followed_and_one_that_fails_gives_way(
    world: World,
) -> None:
    source = world.source()
    site = {"index": _index("9.xml", "8.xml"), "8.xml": _index("a.xml"), "a.xml": _map("ferries")}
    assert await _poll(world, source, site) == ["9.xml", "8.xml", "a.xml"]
    with world.db.connect() as conn:
        assert sources.get(conn, source.id).health.primed_at == world.now


async def test_of_a_long_sitemap_without_dates_what_is_new_is_found_wherever_it_stands(
    world: World,
) -> None:
    source = world.source()
    old = [f"old-{number}" for number in range(2_100)]
    await world.answer(f"source:{source.id}", source.url, _map(*old), content_type="text/xml")
    with world.db.connect() as conn:
        assert "as their dates do not tell" in sources.get(conn, source.id).health.degraded
    world.now += HOUR
    longer = _map(*old[:1_000], "new-a", *old[1_000:], "new-b")
    await world.answer(f"source:{source.id}", source.url, longer, content_type="text/xml")
    assert _news(world, source) == ["new-a", "new-b"]
    world.now += HOUR
    await world.answer(
        f"source:{source.id}", source.url, _map(*old[1_500:]), content_type="text/xml"
    )
    assert _news(world, source) == ["new-a", "new-b"]
