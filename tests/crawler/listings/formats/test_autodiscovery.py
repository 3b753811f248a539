"""Which feeds a page is found to have."""

from __future__ import annotations

import pytest

from crawler.listings.formats.autodiscovery import find_feeds, usual_feeds

URL = "https://paper.example/news/"


def find(head: str) -> tuple[str, ...]:
    return find_feeds(
        f"<html><head>{head}</head><body>News</body></html>".encode(), url=URL, content_type=None
    )


def link(href: str, title: str = "", kind: str = "application/rss+xml") -> str:
    return f'<link rel="alternate" type="{kind}" title="{title}" href="{href}">'


def test_alternate_links_are_found_and_resolved() -> None:
    atom = link("https://paper.example/atom", kind="Application/Atom+XML; charset=utf-8")
    assert find(link("rss.xml") + atom) == (
        "https://paper.example/news/rss.xml",
        "https://paper.example/atom",
    )


def test_the_base_of_the_page_counts() -> None:
    assert find('<base href="/other/">' + link("rss")) == ("https://paper.example/other/rss",)


def test_the_sites_own_feed_stands_before_those_of_comments() -> None:
    found = find(link("/comments/feed", "Paper » Comments") + link("/feed", "Paper"))
    assert found == ("https://paper.example/feed", "https://paper.example/comments/feed")


@pytest.mark.parametrize(
    "head",
    [
        *("", link("javascript:x"), link(""), link("/m", kind="text/html")),
        '<link rel="stylesheet" type="application/rss+xml" href="/x">',
    ],
)
def test_other_links_are_no_feeds(head: str) -> None:
    assert find(head) == ()


@pytest.mark.parametrize("body", [b"", b"\x00\xff", b"<", b"<!-- x", b"<![if x]><![foo[", b"plain"])
def test_a_page_of_any_bytes_has_no_feeds(body: bytes) -> None:
    assert find_feeds(body, url=URL, content_type=None) == ()


@pytest.mark.parametrize(
    ("mark", "path"),
    [
        ('<link href="/wp-content/themes/x.css">', "/feed"),
        (
            '<meta content="blogger" name="generator"><a href="https://www.blogger.com/x">',
            "/feeds/posts/default",
        ),
        (
            '<meta name="generator" content="Joomla! - Open Source">',
            "/index.php?format=feed&type=rss",
        ),
        ('<meta name="Generator" content="Drupal 10">', "/rss.xml"),
        ('<meta name="generator" content="Ghost 5.9">', "/rss"),
        ('<img src="https://substackcdn.com/i.png">', "/feed"),
    ],
)
def test_a_feed_that_no_page_names_is_looked_for_where_its_system_keeps_it(
    mark: str, path: str
) -> None:
    assert usual_feeds(f"<html><head>{mark}</head></html>".encode())[0] == path
