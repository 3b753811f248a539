"""Reads a sitemap, a news sitemap or an index of sitemaps (sitemaps.org) into a listing."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from datetime import UTC, datetime

from lxml import etree

from crawler.urls.canonical import canonical_url
from storage.errors import ExtractError, InputError
from storage.models import ListedItem, Listing, Problem

MOST_BYTES = 50 * 1024 * 1024  # the protocol's own limit, of a file that was unpacked
_LONG_AGO = datetime(1990, 1, 1, tzinfo=UTC)


def read_sitemap(body: bytes, *, url: str, max_items: int, now: datetime) -> Listing:
    """Read the newest `max_items` pages of a sitemap, or the sitemaps of an index, newest first.

    Raises ExtractError(NOT_A_FEED) for what is no sitemap.
    """
    root = _parsed(_unpacked(body))
    entries = [_facts(entry) for entry in root if isinstance(entry.tag, str)]
    if _name(root) == "sitemapindex":
        children = sorted(entries, key=lambda facts: _date(facts, now) or _LONG_AGO, reverse=True)
        return Listing("", None, (), sitemaps=tuple(_links(children, url)))
    if _name(root) != "urlset":
        raise ExtractError(Problem.NOT_A_FEED, "the answer is no sitemap")
    items = [item for facts in entries if (item := _item(facts, url, now)) is not None]
    items.sort(key=lambda item: item.published or _LONG_AGO, reverse=True)
    return Listing("", None, tuple(items[:max_items]))


def _unpacked(body: bytes) -> bytes:
    if not body.startswith(b"\x1f\x8b"):
        return body
    try:
        return zlib.decompressobj(wbits=31).decompress(body, MOST_BYTES)
    except zlib.error:
        raise ExtractError(Problem.NOT_A_FEED, "the answer can't be unpacked") from None


def _parsed(body: bytes) -> etree._Element:
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, recover=True
    )
    try:
        root = etree.fromstring(body, parser)
    except etree.XMLSyntaxError:
        root = None
    if root is None:
        raise ExtractError(Problem.NOT_A_FEED, "the answer is no sitemap")
    return root


def _name(element: etree._Element) -> str:
    return str(etree.QName(element).localname).lower()


def _facts(entry: etree._Element) -> dict[str, str]:
    """Give what an entry says by the names of its elements; of a name the first one counts."""
    facts: dict[str, str] = {}
    for element in entry.iter(etree.Element):
        facts.setdefault(_name(element), " ".join((element.text or "").split()))
    return facts


def _links(entries: list[dict[str, str]], base: str) -> Iterator[str]:
    for facts in entries:
        link = _link(facts, base)
        if link is not None:
            yield link


def _item(facts: dict[str, str], base: str, now: datetime) -> ListedItem | None:
    link = _link(facts, base)
    if link is None:
        return None
    return ListedItem(
        url=link, guid=None, title=facts.get("title", "")[:500], published=_date(facts, now)
    )


def _link(facts: dict[str, str], base: str) -> str | None:
    try:
        return canonical_url(facts["loc"], base)
    except (KeyError, InputError):
        return None


def _date(facts: dict[str, str], now: datetime) -> datetime | None:
    """Read when a page was published; when it was changed last, where nothing else is said."""
    text = facts.get("publication_date") or facts.get("lastmod") or ""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    aware = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    return aware if _LONG_AGO <= aware <= now else None
