"""Use the text that a page's JSON-LD declares, where it proves that the page's markup lost it."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING

from crawler.extract.markup.clean_text import paragraphs
from crawler.extract.markup.jsonld import text_of

if TYPE_CHECKING:
    from crawler.extract.markup.jsonld import Node

_LONGER = 1.4  # times the text that was read: less is a difference of wrapper, not a lost article
_CUT_OFF = ("...", "…", "[…]", "[...]")
_BREAK = re.compile(r"<(?:br|/p|/div|/li|/h\d)\b[^>]*>", re.IGNORECASE)
_TAG = re.compile(r"<[^<>]{1,500}>")


def with_declared_body(text: str, article: Node | None) -> str:
    """Return the declared text where it is whole and much longer than the one read, else the latter.

    By itself a declared text is no better than what is read from the page: many are cut short.
    """
    declared = _plain_text(text_of((article or {}).get("articleBody")))
    if len(declared) <= _LONGER * len(text) or declared.endswith(_CUT_OFF):
        return text
    return declared


def _plain_text(raw: str) -> str:
    without_tags = _TAG.sub("", _BREAK.sub("\n", raw))
    return paragraphs(html.unescape(without_tags))
