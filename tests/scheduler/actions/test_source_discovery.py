"""From the address that an operator knows to the feed: real fetches from a real small site."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Coroutine
from ipaddress import ip_network
from typing import Any, ParamSpec, TypeVar

import pytest
from aiohttp import web

from crawler.settings import ExtractSettings, FetchSettings
from scheduler.actions.source_discovery import DiscoveredSources, discover_sources
from scheduler.config.factories import fetch_services
from scheduler.config.settings import Settings
from scheduler.runtime.clock import utc_now
from storage.errors import FetchError, InputError
from storage.models.problems import Problem
from storage.models.sources import SourceKind

P = ParamSpec("P")
T = TypeVar("T")

FEED = (
    '<rss version="2.0"><channel><title>Harbor Herald</title><link>/</link>'
    "<item><title>Ferries</title><link>/ferries</link></item></channel></rss>"
)
SITEMAP = (
    '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><url>'
    "<loc>/region/ferry-line-to-ansel-closes</loc></url></urlset>"
)
Pages = dict[str, tuple[str, str]]


class InlineParser:
    """Runs what reads bodies at once, where it stands."""

    async def run(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        return function(*args, **kwargs)


@pytest.fixture
async def found_at() -> AsyncIterator[
    Callable[[Pages, str], Coroutine[Any, Any, DiscoveredSources]]
]:
    """Serve these pages and look for the feed at a path."""
    runners: list[web.AppRunner] = []

    async def look(pages: Pages, path: str) -> DiscoveredSources:
        async def answer(request: web.Request) -> web.Response:
            if request.path not in pages:
                raise web.HTTPNotFound
            kind, body = pages[request.path]
            return web.Response(text=body, content_type=kind)

        app = web.Application()
        app.router.add_get("/{path:.*}", answer)
        runner = web.AppRunner(app)
        runners.append(runner)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        port = runner.addresses[0][1]
        settings = Settings(
            fetch=FetchSettings(
                allow_networks=(ip_network("127.0.0.0/8"),),
                allow_ports=(port,),
                host_delay_seconds=0,
            )
        )
        return await discover_sources(
            f"http://127.0.0.1:{port}{path}",
            services=fetch_services(settings, utc_now),
            parser=InlineParser(),
            settings=ExtractSettings(),
            clock=utc_now,
        )

    yield look
    for runner in runners:
        await runner.cleanup()


Look = Callable[[Pages, str], Coroutine[Any, Any, DiscoveredSources]]


async def test_a_feeds_own_address_is_taken_as_it_is(found_at: Look) -> None:
    found = await found_at({"/news.xml": ("application/rss+xml", FEED)}, "/news.xml")
    best = found.best
    assert (best.title, best.url.rpartition("/")[2]) == ("Harbor Herald", "news.xml")
    assert [item.title for item in best.listing.items] == ["Ferries"]


async def test_a_site_leads_to_the_feed_that_it_names(found_at: Look) -> None:
    home = '<html><head><link rel="alternate" type="application/rss+xml" href="/all.rss"></head></html>'
    pages = {"/": ("text/html", home), "/all.rss": ("application/rss+xml", FEED)}
    assert (await found_at(pages, "/")).best.url.endswith("/all.rss")


async def test_a_site_that_names_none_is_tried_at_the_usual_places(found_at: Look) -> None:
    pages = {"/": ("text/html", "<html></html>"), "/feed.xml": ("text/xml", FEED)}
    assert (await found_at(pages, "/")).best.url.endswith("/feed.xml")


async def test_where_there_is_no_feed_the_error_says_what_was_tried(found_at: Look) -> None:
    with pytest.raises(InputError, match=r"tried: .*/feed"):
        await found_at({"/": ("text/html", "<html></html>")}, "/")


async def test_an_address_that_does_not_answer_is_named(found_at: Look) -> None:
    with pytest.raises(FetchError) as caught:
        await found_at({}, "/nothing")
    assert caught.value.problem is Problem.NOT_FOUND


async def test_robots_txt_is_obeyed_also_here(found_at: Look) -> None:
    pages = {
        "/robots.txt": ("text/plain", "User-agent: *\nDisallow: /"),
        "/news.xml": ("application/rss+xml", FEED),
    }
    with pytest.raises(FetchError) as caught:
        await found_at(pages, "/news.xml")
    assert caught.value.problem is Problem.ROBOTS_DISALLOWED


async def test_an_index_of_sitemaps_is_a_source_with_what_its_newest_lists(found_at: Look) -> None:
    index = "<sitemapindex><sitemap><loc>/news.xml</loc></sitemap></sitemapindex>"
    pages = {"/sitemap.xml": ("text/xml", index), "/news.xml": ("text/xml", SITEMAP)}
    best = (await found_at(pages, "/sitemap.xml")).best
    assert (best.kind, best.url.rpartition("/")[2]) == (SourceKind.SITEMAP, "sitemap.xml")
    assert len(best.listing.items) == 1
    with pytest.raises(InputError, match=r"newest can't be read: .*/news\.xml"):
        await found_at({"/sitemap.xml": ("text/xml", index)}, "/sitemap.xml")


async def test_all_that_a_site_has_is_found_the_best_first(found_at: Look) -> None:
    home = (
        '<html><head><link rel="alternate" type="application/rss+xml" href="/all.rss">'
        '<link rel="alternate" type="application/rss+xml" href="/comments.rss" title="Comments">'
        '</head><body><h2><a href="/region/ferry-line-to-ansel-closes">Ferry line to Ansel closes '
        "for the winter</a></h2></body></html>"
    )
    pages = {
        "/": ("text/html", home),
        "/all.rss": ("application/rss+xml", FEED),
        "/comments.rss": ("application/rss+xml", FEED),
        "/robots.txt": ("text/plain", "User-agent: *\nAllow: /\nSitemap: /news-map.xml"),
        "/news-map.xml": ("text/xml", SITEMAP),
    }
    found = await found_at(pages, "/")
    assert [(each.kind, each.url.rpartition("/")[2]) for each in found.candidates] == [
        (SourceKind.FEED, "all.rss"),
        (SourceKind.SITEMAP, "news-map.xml"),
        (SourceKind.SECTION, ""),
        (SourceKind.FEED, "comments.rss"),
    ]
    assert (found.best.sitemap_url or "").endswith("/news-map.xml")


async def test_a_site_without_feed_and_sitemap_is_polled_by_its_page(found_at: Look) -> None:
    home = (
        '<h2><a href="/region/ferry-line-to-ansel-closes">Ferry line to Ansel closes now</a></h2>'
    )
    found = await found_at({"/": ("text/html", home)}, "/")
    assert found.best.kind is SourceKind.SECTION
    assert [item.title for item in found.best.listing.items] == ["Ferry line to Ansel closes now"]
