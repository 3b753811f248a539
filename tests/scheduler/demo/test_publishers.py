"""The demo's web behaves like the web: feeds that parse, pages that can be read, one that changes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import aiohttp
import pytest

from crawler.extract.article import extract_article
from crawler.listings.formats.autodiscovery import find_feeds
from crawler.listings.formats.listing import read_listing
from crawler.settings import ExtractSettings
from crawler.urls.canonical import canonical_url
from scheduler.demo.publishers import PublishersProxy
from scheduler.demo.world import DemoPage, DemoPublisher, DemoWorld, PageKind, load_world
from storage.models.listings import Listing

NOW = datetime(2026, 3, 10, 9, 30, tzinfo=UTC)
WORLD = load_world()


@pytest.fixture
async def proxy() -> AsyncIterator[PublishersProxy]:
    async with PublishersProxy(WORLD, NOW) as proxy:
        yield proxy


async def get(proxy: PublishersProxy, url: str, **headers: str) -> tuple[int, bytes, str]:
    async with (
        aiohttp.ClientSession(trust_env=False) as session,
        session.get(url, proxy=proxy.url, headers=headers) as response,
    ):
        return response.status, await response.read(), response.headers.get("ETag", "")


async def listing(proxy: PublishersProxy, publisher: DemoPublisher) -> Listing:
    _, body, _ = await get(proxy, publisher.feed_url)
    return read_listing(body, url=publisher.feed_url, content_type=None, max_items=50, now=NOW)


def read(page: DemoPage, body: bytes) -> str:
    article = extract_article(
        body,
        url=page.url,
        content_type="text/html; charset=utf-8",
        settings=ExtractSettings(),
        now=NOW,
    )
    assert article.title == page.title
    return article.text


def test_the_world_holds_every_shape_that_the_demo_promises() -> None:
    assert len(WORLD.publishers) >= 8
    assert {page.form for page in WORLD.pages} == set(PageKind)
    assert len({p.host for p in WORLD.publishers if p.template == "farm"}) == 2
    assert any(page.changes for page in WORLD.pages)
    assert len({page.url for page in WORLD.pages}) == len(WORLD.pages)


def test_all_hosts_are_reserved_names() -> None:
    assert all(publisher.host.endswith(".example") for publisher in WORLD.publishers)


@pytest.mark.parametrize("publisher", WORLD.publishers, ids=lambda p: p.host)
async def test_a_feed_lists_what_has_appeared_and_no_more(
    proxy: PublishersProxy, publisher: DemoPublisher
) -> None:
    for step in (0, WORLD.steps):
        proxy.release(step)
        found = await listing(proxy, publisher)
        assert [item.url for item in found.items] == [
            canonical_url(page.url) for page in WORLD.of(publisher, step)
        ]
        assert all(item.published is not None for item in found.items)


@pytest.mark.parametrize("publisher", WORLD.publishers, ids=lambda p: p.host)
async def test_a_front_page_leads_to_the_feed(
    proxy: PublishersProxy, publisher: DemoPublisher
) -> None:
    front = f"http://{publisher.host}/"
    _, body, _ = await get(proxy, front)
    assert find_feeds(body, url=front, content_type=None)[0] == publisher.feed_url


@pytest.mark.parametrize("page", WORLD.pages, ids=lambda page: page.url)
async def test_a_page_holds_its_story_for_the_extractor(
    proxy: PublishersProxy, page: DemoPage
) -> None:
    proxy.release(WORLD.steps)
    _, body, _ = await get(proxy, page.url)
    text = read(page, body)
    assert all(paragraph in text for paragraph in page.paragraphs())


async def test_one_page_changes_after_it_was_read(proxy: PublishersProxy) -> None:
    page = next(page for page in WORLD.pages if page.changes)
    _, first, etag = await get(proxy, page.url)
    status, second, _ = await get(proxy, page.url, **{"If-None-Match": etag})
    assert status == 200
    assert page.story.later[0] not in read(page, first)
    assert page.story.later[0] in read(page, second)


async def test_what_did_not_change_is_not_sent_again(proxy: PublishersProxy) -> None:
    page = next(page for page in WORLD.pages if page.step == 0 and not page.changes)
    for url in (page.url, page.publisher.feed_url):
        _, _, etag = await get(proxy, url)
        status, body, _ = await get(proxy, url, **{"If-None-Match": etag})
        assert (status, body) == (304, b"")


async def test_robots_and_sitemap_are_served_and_strangers_are_not(
    proxy: PublishersProxy,
) -> None:
    host = WORLD.publishers[0].host
    assert b"Disallow: /search" in (await get(proxy, f"http://{host}/robots.txt"))[1]
    assert b"<loc>" in (await get(proxy, f"http://{host}/sitemap.xml"))[1]
    assert (await get(proxy, f"http://{host}/nothing"))[0] == 404
    assert (await get(proxy, "http://stranger.example/"))[0] == 404


def test_a_world_knows_its_originals_and_their_copies() -> None:
    world: DemoWorld = WORLD
    assert world.original(world.watched).publisher.host == "meridian-wire.example"
    assert len(world.copies(world.watched)) == 5
