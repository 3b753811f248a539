"""Links that count clicks are read as the pages within them, and a feed of them is a search's."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from crawler.listings.formats.listing import read_listing
from crawler.urls.wrapped_links import unwrapped
from storage.models.sources import SourceKind

PAGE = "https://paper.example/town/ferry?id=7&copy=2"
WITHIN = "https%3A%2F%2Fpaper.example%2Ftown%2Fferry%3Fid%3D7%26copy%3D2%26utm_source%3Dx"


@pytest.mark.parametrize(
    "wrapped",
    [
        f"https://www.google.com/url?rct=j&sa=t&url={WITHIN}&ct=ga&usg=x",
        f"https://www.google.co.uk/url?q={WITHIN}",
        f"http://www.bing.com/news/apiclick.aspx?ref=FexRss&url={WITHIN}&c=1",
        f"https://duckduckgo.com/l/?uddg={WITHIN}",
        f"https://l.facebook.com/l.php?u={WITHIN}&h=x",
        PAGE,
    ],
)
def test_the_page_within_is_found(wrapped: str) -> None:
    assert unwrapped(wrapped) == PAGE


@pytest.mark.parametrize(
    "other",
    [
        "https://www.google.com/url?url=javascript:alert(1)",
        f"https://www.google.com/search?q={WITHIN}",
        f"https://google.evil.example/url?url={WITHIN}",
        "https://www.google.com/url",
    ],
)
def test_what_wraps_no_page_is_left_as_it_is(other: str) -> None:
    assert unwrapped(other) == other


def test_a_feed_of_a_search_is_a_source_of_its_own_kind() -> None:
    link = f"https://www.google.com/url?rct=j&amp;sa=t&amp;url={WITHIN}&amp;ct=ga"
    body = f"""<feed xmlns="http://www.w3.org/2005/Atom"><title>Google Alert - ferry</title>
    <entry><id>tag:google.com,2013:googlealerts/feed:1</id><title type="html">The &lt;b&gt;ferry&lt;/b&gt; is late</title>
    <link href="{link}"></link><published>2026-11-29T10:00:00Z</published></entry></feed>"""
    listing = read_listing(
        body.encode(),
        url="https://www.google.com/alerts/feeds/1/2",
        content_type=None,
        max_items=9,
        now=datetime(2026, 11, 30, tzinfo=UTC),
    )
    [item] = listing.items
    assert (item.url, item.title, listing.kind) == (PAGE, "The ferry is late", SourceKind.SEARCH)
