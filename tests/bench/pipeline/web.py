"""A made-up web of news sites on loopback, each under an address of its own.

Pages are made from their site's number and their own, so a hundred thousand of them need no memory.
A site has a layout of its own: names of classes, navigation, teasers, footer, and how it declares
its articles. Every fifth page repeats the text of a page of another site, in that site's wrapper.
"""

from __future__ import annotations

import json
import random
from dataclasses import dataclass
from functools import lru_cache

SITES = 40
COPY_EVERY = 5
_WORDS = 520  # of an article, about
_TEASERS = 60
_NAVIGATION = 80
_SCRIPT_BYTES = 30_000  # what pages carry of programs and their settings
_SYLLABLES = [
    "ka",
    "lo",
    "mi",
    "tren",
    "sa",
    "vor",
    "ul",
    "ne",
    "pa",
    "ri",
    "gos",
    "te",
    "lan",
    "der",
    "mo",
    "ques",
    "ta",
    "bel",
    "fin",
    "ar",
]
_COMMON = [
    "the",
    "of",
    "and",
    "to",
    "in",
    "a",
    "is",
    "that",
    "for",
    "it",
    "was",
    "on",
    "with",
    "as",
    "by",
    "at",
    "from",
    "his",
    "has",
    "had",
    "were",
    "be",
]


def host_of_site(site: int) -> str:
    """Return the loopback address that a site lives at."""
    return f"127.0.{1 + site // 200}.{1 + site % 200}"


def page_path(number: int) -> str:
    """Return a page's path on its site."""
    return f"/2026/11/{1 + number % 28:02}/story-{number}.html"


def number_of(path: str) -> int:
    """Read a page's number from its path. Raises ValueError for another path."""
    return int(path.rpartition("-")[2].removesuffix(".html"))


def feed(site: int, base: str, first: int, count: int) -> bytes:
    """Return a site's feed that lists these pages."""
    items = "".join(
        f"<item><title>{_title(site, number)}</title><guid>{number}</guid>"
        f"<link>{base}{page_path(number)}</link></item>"
        for number in range(first, first + count)
    )
    return (
        f'<rss version="2.0"><channel><title>Site {site}</title><link>{base}/</link>'
        f"{items}</channel></rss>"
    ).encode()


def page(site: int, base: str, number: int) -> bytes:
    """Return a site's page, about 90 kB of HTML."""
    layout = _layout(site, base)
    title, paragraphs = _title(site, number), _paragraphs(site, number)
    published = f"2026-11-{1 + number % 28:02}T{number % 24:02}:15:00+00:00"
    body = "".join(f'<p class="{layout.paragraph}">{each}</p>\n' for each in paragraphs)
    declared = json.dumps(
        {
            "@context": "https://schema.org",
            "@type": "NewsArticle",
            "headline": title,
            "datePublished": published,
            "author": {"@type": "Person", "name": "Ada Low"},
            "publisher": {"@type": "Organization", "name": f"Site {site}"},
        }
    )
    head = (
        f"<title>{title} - Site {site}</title>"
        f'<link rel="canonical" href="{base}{page_path(number)}">'
        f'<meta property="og:title" content="{title}">'
        + (
            f'<script type="application/ld+json">{declared}</script>'
            if site % 4
            else f'<meta property="article:published_time" content="{published}">'
        )
    )
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8">{head}{layout.head}</head>'
        f'<body>{layout.before}<h1 class="{layout.heading}">{title}</h1>'
        f'<div class="{layout.byline}">By Ada Low</div>'
        f'<div class="{layout.body}">{body}</div>{layout.after}</body></html>'
    ).encode()


@dataclass(frozen=True, slots=True)
class _Layout:
    head: str
    before: str
    after: str
    heading: str
    byline: str
    body: str
    paragraph: str


@lru_cache(maxsize=4 * SITES)
def _layout(site: int, base: str) -> _Layout:
    rng = random.Random(f"layout {site}")
    names = [f"{_word(rng)}-{_word(rng)}" for _ in range(6)]
    links = "".join(
        f'<li class="{names[0]}"><a href="{base}/section/{_word(rng)}">{_word(rng)}</a></li>'
        for _ in range(_NAVIGATION)
    )
    teasers = "".join(
        f'<div class="{names[1]}"><a href="{base}{page_path(900_000 + at)}"><img src="/i/{at}.jpg" '
        f'alt=""><span>{_sentence(rng)}</span></a></div>'
        for at in range(_TEASERS)
    )
    script = "".join(f"var {_word(rng)}={rng.random()};" for _ in range(_SCRIPT_BYTES // 30))
    styles = "".join(f".{_word(rng)}{{margin:{rng.randrange(9)}px}}" for _ in range(400))
    return _Layout(
        head=f"<style>{styles}</style><script>{script}</script>",
        before=f'<header><nav><ul>{links}</ul></nav></header><main><article class="{names[2]}">',
        after=(
            f'</article><aside class="{names[1]}s">{teasers}</aside></main>'
            f"<footer><ul>{links}</ul><p>Copyright Site {site}. {_sentence(rng)}</p></footer>"
        ),
        heading=names[3],
        byline=f"byline {names[4]}",
        body=f"{names[5]} body",
        paragraph=names[3][:4],
    )


def _title(site: int, number: int) -> str:
    return _sentence(random.Random(f"title {site} {number}")).rstrip(".").capitalize()


def _paragraphs(site: int, number: int) -> list[str]:
    """Return a page's text: its own, or that of the page of the same number one site before."""
    whose = (site - 1) % SITES if number % COPY_EVERY == 0 and site % 2 else site
    rng = random.Random(f"text {whose} {number}")
    paragraphs, words = [], 0
    while words < _WORDS:
        sentences = [_sentence(rng) for _ in range(rng.randrange(2, 5))]
        words += sum(sentence.count(" ") + 1 for sentence in sentences)
        paragraphs.append(" ".join(sentences))
    return paragraphs


def _sentence(rng: random.Random) -> str:
    own, common = vocabulary(), _COMMON
    count = rng.randrange(9, 24)
    words = [rng.choice(common) if rng.random() < 0.4 else rng.choice(own) for _ in range(count)]
    return " ".join(words).capitalize() + "."


@lru_cache(maxsize=1)
def vocabulary() -> tuple[str, ...]:
    """Return the words that are not common."""
    rng = random.Random("words")
    return tuple(sorted({_word(rng) for _ in range(20_000)}))


def _word(rng: random.Random) -> str:
    return "".join(rng.choice(_SYLLABLES) for _ in range(rng.randrange(2, 5)))
