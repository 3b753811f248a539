"""How our reading of feeds agrees with the feeds of a corpus, file by file, and whether any is fatal.

`--corpus` is a folder of feeds, such as that of feedparser's tests (the source distribution holds
it): what stands under `wellformed` must agree in title, link, date and GUID of each item that has a web
link; nothing at all may raise but a named refusal. The peer is feedparser as it comes.
"""

from __future__ import annotations

import argparse
import calendar
import re
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import feedparser

from crawler.extract.titles import plain_title
from crawler.listings.formats.listing import read_listing
from crawler.urls.canonical import web_link
from storage.errors import ExtractError
from storage.models.listings import ListedItem
from tests.bench.report import progress

_BASE = "http://127.0.0.1:8097/tests/x.xml"
_NOW = datetime(2100, 1, 1, tzinfo=UTC)  # the corpus has dates of any year
_ENTRY = re.compile(rb"<(item|entry)(?:\s[^<>]*[^/<>])?>")
_KINDS = (".xml", ".z", ".gz", ".json")


def add_flags(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--corpus", type=Path, required=True)


@dataclass
class Tally:
    """What was compared, and what did not agree."""

    files: int = 0
    raised: list[str] = field(default_factory=list)
    compared: Counter[str] = field(default_factory=Counter)
    agreed: Counter[str] = field(default_factory=Counter)
    apart: list[str] = field(default_factory=list)
    ours_s: float = 0.0
    peers_s: float = 0.0


def run(args: argparse.Namespace) -> dict[str, Any]:
    tally = Tally()
    for file in sorted(args.corpus.rglob("*")):
        if file.suffix in _KINDS:
            _take(file, args.corpus, tally)
    for each in tally.apart[:40]:
        progress(each)
    return {
        "files": tally.files,
        "raised": tally.raised,
        "items_compared": tally.compared["link"],
        **{
            f"{name}_agreement": round(tally.agreed[name] / tally.compared[name], 4)
            for name in ("title", "link", "date", "guid")
            if tally.compared[name]
        },
        "ours_s": round(tally.ours_s, 2),
        "feedparser_s": round(tally.peers_s, 2),
    }


def _take(file: Path, corpus: Path, tally: Tally) -> None:
    body, name = _with_link(file.read_bytes()), str(file.relative_to(corpus))
    tally.files += 1
    began = time.perf_counter()
    items: tuple[ListedItem, ...] = ()
    try:
        items = read_listing(body, url=_BASE, content_type=None, max_items=2000, now=_NOW).items
    except ExtractError:
        pass
    except Exception as error:  # noqa: BLE001 - that is what is looked for
        tally.raised.append(f"{name}: {error!r}")
        return
    tally.ours_s += time.perf_counter() - began
    began = time.perf_counter()
    parsed = feedparser.parse(body, response_headers={"content-location": _BASE})
    tally.peers_s += time.perf_counter() - began
    is_of_it = parsed.get("version", "").startswith(("rss", "atom"))
    if "wellformed" not in file.parts or (parsed.bozo and not _is_harmless(parsed)) or not is_of_it:
        return
    ours = {item.url: item for item in items}
    for link, entry in _linked(parsed.entries):
        _compare(name, entry, ours.get(link), tally)


def _with_link(body: bytes) -> bytes:
    """Return the one item of a feed a link, if it has none: without one nothing of it is news."""
    entries = list(_ENTRY.finditer(body))
    if len(entries) != 1 or b"<link" in body[entries[0].end() :] or b"guid" in body:
        return body
    link = (
        b"<link>http://linked.example/1</link>"
        if entries[0][1] == b"item"
        else b'<link rel="alternate" href="http://linked.example/1"/>'
    )
    return body[: entries[0].end()] + link + body[entries[0].end() :]


def _is_harmless(parsed: Any) -> bool:
    """Whether it was only declared wrongly, as a file without a server is."""
    wrongly = (feedparser.NonXMLContentType, feedparser.CharacterEncodingOverride)
    return isinstance(parsed.bozo_exception, wrongly)


def _linked(entries: list[Any]) -> Iterator[tuple[str, Any]]:
    for entry in entries:
        link = web_link(entry.get("link"), _BASE)
        if link is not None:
            yield link, entry


def _compare(name: str, entry: Any, ours: ListedItem | None, tally: Tally) -> None:
    dates = [entry[key] for key in ("published_parsed", "updated_parsed") if key in entry]
    date = next((each for each in dates if each), None)
    wanted: dict[str, object] = {
        "link": True,
        "title": plain_title(entry.get("title")),
        "guid": (entry.get("id") or "").strip() or None,
        "date": datetime.fromtimestamp(calendar.timegm(date), UTC)
        if date and date[0] >= 1990
        else None,
    }
    for key, value in wanted.items():
        found = {
            "link": ours is not None,
            "title": ours and ours.title,
            "guid": ours and ours.guid,
            "date": ours and ours.published,
        }[key]
        tally.compared[key] += 1
        tally.agreed[key] += found == value
        if found != value:
            tally.apart.append(f"{name}: {key} is {found!r}, not {value!r}")
