"""Finds the feeds that a page names in its head."""

from __future__ import annotations

from lxml import etree

from crawler.extract.markup.charset import in_utf8
from crawler.urls.canonical import web_link

READ_BYTES = 500_000  # a head is at the start of its page
FEED_TYPES = (
    "application/rss+xml",
    "application/atom+xml",
    "application/rdf+xml",
    "application/feed+json",
)
# Where publishing systems keep the feed that a theme forgot to name, by what marks their pages.
_FEEDS_BY_MARK = (
    (b"substackcdn.com", ("/feed",)),
    (b"wp-content/", ("/feed", "/?feed=rss2")),
    (b"blogger.com", ("/feeds/posts/default",)),
    (b"com_content", ("/index.php?format=feed&type=rss",)),
    (b"joomla", ("/index.php?format=feed&type=rss",)),
    (b"drupal", ("/rss.xml",)),
    (b"ghost", ("/rss",)),
)
_USUAL_FEEDS = ("/feed", "/rss.xml", "/feed.xml", "/atom.xml", "/rss", "/index.xml")
SIDE_FEEDS = ("comment", "/tag/", "/author/")  # feeds beside the site's own


def find_feeds(body: bytes, *, url: str, content_type: str | None) -> tuple[str, ...]:
    """Return the canonical URLs of the feeds that the page links to, the site's own ones first.

    Read from `<link rel=alternate>`; empty when the page names none.
    """
    page = page_of(body[:READ_BYTES], content_type)
    if page is None:
        return ()
    base = base_of(page, url)
    titles_by_feed: dict[str, str] = {}
    for link in filter(_names_feed, page.iter("link")):
        feed = web_link(link.get("href", ""), base)
        if feed:
            titles_by_feed.setdefault(feed, link.get("title", ""))
    return tuple(sorted(titles_by_feed, key=lambda feed: is_side_feed(feed, titles_by_feed[feed])))


def usual_feeds(body: bytes) -> tuple[str, ...]:
    """Return the paths at which a site's feed is likely that its page does not name, likeliest first."""
    page = body[:READ_BYTES].lower()
    marked = [path for mark, paths in _FEEDS_BY_MARK if mark in page for path in paths]
    return tuple(dict.fromkeys((*marked, *_USUAL_FEEDS)))


def base_of(page: etree._Element, url: str) -> str:
    """Return the address against which a page's links are read."""
    return next((web_link(tag.get("href", ""), url) for tag in page.iter("base")), None) or url


def page_of(body: bytes, content_type: str | None) -> etree._Element | None:
    """Return the tree of a page; None for an empty one."""
    parser = etree.HTMLParser(no_network=True, encoding="utf-8")
    try:
        return etree.fromstring(in_utf8(body, content_type), parser)
    except etree.XMLSyntaxError:  # nothing in it at all
        return None


def _names_feed(link: etree._Element) -> bool:
    kind = link.get("type", "").partition(";")[0].strip().lower()
    return kind in FEED_TYPES and "alternate" in link.get("rel", "").lower().split()


def is_side_feed(feed: str, title: str) -> bool:
    """Tell whether a feed is of comments, of one tag or of one author."""
    return any(word in f"{feed} {title}".lower() for word in SIDE_FEEDS)
