"""The text of an element as a reader sees it: words that stand apart are apart."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lxml.html import HtmlElement

# Elements that a browser sets within a word; all others end one.
_WITHIN_WORDS = frozenset(
    [
        "a",
        "abbr",
        "acronym",
        "b",
        "bdi",
        "bdo",
        "big",
        "cite",
        "code",
        "data",
        "del",
        "dfn",
        "em",
        "font",
        "i",
        "ins",
        "kbd",
        "label",
        "mark",
        "q",
        "rb",
        "rp",
        "rt",
        "ruby",
        "s",
        "samp",
        "small",
        "span",
        "strike",
        "strong",
        "sub",
        "sup",
        "time",
        "tt",
        "u",
        "var",
        "wbr",
    ]
)
_MOST_LEVELS = 200


def spaced_text(element: HtmlElement) -> str:
    """Return an element's text with a space where its elements part two words.

    Blocks and breaks part words, and so do two elements with nothing between them: a kicker and its
    headline, but no initial that is set apart from its own word.
    """
    return "".join(_pieces(element, 0))


def _pieces(element: HtmlElement, level: int) -> Iterator[str]:
    if element.text:
        yield element.text
    beside = False  # an element ended, and no text came since
    for child in element:
        if isinstance(child.tag, str):
            parts = beside or child.tag not in _WITHIN_WORDS
            if parts and child.tag != "wbr":
                yield " "
            yield from _pieces(child, level + 1) if level < _MOST_LEVELS else child.itertext()
            if child.tag not in _WITHIN_WORDS:
                yield " "
        beside = not child.tail and child.tag != "wbr"
        if child.tail:
            yield child.tail
