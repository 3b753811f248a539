"""Refuse a page whose tags nest deeper than the parsers and readers behind can take.

libxml2 stops by itself at 2,048 elements within each other, so even a page of nothing but opening
tags costs it little; what is measured here, in its own tree, is how deep it came.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from lxml import etree

from storage.errors import ExtractError
from storage.models.problems import Problem

if TYPE_CHECKING:
    from lxml.html import HtmlElement

# libxml2 keeps 2,048 elements with huge_tree and drops what is below; html and body are two.
PARSER_DEPTH = 2040


def check_depth(tree: HtmlElement, max_depth: int) -> None:
    """Raise `ExtractError(TOO_DEEP)` where more than `max_depth` elements stand in each other."""
    limit = min(max_depth, PARSER_DEPTH)
    if _elements_below(limit)(tree):
        raise ExtractError(Problem.TOO_DEEP, f"more than {limit} elements are nested")


@lru_cache(maxsize=4)
def _elements_below(limit: int) -> etree.XPath:
    """Return a path that finds the elements one level below the limit; each level is walked once."""
    return etree.XPath("/*" * (limit + 1), smart_strings=False)
