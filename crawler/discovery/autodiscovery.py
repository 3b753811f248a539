"""Finds the feeds that a page names in its head."""

from __future__ import annotations

from html.parser import HTMLParser

from crawler.urls.canonical import canonical_url
from storage.errors import InputError

READ_BYTES = 500_000  # a head is at the start of its page
FEED_TYPES = ("application/rss+xml", "application/atom+xml", "application/rdf+xml")
SIDE_FEEDS = ("comment", "/tag/", "/author/")  # feeds beside the site's own


def find_feeds(body: bytes, *, url: str) -> tuple[str, ...]:
    """Return the canonical URLs of the feeds that the page links to, the site's own ones first.

    Read from `<link rel=alternate>`; empty when the page names none.
    """
    links = _AlternateLinks()
    links.feed(body[:READ_BYTES].decode("utf-8", "replace"))
    base = _resolved(links.base, url) or url
    found: dict[str, str] = {}
    for href, title in links.alternates:
        feed = _resolved(href, base)
        if feed:
            found.setdefault(feed, title)
    return tuple(sorted(found, key=lambda feed: _is_side_feed(feed, found[feed])))


class _AlternateLinks(HTMLParser):
    """Collects `<link rel=alternate>` of feed types, and `<base href>`."""

    def __init__(self) -> None:
        super().__init__()
        self.base = ""
        self.alternates: list[tuple[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in reversed(attrs)}
        if tag == "base" and not self.base:
            self.base = given.get("href", "")
        kind = given.get("type", "").partition(";")[0].strip().lower()
        if (
            tag == "link"
            and kind in FEED_TYPES
            and "alternate" in given.get("rel", "").lower().split()
        ):
            self.alternates.append((given.get("href", ""), given.get("title", "")))


def _resolved(href: str, base: str) -> str | None:
    try:
        return canonical_url(href, base) if href.strip() else None
    except InputError:
        return None


def _is_side_feed(feed: str, title: str) -> bool:
    return any(word in f"{feed} {title}".lower() for word in SIDE_FEEDS)
