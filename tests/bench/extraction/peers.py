"""Other extractors, each as its own documentation has it read a whole page with its metadata.

A peer that is not installed is left out; the extra `bench` brings them.
"""

from __future__ import annotations

import importlib
import logging
from collections.abc import Callable
from typing import Any

from tests.bench.extraction.found import Found
from tests.bench.replay import Recorded
from tests.bench.report import progress

Peer = Callable[[Recorded, bytes], Found]
TRAFILATURA: dict[str, dict[str, bool]] = {
    "trafilatura": {},
    "trafilatura_fast": {"fast": True},
    "trafilatura_precision": {"favor_precision": True},
    "trafilatura_recall": {"favor_recall": True},
}
"""Its settings, by the name of the peer."""
RATIOS = ("trafilatura", "trafilatura_fast", "trafilatura_text", "readability", "newsplease")
"""The peers over whose speed ours is given; all but `_text` with metadata, as ours."""


def importable() -> dict[str, Peer]:
    """Return the peers that are installed."""
    logging.disable(logging.CRITICAL)  # they warn of what they find on pages
    named: dict[str, tuple[str, Callable[[Any], Peer]]] = {
        **{name: ("trafilatura", _whole(options)) for name, options in TRAFILATURA.items()},
        "trafilatura_text": ("trafilatura", _text_only),
        "readability": ("readability", _readability),
        "newsplease": ("newsplease", _newsplease),
    }
    found: dict[str, Peer] = {}
    for name, (module, peer) in named.items():
        try:
            found[f"peer_{name}"] = peer(importlib.import_module(module))
        except ImportError as error:
            progress(f"{name} is left out: {error}")
    return found


def _whole(options: dict[str, bool]) -> Callable[[Any], Peer]:
    def peer(trafilatura: Any) -> Peer:
        def read(page: Recorded, body: bytes) -> Found:
            document = trafilatura.bare_extraction(
                body, url=page.url, with_metadata=True, include_comments=False, **options
            )
            if document is None:
                return Found()
            authors = tuple(filter(None, (document.author or "").split("; ")))
            return Found(document.text or "", document.title, document.date, authors)

        return read

    return peer


def _text_only(trafilatura: Any) -> Peer:
    def read(page: Recorded, body: bytes) -> Found:
        return Found(trafilatura.extract(body, url=page.url, include_comments=False) or "")

    return read


def _readability(readability: Any) -> Peer:
    from lxml import html

    def read(page: Recorded, body: bytes) -> Found:
        document = readability.Document(page.html)
        summary = html.fromstring(document.summary())
        lines = (" ".join(text.split()) for text in summary.itertext())
        return Found("\n".join(filter(None, lines)), document.short_title())

    return read


def _newsplease(newsplease: Any) -> Peer:
    def read(page: Recorded, body: bytes) -> Found:
        article = newsplease.NewsPlease.from_html(page.html, url=page.url, fetch_images=False)
        return Found(
            article.maintext or "", article.title, article.date_publish, tuple(article.authors)
        )

    return read
