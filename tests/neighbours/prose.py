"""Made-up articles, each its own by its seed, and the pages and feeds that carry them; pure."""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from html import escape

from tests.bench.pipeline.web import vocabulary

_COMMON = (
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
)
_SENTENCES_A_PARAGRAPH = 3


@dataclass(frozen=True, slots=True)
class Text:
    """A title, and paragraphs of whole sentences."""

    title: str
    paragraphs: tuple[str, ...]

    def __add__(self, other: Text) -> Text:
        return Text(self.title, self.paragraphs + other.paragraphs)


@dataclass(frozen=True, slots=True)
class Item:
    """What a feed lists; one without `published` states no date."""

    url: str
    title: str
    published: datetime | None = None


def text(seed: str, *words: str, sentences: int = 21) -> Text:
    """Write a text that holds these words, each in a sentence of its own, and in its title."""
    rng = random.Random(seed)
    written = [_sentence(rng) for _ in range(sentences)]
    for word in words:
        place = rng.randrange(1, len(written))
        written[place] = f"A {word} was seen there {written[place][0].lower()}{written[place][1:]}"
    step = _SENTENCES_A_PARAGRAPH
    paragraphs = tuple(" ".join(written[at : at + step]) for at in range(0, len(written), step))
    title = " ".join([*words, *rng.choices(vocabulary(), k=6)]).capitalize()
    return Text(title, paragraphs)


def page(of: Text, *, published: datetime | None = None, head: str = "", credit: str = "") -> bytes:
    """Return an article's page; it states when it was published, if that is said."""
    stated = published and (
        f'<meta property="article:published_time" content="{published.isoformat()}">'
    )
    body = "".join(
        f"<p>{escape(paragraph)}</p>" for paragraph in (*of.paragraphs, credit) if paragraph
    )
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(of.title)}</title>'
        f"{stated or ''}{head}</head><body><nav><a href='/'>Home</a></nav>"
        f"<article><h1>{escape(of.title)}</h1>{body}</article></body></html>"
    ).encode()


def feed(title: str, items: Iterable[Item]) -> bytes:
    """Return a feed in RSS."""
    return (
        f'<rss version="2.0"><channel><title>{escape(title)}</title>'
        f"{''.join(map(_item, items))}</channel></rss>"
    ).encode()


def _item(item: Item) -> str:
    dated = item.published and f"<pubDate>{format_datetime(item.published)}</pubDate>"
    return (
        f"<item><title>{escape(item.title)}</title><link>{escape(item.url)}</link>"
        f'<guid isPermaLink="false">{escape(item.url)}</guid>{dated or ""}</item>'
    )


def _sentence(rng: random.Random) -> str:
    own = vocabulary()
    count = rng.randrange(9, 16)
    words = [rng.choice(_COMMON) if rng.random() < 0.4 else rng.choice(own) for _ in range(count)]
    return " ".join(words).capitalize() + "."
