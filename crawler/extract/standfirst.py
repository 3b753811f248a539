"""Put a page's standfirst before its text where the page shows one and the text lacks it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crawler.extract.clean import one_line
from crawler.extract.words import plain

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_LEAST = 40  # characters; a shorter description is a slogan
_BEGINNING = 2000  # characters of the text in which a standfirst stands that is there already
_STEM = 40  # characters that tell one description from another; sites cut its end off
_MOST = 3  # times the description's length; a longer element holds more than the standfirst
_TAGS = ("p", "h2", "h3", "div", "span", "strong", "em", "li", "section", "header")


def with_standfirst(text: str, descriptions: tuple[str, ...], tree: HtmlElement) -> str:
    """Give the text with the first of these descriptions that the page shows and it lacks."""
    start = plain(text[:_BEGINNING])
    for description in descriptions:
        stem = plain(description)[:_STEM]
        if len(stem) < _LEAST or stem in start:
            continue
        shown = _shown(stem, len(description), tree)
        if shown and plain(shown) not in plain(text):
            return f"{shown}\n{text}"
    return text


def _shown(stem: str, length: int, tree: HtmlElement) -> str:
    """Give the element's text that begins with the stem and holds little else, else ''."""
    first = stem.split(" ", 1)[0]
    for element in tree.iter(*_TAGS):
        if not (element.text or "").strip() and element.tag in {"div", "section", "header"}:
            continue
        shown = element.text_content()
        if len(shown) > _MOST * length + 100 or len(shown) < len(stem):
            continue
        if first in shown[:100].casefold() and plain(shown).startswith(stem):
            return one_line(shown, 2000)
    return ""
