"""Tell where a page shows the day of the visit by the element's own name: it dates no article."""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_NAMED = re.compile(
    r"(?<!\S)today(?!\S)|(?:today'?s?|current)[-_]?date(?![a-z])|(?<![a-z])date[-_]?today(?![a-z])",
    re.IGNORECASE,
)
_MOST_SHOWN = 60  # characters: a day and an hour; more is what a site says of today


def shows_today(element: HtmlElement) -> bool:
    """Tell whether an element is made to hold the day of the visit, such as `class="today-date"`."""
    named = any(_NAMED.search(element.get(name) or "") for name in ("class", "id"))
    return named and sum(len(text) for text in islice(element.itertext(), 20)) <= _MOST_SHOWN


def drop_todays(tree: HtmlElement) -> None:
    """Take out of a tree what shows the day of the visit."""
    for element in [each for each in tree.iter("div", "span", "p", "time") if shows_today(each)]:
        element.drop_tree()
