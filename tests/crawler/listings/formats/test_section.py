"""Section pages: which links lead to articles, told by their looks, and by what came of earlier ones."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from crawler.listings.formats.article_address import shape_of
from crawler.listings.formats.listing import read_listing
from crawler.listings.formats.section import learn, read_section
from storage.errors import ExtractError
from storage.models.listings import Listing
from storage.models.pages import Page, PageState
from storage.models.problems import Problem
from storage.models.sources import SourceKind

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
URL = "https://herald.example/region"
NAVIGATION = (
    '<nav><a href="/">Home</a><a href="/sport">Sport</a><a href="/about-us-and-our-team">Who we are'
    ' and what we do here</a></nav><footer><a href="/privacy-policy-of-this-site">Our privacy policy'
    " in full length</a></footer>"
)
CARDS = "".join(
    f'<article><a href="/region/{slug}"><img src="/i.jpg"></a><h3><a href="/region/{slug}?utm_source=x">'
    f"{title}</a></h3></article>"
    for slug, title in [
        ("ferry-line-to-ansel-closes-1201", "Ferry line to Ansel closes for the winter"),
        ("harbour-master-leaves-1200", "Harbour master leaves after thirty years"),
    ]
)
NUMBERED = "".join(
    f'<li><a href="artikel/{number}.html">{title}</a></li>'
    for number, title in [
        (482_113, "Neue Fähre nimmt am Montag den Betrieb auf"),
        (482_090, "Gemeinderat streitet über den Hafen von Ostrand"),
        (482_077, "Sturm treibt zwei Boote auf die Sandbank"),
    ]
)
JAPANESE = "".join(
    f'<div><h2><a href="/news/2026/06/0{day}/k{day}00123">{title}</a></h2></div>'
    for day, title in [
        (1, "港の新しい連絡船が月曜日に運航を開始"),
        (2, "嵐で二隻の船が砂州に乗り上げる"),
    ]
)


def read(body: str, learned: dict[str, object] | None = None) -> Listing:
    page = f"<html><head><title>Region</title></head><body>{NAVIGATION}{body}</body></html>"
    return read_section(page.encode(), url=URL, content_type=None, max_items=50, learned=learned)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (CARDS, ["/region/ferry-line-to-ansel-closes-1201", "/region/harbour-master-leaves-1200"]),
        (NUMBERED, ["/artikel/482113.html", "/artikel/482090.html", "/artikel/482077.html"]),
        (JAPANESE, ["/news/2026/06/01/k100123", "/news/2026/06/02/k200123"]),
    ],
    ids=["cards", "numbers", "dates"],
)
def test_links_to_articles_are_told_from_the_rest_of_a_page(body: str, expected: list[str]) -> None:
    listing = read(body)
    assert [item.url.removeprefix("https://herald.example") for item in listing.items] == expected
    assert listing.kind is SourceKind.SECTION
    assert all(item.title for item in listing.items)


@pytest.mark.parametrize(
    "link",
    [
        '<a href="https://other.test/a-long-story-of-another-site">A long story of another site</a>',
        '<a href="/tag/ferries-of-the-north">All about the ferries of the north</a>',
        '<a href="/wp-content/a-picture-of-the-harbour.jpg">A picture of the harbour at dawn</a>',
        '<a href="mailto:news@herald.example">Write a letter to us all here</a>',
        '<a href="#the-next-part-of-this-page">The next part of this page</a>',
    ],
)
def test_links_elsewhere_are_no_articles(link: str) -> None:
    assert len(read(CARDS + link).items) == 2


def test_a_page_without_links_to_articles_is_no_listing() -> None:
    with pytest.raises(ExtractError) as failed:
        read("<p>Nothing here.</p>")
    assert failed.value.problem is Problem.NOT_A_FEED


def test_what_turned_out_to_be_no_article_is_not_listed_again() -> None:
    shop = "".join(
        f'<a href="/markt/angebot-der-woche-{number}">Das große Angebot dieser Woche hier</a>'
        for number in range(3)
    )
    assert len(read(CARDS + shop).items) == 5
    pages = [
        _page(f"/markt/angebot-der-woche-{number}", Problem.NOT_AN_ARTICLE) for number in range(9)
    ]
    pages += [_page("/region/ferry-line-opens-again-1001", None)]
    assert len(read(CARDS + shop, learn(pages)).items) == 2


def test_short_names_are_listed_once_they_proved_to_be_articles() -> None:
    bare = '<a href="/k/482">Sturm</a><a href="/k/483">Hafen</a>'
    assert len(read(CARDS + bare).items) == 2
    learned = learn([_page(f"/k/{number}", None) for number in range(400, 440)])
    assert len(read(CARDS + bare, learned).items) == 4


def test_a_page_is_read_as_a_section_only_when_it_was_chosen_as_one() -> None:
    body = f"<html><body>{CARDS}</body></html>".encode()
    listing = read_listing(
        body, url=URL, content_type=None, max_items=9, now=NOW, kind=SourceKind.SECTION
    )
    assert len(listing.items) == 2
    with pytest.raises(ExtractError):
        read_listing(body, url=URL, content_type=None, max_items=9, now=NOW)


@pytest.mark.parametrize(
    ("path", "shape"),
    [
        ("/2026/06/01/ferry-line-closes.html", "#/#/#/slug.html"),
        ("/region/ferry-line-closes-1201234", "region/slug#"),
        ("/artikel/482113.html", "artikel/#.html"),
        ("/p?id=7", "p?id"),
        ("/index.php?view=article&id=7", "index.php?id&view=article"),
        ("/spip.php?article7", "spip.php?article"),
    ],
)
def test_addresses_of_one_sort_have_one_shape(path: str, shape: str) -> None:
    assert shape_of(f"https://herald.example{path}") == shape


def _page(path: str, problem: Problem | None) -> Page:
    return Page(
        id=1,
        url=f"https://herald.example{path}",
        state=PageState.DONE if problem is None else PageState.REFUSED,
        found_at=NOW,
        due_at=NOW,
        last_fetch_at=NOW,
        problem=problem,
    )
