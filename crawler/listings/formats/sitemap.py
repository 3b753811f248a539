"""Reads a sitemap (plain, news, an index, or lines of text) into a listing."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from urllib.parse import urlsplit

from lxml import etree

from crawler.extract.dates.parse_datetime import listed_datetime
from crawler.extract.titles import plain_title
from crawler.listings.formats.feed import listing_place
from crawler.listings.formats.long_listing import Before, choose
from crawler.listings.formats.xml_repair import repaired_xml
from crawler.urls.canonical import web_link
from storage.errors import ExtractError
from storage.models.listings import ListedItem, ListedSitemap, Listing
from storage.models.problems import Problem
from storage.models.sources import SourceKind

_NEVER = datetime.min.replace(tzinfo=UTC)
_XML = re.compile(rb"<(?:\w+:)?(?:urlset|sitemapindex)[\s>]", re.IGNORECASE)
_LINE = re.compile(rb"\s*https?://\S+\s*(?:\n|\Z)")
_NUMBER = re.compile(r"[0-9]{1,9}")
_BESIDE = re.compile(r"\b(?:tags?|categor(?:y|ies)|authors?|users?|images?|videos?|pages?)\b")
_START = 2000  # bytes in which a document's first tag stands


def looks_like_sitemap(body: bytes) -> bool:
    """Tell whether the body is a sitemap, of XML or of one address a line."""
    return bool(_XML.search(body[:_START]) or _LINE.match(body))


def read_sitemap(
    body: bytes, *, url: str, max_items: int, now: datetime, before: Before
) -> Listing:
    """Read the newest `max_items` addresses of a sitemap in UTF-8; an index gives its sitemaps and no items.

    Sorted by publication, or else by last change; only a publication is an item's date. `before` is
    what is known of the listing. Entries are found wherever they stand: some sites
    nest one list in another. Raises ExtractError(NOT_A_FEED) for what can't be read as XML at all.
    """
    if not _XML.search(body[:_START]):
        return _listing([(_NEVER, i) for i in _lines(body, url)], [], max_items, before)
    repaired = repaired_xml(body)
    # Entities stay unresolved: a sitemap needs none, and a hostile one is made of them.
    parser = etree.XMLParser(
        recover=True, resolve_entities=False, no_network=True, load_dtd=False, encoding="utf-8"
    )
    try:
        root = etree.fromstring(repaired.body, parser)
    except etree.XMLSyntaxError:
        root = None
    if root is None:
        raise ExtractError(Problem.NOT_A_FEED, "the sitemap is not well-formed")
    place = listing_place(url, None)
    items: list[tuple[datetime, ListedItem]] = []
    sitemaps: list[tuple[datetime, str]] = []
    amiss = repaired.amiss or _amiss(parser)
    for entry in root.iter("{*}url", "{*}sitemap"):
        values = _values(entry)
        link = web_link(values.get("loc"), url)
        if link is None:
            continue
        published = listed_datetime(values.get("publication_date"), now, place)
        changed = listed_datetime(values.get("lastmod"), now, place)
        newest = published or changed or _NEVER
        if bare_name(entry) == "sitemap":
            sitemaps.append((newest, link))
        else:
            title = plain_title(values.get("title"))
            item = ListedItem(url=link, title=title, published=published, changed=changed)
            items.append((newest, item))
    return _listing(items, sitemaps, max_items, before, amiss)


def _amiss(parser: etree.XMLParser) -> str:
    """Say what the parser recovered from; "" for nothing."""
    error = next(iter(parser.error_log), None)
    return "" if error is None else str(error.message)


def _values(entry: etree._Element) -> dict[str, str]:
    """Return what an entry's elements say, by name; the first of a name counts."""
    values: dict[str, str] = {}
    for part in entry.iterchildren("{*}loc", "{*}lastmod", "{*}news"):
        for tag in (part, *part.iterchildren("{*}title", "{*}publication_date")):
            values.setdefault(bare_name(tag), "".join(tag.itertext()).strip())
    return values


def _lines(body: bytes, url: str) -> list[ListedItem]:
    links = (web_link(line, url) for line in body.decode("utf-8", "replace").splitlines())
    return [ListedItem(url=link) for link in links if link]


def _newest_first(named: tuple[datetime, str]) -> tuple[bool, bool, datetime, tuple[int, ...]]:
    """Return how likely a sitemap of an index lists what is newest.

    One of news does by its definition, whatever its date; one of tags or images never does. Where no
    dates are given the highest number in its name is the newest: a month, or the last of many.
    """
    changed, url = named
    path = urlsplit(url).path.lower()
    numbers = tuple(int(number) for number in _NUMBER.findall(path))
    return "news" in path, not is_beside(url), changed, numbers


def is_beside(url: str) -> bool:
    """Tell by its name whether a sitemap is of tags, authors or images, and lists no articles."""
    return _BESIDE.search(urlsplit(url).path.lower()) is not None


def _listing(
    items: list[tuple[datetime, ListedItem]],
    sitemaps: list[tuple[datetime, str]],
    max_items: int,
    before: Before,
    amiss: str = "",
) -> Listing:
    items.sort(key=lambda pair: pair[0], reverse=True)
    sitemaps.sort(key=_newest_first, reverse=True)
    items_by_url: dict[str, ListedItem] = {}
    for _, item in items:
        items_by_url.setdefault(item.url, item)
    choice = choose(list(items_by_url.values()), max_items, before)
    more = f"more than {max_items} sitemaps" if len(sitemaps) > max_items else ""
    reasons = (f"not well-formed: {amiss}" if amiss else "", choice.left_out, more)
    return Listing(
        title="",
        site_url=None,
        items=choice.items,
        memory=choice.memory,
        has_more=choice.has_more,
        degraded="; ".join(filter(None, reasons)) or None,
        kind=SourceKind.SITEMAP,
        sitemaps=tuple(_sitemaps(sitemaps).values())[:max_items],
    )


def _sitemaps(sitemaps: list[tuple[datetime, str]]) -> dict[str, ListedSitemap]:
    sitemaps_by_url: dict[str, ListedSitemap] = {}
    for changed, url in sitemaps:
        known = None if changed is _NEVER else changed
        sitemaps_by_url.setdefault(url, ListedSitemap(url, known))
    return sitemaps_by_url


def bare_name(element: etree._Element) -> str:
    """Return an element's name without its namespace; a recovered one's prefix may be declared nowhere."""
    return str(element.tag).rpartition("}")[2].rpartition(":")[2]
