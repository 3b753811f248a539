"""Put a page's standfirst before its text where the page shows one and the text lacks it."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from lxml import etree

from crawler.extract.markup.clean_text import one_line
from crawler.extract.markup.word_count import plain

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_LEAST = 40  # characters; a shorter description is a slogan
_BEGINNING = 2000  # characters of the text in which a standfirst stands that is there already
_STEM = 40  # characters that tell one description from another; sites cut its end off
_MOST = 3  # times the description's length; a longer element holds more than the standfirst
_TAGS = ("p", "h2", "h3", "div", "span", "strong", "em", "b", "a", "li", "section", "header")
_OUTWARDS = 3  # elements, from the one in which a standfirst's first words stand
_MOST_PIECES = 200  # of text in an element; one with more holds more than the standfirst


def with_standfirst(text: str, descriptions: tuple[str, ...], tree: HtmlElement) -> str:
    """Return the text with the first of these descriptions that the page shows and it lacks."""
    beginning = text[:_BEGINNING]
    lacking_as_written = [
        description
        for description in dict.fromkeys(descriptions)
        if description[:_STEM] not in beginning
    ]
    if not lacking_as_written:
        return text
    start = plain(beginning)
    stems = {
        description: plain(description[: 2 * _STEM])[:_STEM] for description in lacking_as_written
    }
    lacking = {d: stem for d, stem in stems.items() if len(stem) >= _LEAST and stem not in start}
    page = etree.tostring(tree.body, method="text", encoding="unicode") if lacking else ""
    for description, stem in lacking.items():
        shown = _shown(stem, len(description), tree) if _is_said(description, page) else ""
        if shown and plain(shown) not in plain(text):
            return f"{shown}\n{text}"
    return text


def _is_said(description: str, page: str) -> bool:
    """Tell quickly whether a page can show a description, by some words of its beginning."""
    return " ".join(description[:_STEM].split()[1:4]) in page


def _shown(stem: str, length: int, tree: HtmlElement) -> str:
    """Return the element's text that begins with the stem and holds little else, else ''."""
    first = stem.split(" ", 1)[0]
    for element in tree.iter(*_TAGS):
        text = element.text
        if text and first in text[:_STEM].casefold():
            shown = _text_of(element, len(stem), _MOST * length + 100)
            if plain(shown[: 2 * _STEM]).startswith(stem):
                return one_line(shown, 2000)
    return ""


def _text_of(element: HtmlElement, least: int, most: int) -> str:
    """Return the text of an element, or of one around it that has enough of it; '' for too much."""
    for _ in range(_OUTWARDS):
        text = "".join(islice(element.itertext(), _MOST_PIECES)).strip()
        if len(text) >= least or element.getparent() is None:
            return text if len(text) <= most else ""
        element = element.getparent()
    return ""
