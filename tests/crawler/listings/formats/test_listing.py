"""What a listing is, its content says: JSON Feeds, sitemaps of each form, and feeds."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.listings.formats.listing import read_listing
from crawler.settings import SITEMAP_BYTES
from storage.errors import ExtractError
from storage.models.listings import Listing
from storage.models.problems import Problem
from storage.models.sources import SourceKind

NOW = datetime(2026, 3, 1, tzinfo=UTC)
URL = "https://paper.example/listing"
SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
NEWS = "http://www.google.com/schemas/sitemap-news/0.9"


def read(body: str | bytes, *, max_items: int = 100) -> Listing:
    raw = body.encode() if isinstance(body, str) else body
    return read_listing(raw, url=URL, content_type="text/html", max_items=max_items, now=NOW)


def sitemap(entries: str, root: str = "urlset") -> str:
    return f'<?xml version="1.0"?><{root} xmlns="{SITEMAP}" xmlns:news="{NEWS}">{entries}</{root}>'


def links(listing: Listing) -> list[str]:
    return [item.url.removeprefix("https://paper.example") for item in listing.items]


def test_a_feed_is_read_whatever_type_the_server_names() -> None:
    feed = "<rss version='2.0'><channel><item><link>/a</link></item></channel></rss>"
    assert links(read(feed)) == ["/a"]


def test_a_json_feed_is_read_with_its_hub() -> None:
    item = {"id": "1", "url": "/a", "title": "Fire &amp; rain", "date_published": "2026-02-01"}
    told = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "Paper",
        "feed_url": "/feed.json",
        "hubs": [{"type": "WebSub", "url": "https://hub.example/"}],
        "items": [item, {"id": "no link"}, "no object"],
    }
    listing = read(json.dumps(told))
    [only] = listing.items
    assert (only.guid, only.title) == ("1", "Fire & rain")
    assert only.published == datetime(2026, 2, 1, tzinfo=UTC)
    assert (listing.title, listing.hub_url) == ("Paper", "https://hub.example/")
    assert listing.self_url == "https://paper.example/feed.json"


@pytest.mark.parametrize("body", ["{", '{"items": []}', '{"a":' * 100_000])
def test_other_json_is_no_feed(body: str) -> None:
    with pytest.raises(ExtractError) as caught:
        read(body)
    assert caught.value.problem is Problem.NOT_A_FEED


def test_a_news_sitemap_tells_titles_and_publication() -> None:
    news = "<news:news><news:publication_date>2026-02-01T10:00:00+01:00</news:publication_date>"
    [item] = read(
        sitemap(f"<url><loc>/a</loc>{news}<news:title>Fire</news:title></news:news></url>")
    ).items
    assert (item.title, item.published) == ("Fire", datetime(2026, 2, 1, 9, tzinfo=UTC))


def test_a_last_change_sorts_but_is_no_publication() -> None:
    old = "<url><loc>/old</loc><lastmod>2026-01-01</lastmod></url>"
    new = "<url><loc>/new</loc><lastmod>2026-02-01</lastmod></url>"
    listing = read(sitemap(f"<url><loc>/undated</loc></url>{old}{new}"), max_items=2)
    assert links(listing) == ["/new", "/old"]
    assert {item.published for item in listing.items} == {None}
    assert listing.degraded


def test_an_index_names_its_sitemaps_newest_first() -> None:
    old = "<sitemap><loc>/1.xml</loc><lastmod>2026-01-01</lastmod></sitemap>"
    new = "<sitemap><loc>/2.xml</loc><lastmod>2026-02-01</lastmod></sitemap>"
    listing = read(sitemap(old + new, "sitemapindex"))
    assert tuple(each.url for each in listing.sitemaps) == (
        "https://paper.example/2.xml",
        "https://paper.example/1.xml",
    )
    assert listing.items == ()


@pytest.mark.parametrize(
    "named",
    [
        ["news-sitemap.xml", "sitemap-2.xml|2026-05-31", "sitemap-1.xml|2026-05-30"],
        ["posts-2026-05.xml", "posts-2026-04.xml", "posts-2025-12.xml"],
        ["post-sitemap12.xml", "post-sitemap2.xml", "post-sitemap.xml"],
        ["post-sitemap3.xml|2026-05-01", "category-sitemap.xml|2026-06-01"],
        ["articles.xml", "image-sitemap9.xml"],
    ],
)
def test_of_an_index_what_most_likely_lists_the_newest_comes_first(named: list[str]) -> None:
    def entry(each: str) -> str:
        name, _, day = each.partition("|")
        changed = f"<lastmod>{day}</lastmod>" if day else ""
        return f"<sitemap><loc>https://a.example/{name}</loc>{changed}</sitemap>"

    listing = read(sitemap("".join(entry(each) for each in reversed(named)), "sitemapindex"))
    expected = tuple(f"https://a.example/{each.partition('|')[0]}" for each in named)
    assert tuple(each.url for each in listing.sitemaps) == expected


def test_a_text_sitemap_is_read_line_by_line() -> None:
    assert links(read("https://paper.example/a\r\n\r\nhttps://paper.example/b\n")) == ["/a", "/b"]


def test_a_gzipped_sitemap_is_unpacked() -> None:
    assert links(read(gzip.compress(sitemap("<url><loc>/a</loc></url>").encode()))) == ["/a"]


def test_a_gzip_bomb_is_named_and_not_unpacked() -> None:
    with pytest.raises(ExtractError) as caught:
        read(gzip.compress(bytes(SITEMAP_BYTES + 1)))
    assert caught.value.problem is Problem.TOO_LARGE


def test_entities_of_a_hostile_sitemap_are_not_resolved() -> None:
    hostile = f"""<!DOCTYPE u [<!ENTITY x SYSTEM "file:///etc/passwd">]>
        <urlset xmlns="{SITEMAP}"><url><loc>/&x;</loc></url><url><loc>/a</loc></url></urlset>"""
    assert links(read(hostile))[-1] == "/a"
    assert "root:" not in repr(read(hostile))


@given(st.binary(max_size=200), st.sampled_from([b"", b"{", b"<urlset>", b"\x1f\x8b", b"http://"]))
def test_any_bytes_give_a_listing_or_a_named_problem(tail: bytes, start: bytes) -> None:
    try:
        listing, problem = read(start + tail), None
    except ExtractError as error:
        listing, problem = None, error.problem
    assert listing is not None or problem is Problem.NOT_A_FEED


HEADLINE = "Стена гавани обрушилась в понедельник ночью"


@pytest.mark.parametrize(
    ("charset", "content_type"),
    [("koi8-r", "text/html; charset=koi8-r"), ("utf-16", None), ("utf-8", "text/html")],
)
def test_every_kind_of_listing_is_read_in_the_charset_that_it_is_in(
    charset: str, content_type: str | None
) -> None:
    news = "<news:news><news:title>{}</news:title></news:news>"
    bodies = {
        SourceKind.FEED: f"<rss version='2.0'><channel><item><link>/a</link><title>{HEADLINE}</title></item></channel></rss>",
        SourceKind.SITEMAP: sitemap(f"<url><loc>/a</loc>{news.format(HEADLINE)}</url>"),
        SourceKind.SECTION: f'<html><body><h2><a href="/2026/02/01/harbour-wall-falls">{HEADLINE}</a></h2>',
    }
    for kind, body in bodies.items():
        listing = read_listing(
            body.encode(charset),
            url=URL,
            content_type=content_type,
            max_items=9,
            now=NOW,
            kind=kind,
        )
        assert [item.title for item in listing.items] == [HEADLINE]
