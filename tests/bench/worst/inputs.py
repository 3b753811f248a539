"""Inputs that cost each step most for their size: what a hostile page, listing or text is made of."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

_SAYS = "The ferry crews went on strike at noon and the harbour stood still for hours while talks went on."
_BODY = f"<article>{f'<p>{_SAYS}</p>' * 8}</article>"
_NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
_JSON = '<script type="application/ld+json">{}</script>'


def page(head: str, body: str, title: str = "The ferry strike goes on") -> bytes:
    """Return a page with a heading."""
    says = f"<html><head><title>{title}</title>{head}</head><body><h1>The ferry strike goes on</h1>"
    return f"{says}{body}</body></html>".encode()


def filled(piece: str, size: int) -> str:
    """Return a piece over and over, up to a size in characters."""
    return piece * max(1, size // len(piece))


def nested(opening: str, closing: str, inner: str, size: int, depth: int = 1900) -> str:
    """Return elements inside each other, over and over, up to a size in characters."""
    return filled(opening * depth + inner + closing * depth, size)


def pages(size: int) -> Iterator[tuple[str, bytes]]:
    """Yield pages by what is read out of them: text, title, authors, dates, statements."""
    for mark in ('itemprop="author"', 'class="author byline"', 'rel="author"', 'class="date"'):
        yield f"nested {mark}", page("", _BODY + nested(f"<div {mark}>", "</div>", "A Berg", size))
    for tag in ("div", "section", "blockquote", "li", "h1"):
        inner = nested(f"<{tag}>", f"</{tag}>", f"<p>{_SAYS}</p>", size)
        yield f"nested {tag}", page("", _BODY + inner)
    many = {
        "authors": '<span class="author">Anna Berg</span>',
        "times": '<time datetime="2026-05-01T10:00:00Z">1 May 2026</time>',
        "headings": "<h1>The ferry strike</h1>",
        "links": '<li><a href="/x">Ferry news goes on and on</a></li>',
        "short paragraphs": "<p>a b</p>",
        "lines": "a<br>",
        "bylines": "<p>By Anna Berg, Reuters</p>",
        "written dates": "<p>Updated: May 1, 2026</p>",
        "table cells": "<tr><td>a</td><td>b</td></tr>",
    }
    for name, piece in many.items():
        yield f"many {name}", page("", _BODY + filled(piece, size))
    for name, piece in {"spaces": " ", "one word": "a", "digits": "1", "marks": "© "}.items():
        yield f"a paragraph of {name}", page("", f"{_BODY}<p>{filled(piece, size)}</p>")
    yield "a title of brackets", page("", _BODY, filled("<", size))
    yield "a title of sites", page("", _BODY, filled("Ferry | ", size))
    yield "open comments", page(filled("<!--", size), _BODY)
    yield "lists in JSON-LD", page(_JSON.format(filled("[", size)), _BODY)
    people = ",".join(f'{{"@type":"Person","name":"Anna Berg{n}"}}' for n in range(size // 45))
    stated = f'{{"@type":"NewsArticle","author":[{people}]}}'
    yield "authors in JSON-LD", page(_JSON.format(stated), _BODY)
    nodes = ",".join(f'{{"@id":"#{n}","author":{{"@id":"#{n + 1}"}}}}' for n in range(size // 40))
    yield "references in JSON-LD", page(_JSON.format(f'{{"@graph":[{nodes}]}}'), _BODY)


def listings(size: int) -> Iterator[tuple[str, bytes]]:
    """Yield feeds and sitemaps."""
    item = "<item><title>A</title><link>https://a.example/{}</link></item>"
    items = "".join(item.format(number) for number in range(size // 60))
    yield "many items", f'<rss version="2.0"><channel>{items}</channel></rss>'.encode()
    deep = nested("<item>", "</item>", "a", size)
    yield "nested items", f'<rss version="2.0"><channel>{deep}</channel></rss>'.encode()
    entities = filled("&amp;lt;b&amp;gt;", size)
    inner = f"<item><title>{entities}</title><link>https://a.example/1</link></item>"
    yield "a title of entities", f'<rss version="2.0"><channel>{inner}</channel></rss>'.encode()
    urls = "".join(f"<url><loc>https://a.example/{n}</loc></url>" for n in range(size // 45))
    space = "http://www.sitemaps.org/schemas/sitemap/0.9"
    yield "many addresses", f'<urlset xmlns="{space}">{urls}</urlset>'.encode()
    yield "no feed", filled("<", size).encode()


def texts(size: int) -> Iterator[tuple[str, str]]:
    """Yield texts that are judged, matched, indexed and told."""
    yield "three words", filled("ferry strike crew ", size)
    yield "two words", filled("ferry crew ", size)
    yield "one sentence", filled(f"{_SAYS} ", size)
    yield "different words", " ".join(f"ferry{number} strike" for number in range(size // 13))
    days = (_NOON + timedelta(days=number) for number in range(size // 40))
    yield "dated lines", "\n".join(f"The ferry strike of {day:%d %B %Y} went on." for day in days)
    yield "no spaces", filled("渡船罢工持续。", size // 3)
    yield "short lines", filled("ferry\n\nstrike\n\n", size)


QUERIES = (
    "(ferry OR ferries) NEAR/10 (strike OR walkout)",
    "ferry NEAR/5 strike NEAR/20 crew",
    'fer* NEAR/100 (*rike ONEAR/5 "crew ferry")',
    '"ferry strike crew"~5 NEAR/100 crew AND NOT plane',
    "ferry{3} AND (strike ONEAR/2 (crew OR ferry))",
    '"罢工" NEAR/10 "渡船"',
)
"""Topics that nest what a query may nest; README's own is the first."""
