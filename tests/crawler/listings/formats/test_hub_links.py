"""Which hub a listing names: in its text, in the answer's headers, and what is no such link."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.listings.formats.hub_links import HubLinks, exact_link, hub_links, read_link_header
from crawler.listings.formats.listing import read_listing
from storage.models.listings import Listing

URL = "https://paper.example/feed"
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><title>Paper</title>{links}
<entry><title>Fire</title><link href="https://paper.example/a"/>{inside}</entry></feed>"""
RSS = """<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel><title>Paper</title>
<link>https://paper.example/</link>
<atom:link rel="hub" href="https://hub.example/"/>
<atom:link rel="self" type="application/rss+xml" href="https://paper.example/rss?utm_source=x"/>
<item><title>Fire</title><link>https://paper.example/a</link></item></channel></rss>"""


def read(text: str) -> Listing:
    now = datetime(2026, 3, 1, tzinfo=UTC)
    return read_listing(text.encode(), url=URL, content_type=None, max_items=10, now=now)


def test_an_rss_feeds_hub_is_found_and_its_own_address_left_to_the_letter() -> None:
    listing = read(RSS)
    assert listing.hub_url == "https://hub.example/"
    assert listing.self_url == "https://paper.example/rss?utm_source=x"
    assert [item.url for item in listing.items] == ["https://paper.example/a"]


def test_of_an_atom_feeds_hubs_the_first_is_taken_resolved() -> None:
    links = '<link rel="hub" href="/hub"/><link rel="hub" href="https://second.example/"/>'
    listing = read(ATOM.format(links=links, inside=""))
    assert (listing.hub_url, listing.self_url) == ("https://paper.example/hub", None)


def test_a_link_of_an_entry_names_no_hub() -> None:
    inside = '<link rel="hub" href="https://stranger.example/"/>'
    assert read(ATOM.format(links="", inside=inside)).hub_url is None


@pytest.mark.parametrize(
    "header",
    [
        '<https://hub.example/>; rel="hub", <https://paper.example/x>; rel="self"',
        "<https://hub.example/>;rel=hub,<https://paper.example/x>;rel=self",
        '<https://paper.example/x>; rel="alternate SELF"; title="a, b", <https://hub.example/>; Rel=hub',
    ],
)
def test_a_link_header_names_hub_and_self(header: str) -> None:
    found = hub_links(read_link_header(header), URL)
    assert found == HubLinks("https://hub.example/", "https://paper.example/x")


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "<https://hub.example/>",
        "https://hub.example/; rel=hub",
        '<https://hub.example/>; rel="preconnect"',
        '<https://hub.example/>; rel="hub"; anchor="/other"',
        "<javascript:alert(1)>; rel=hub",
        "<>; rel=hub",
        "<https://[hub/>; rel=hub",
    ],
)
def test_what_is_no_link_to_a_hub_names_none(header: str | None) -> None:
    assert hub_links(read_link_header(header), URL).hub_url is None


@given(st.text(alphabet='<>;=", relhub:/[]a\n'))
def test_no_header_breaks_the_reader(header: str) -> None:
    hub_links(read_link_header(header), URL)


def test_an_address_longer_than_any_page_has_is_none() -> None:
    assert exact_link("https://hub.example/" + "a" * 10_000, URL) is None
