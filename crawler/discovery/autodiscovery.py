"""Finds the feeds that a page names in its head."""

from __future__ import annotations

from lxml import etree

from crawler.urls.canonical import canonical_url
from storage.errors import InputError

READ_BYTES = 500_000  # a head is at the start of its page
FEED_TYPES = (
    "application/rss+xml",
    "application/atom+xml",
    "application/rdf+xml",
    "application/feed+json",
)
SIDE_FEEDS = ("comment", "/tag/", "/author/")  # feeds beside the site's own


def find_feeds(body: bytes, *, url: str) -> tuple[str, ...]:
    """Return the canonical URLs of the feeds that the page links to, the site's own ones first.

    Read from `<link rel=alternate>`; empty when the page names none.
    """
    try:
        page = etree.fromstring(body[:READ_BYTES], etree.HTMLParser(no_network=True))
    except etree.XMLSyntaxError:  # nothing in it at all
        return ()
    if page is None:
        return ()
    base = next((_resolved(tag.get("href", ""), url) for tag in page.iter("base")), None) or url
    found: dict[str, str] = {}
    for link in filter(_names_feed, page.iter("link")):
        feed = _resolved(link.get("href", ""), base)
        if feed:
            found.setdefault(feed, link.get("title", ""))
    return tuple(sorted(found, key=lambda feed: _is_side_feed(feed, found[feed])))


def _names_feed(link: etree._Element) -> bool:
    kind = link.get("type", "").partition(";")[0].strip().lower()
    return kind in FEED_TYPES and "alternate" in link.get("rel", "").lower().split()


def _resolved(href: str, base: str) -> str | None:
    try:
        return canonical_url(href, base) if href.strip() else None
    except InputError:
        return None


def _is_side_feed(feed: str, title: str) -> bool:
    return any(word in f"{feed} {title}".lower() for word in SIDE_FEEDS)
