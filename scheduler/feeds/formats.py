"""Writes a topic's feed as RSS 2.0, Atom (RFC 4287) or JSON Feed 1.1; pure."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from email.utils import format_datetime

from lxml import etree

from scheduler.feeds.entries import FeedEntry, TopicFeed

ATOM = "http://www.w3.org/2005/Atom"
_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # XML 1.0, 2.2


def write_rss(feed: TopicFeed, *, own_url: str, site_url: str) -> bytes:
    """Write RSS 2.0, with the Atom link to itself that readers ask for."""
    root = etree.Element("rss", version="2.0", nsmap={"atom": ATOM})
    channel = etree.SubElement(root, "channel")
    _add(channel, "title", f"{feed.topic} · Wirewatch")
    _add(channel, "link", site_url)
    _add(channel, "description", f"Stories that match: {feed.query}")
    _add(channel, "lastBuildDate", format_datetime(feed.changed_at.astimezone(UTC), usegmt=True))
    etree.SubElement(
        channel,
        f"{{{ATOM}}}link",
        href=_clean(own_url),
        rel="self",
        type="application/rss+xml",
    )
    for entry in feed.entries:
        item = etree.SubElement(channel, "item")
        _add(item, "title", entry.title)
        _add(item, "link", entry.url)
        _add(item, "description", _says(entry))
        guid = etree.SubElement(item, "guid", isPermaLink="false")
        guid.text = entry.uid
        _add(item, "pubDate", format_datetime(_when(entry).astimezone(UTC), usegmt=True))
    return _bytes(root)


def write_atom(feed: TopicFeed, *, own_url: str, site_url: str) -> bytes:
    """Write Atom; an entry's id is its alert's, and stays."""
    root = etree.Element(f"{{{ATOM}}}feed", nsmap={None: ATOM})
    _add(root, f"{{{ATOM}}}title", f"{feed.topic} · Wirewatch")
    _add(root, f"{{{ATOM}}}id", f"urn:wirewatch:topic:{_urn(feed.topic)}")
    _add(root, f"{{{ATOM}}}updated", _stamp(feed.changed_at))
    etree.SubElement(root, f"{{{ATOM}}}link", href=_clean(own_url), rel="self")
    etree.SubElement(root, f"{{{ATOM}}}link", href=_clean(site_url), rel="alternate")
    _author(root, ("Wirewatch",))
    for entry in feed.entries:
        item = etree.SubElement(root, f"{{{ATOM}}}entry")
        _add(item, f"{{{ATOM}}}title", entry.title)
        _add(item, f"{{{ATOM}}}id", f"urn:wirewatch:{entry.uid}")
        _add(item, f"{{{ATOM}}}updated", _stamp(entry.at))
        if entry.published is not None:
            _add(item, f"{{{ATOM}}}published", _stamp(entry.published))
        etree.SubElement(item, f"{{{ATOM}}}link", href=_clean(entry.url), rel="alternate")
        _author(item, entry.authors or (entry.publisher,))
        _add(item, f"{{{ATOM}}}summary", _says(entry))
    return _bytes(root)


def write_json(feed: TopicFeed, *, own_url: str, site_url: str) -> bytes:
    """Write JSON Feed 1.1."""
    document = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": f"{feed.topic} · Wirewatch",
        "home_page_url": site_url,
        "feed_url": own_url,
        "description": f"Stories that match: {feed.query}",
        "items": [
            {
                "id": entry.uid,
                "url": entry.url,
                "title": entry.title,
                "content_text": _says(entry),
                "date_published": _stamp(_when(entry)),
                "authors": [{"name": name} for name in entry.authors or (entry.publisher,)],
                "_wirewatch": {
                    "story_id": entry.story_id,
                    "publisher": entry.publisher,
                    "copies": entry.copies,
                    "alerted_at": _stamp(entry.at),
                },
            }
            for entry in feed.entries
        ],
    }
    return json.dumps(document, ensure_ascii=False).encode("utf-8", "replace")


def _says(entry: FeedEntry) -> str:
    copies = "" if not entry.copies else f" Copied {entry.copies} times."
    return f"First: {entry.publisher}.{copies} {entry.summary}".strip()


def _when(entry: FeedEntry) -> datetime:
    """Return the time that readers sort by: of the alert, for publishers' times lie."""
    return entry.at


def _add(parent: etree._Element, name: str, text: str) -> None:
    etree.SubElement(parent, name).text = _clean(text)


def _author(parent: etree._Element, names: tuple[str, ...]) -> None:
    for name in names:
        _add(etree.SubElement(parent, f"{{{ATOM}}}author"), f"{{{ATOM}}}name", name)


def _clean(text: str) -> str:
    return _FORBIDDEN.sub("\ufffd", text)


def _urn(text: str) -> str:
    return re.sub(r"[^A-Za-z0-9]+", "-", text).strip("-").lower() or "topic"


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _bytes(root: etree._Element) -> bytes:
    found: bytes = etree.tostring(root, xml_declaration=True, encoding="utf-8")
    return found
