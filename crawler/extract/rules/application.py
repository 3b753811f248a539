"""Reads out of a page what its site's rules name."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from lxml.cssselect import CSSSelector

from crawler.extract.credits.people import split_names
from crawler.extract.dates.parse_datetime import parse_datetime
from crawler.extract.markup.clean_text import one_line, paragraphs
from crawler.extract.text.sections import TextBlock, read_sections, release

if TYPE_CHECKING:
    from datetime import datetime

    from lxml.html import HtmlElement

    from crawler.extract.rules.records import SiteRules
    from crawler.extract.text.sections import Section

_PAGE = frozenset({"html", "body"})  # never dropped: nothing would be left to read


@dataclass(frozen=True, slots=True)
class RuleValues:
    """What rules found on a page; empty where they found nothing."""

    title: str = ""
    lines: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    published: datetime | None = None


def apply_rules(rules: SiteRules, tree: HtmlElement, now: datetime) -> RuleValues:
    """Take out of the tree what the rules drop, and give what they name. Changes the tree."""
    for selector in rules.drop:
        for element in _compiled(selector)(tree):
            if element.tag not in _PAGE:
                element.drop_tree()
    titles = (one_line(element.text_content()) for element in _first(rules.title, tree))
    dates = (
        parse_datetime(raw, now)
        for element in _first(rules.published, tree)
        for raw in _raw(element)
    )
    names = split_names(element.text_content() for element in _first(rules.authors, tree))
    return RuleValues(
        title=next(filter(None, titles), ""),
        lines=tuple(
            line
            for element in _outermost(_first(rules.text, tree))
            for line in _lines(element)
            if line
        ),
        authors=tuple(dict.fromkeys(names)),
        published=next((moment for moment in dates if moment is not None), None),
    )


def links_in(selectors: Sequence[str], tree: HtmlElement) -> Iterator[HtmlElement]:
    """Yield the links that selectors find, or that stand in what they find, each once."""
    seen: set[HtmlElement] = set()
    for selector in selectors:
        for found in _compiled(selector)(tree):
            for anchor in found.iter("a"):
                if anchor not in seen:
                    seen.add(anchor)
                    yield anchor


def _first(selectors: Sequence[str], tree: HtmlElement) -> list[HtmlElement]:
    """Return what the first selector finds that finds anything."""
    return next((elements for selector in selectors if (elements := _compiled(selector)(tree))), [])


def _outermost(elements: Sequence[HtmlElement]) -> Iterator[HtmlElement]:
    """Leave out what lies in another found element, and would be read twice."""
    inside = set(elements)
    for element in elements:
        if not any(above in inside for above in element.iterancestors()):
            yield element


def _lines(element: HtmlElement) -> Iterator[str]:
    """Yield all of an element's text, block by block, in order, on deep pages too."""
    found = read_sections(element)
    waiting: list[Section | TextBlock] = [found]
    while waiting:
        part = waiting.pop()
        if isinstance(part, TextBlock):
            yield from paragraphs(part.text).split("\n")
        else:
            waiting.extend(reversed(part.parts))
    release(found)


def _raw(element: HtmlElement) -> Iterator[str]:
    """Yield where a date may stand, the exact places first."""
    for name in ("datetime", "content", "data-date"):
        if value := element.get(name):
            yield value
    yield one_line(element.text_content())


@lru_cache(maxsize=256)
def _compiled(selector: str) -> CSSSelector:
    return CSSSelector(selector, translator="html")
