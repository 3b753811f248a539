"""Reads out of a page what its site's rules name."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from lxml.cssselect import CSSSelector

from crawler.extract.clean import one_line, paragraphs
from crawler.extract.moment import read_moment
from crawler.extract.people import split_names

if TYPE_CHECKING:
    from datetime import datetime

    from lxml.html import HtmlElement

    from crawler.extract.rules.records import SiteRules

_BLOCKS = frozenset({"p", "h2", "h3", "h4", "h5", "li", "blockquote", "pre", "td", "dd"})
_NO_TEXT = frozenset({"script", "style", "noscript", "template"})


@dataclass(frozen=True, slots=True)
class Given:
    """What rules found on a page; empty where they found nothing."""

    title: str = ""
    lines: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    published: datetime | None = None


def apply_rules(rules: SiteRules, tree: HtmlElement, now: datetime) -> Given:
    """Take out of the tree what the rules drop, and give what they name. Changes the tree."""
    for selector in rules.drop:
        for element in _compiled(selector)(tree):
            element.drop_tree()
    titles = (one_line(found.text_content()) for found in _first(rules.title, tree))
    dates = (
        read_moment(raw, now) for found in _first(rules.published, tree) for raw in _raw(found)
    )
    names = split_names(found.text_content() for found in _first(rules.authors, tree))
    return Given(
        title=next(filter(None, titles), ""),
        lines=tuple(
            line for found in _outermost(_first(rules.text, tree)) for line in _lines(found)
        ),
        authors=tuple(dict.fromkeys(names)),
        published=next((moment for moment in dates if moment is not None), None),
    )


def _first(selectors: Sequence[str], tree: HtmlElement) -> list[HtmlElement]:
    """Give what the first selector finds that finds anything."""
    return next((found for each in selectors if (found := _compiled(each)(tree))), [])


def _outermost(found: Sequence[HtmlElement]) -> Iterator[HtmlElement]:
    """Leave out what lies in another found element, and would be read twice."""
    inside = set(found)
    for element in found:
        if not any(above in inside for above in element.iterancestors()):
            yield element


def _lines(element: HtmlElement) -> list[str]:
    """Give an element's text by blocks, or as it stands where it has none."""
    blocks = [
        block
        for block in element.iter(*_BLOCKS)
        if not any(above.tag in _BLOCKS for above in _above(block, element))
    ]
    texts = ("".join(_texts(block)) for block in blocks or [element])
    whole = (" ".join(text.split()) for text in texts)
    return [line for text in whole for line in paragraphs(text).split("\n") if line]


def _above(block: HtmlElement, top: HtmlElement) -> Iterator[HtmlElement]:
    for above in block.iterancestors():
        if above is top:
            return
        yield above


def _texts(element: HtmlElement) -> Iterator[str]:
    """Give an element's pieces of text; no recursion, for deep pages."""
    yield element.text or ""
    for below in element.iterdescendants():
        if isinstance(below.tag, str) and below.tag not in _NO_TEXT:
            yield below.text or ""
        yield below.tail or ""


def _raw(element: HtmlElement) -> Iterator[str]:
    """Give where a date may stand, the exact places first."""
    for name in ("datetime", "content", "data-date"):
        if value := element.get(name):
            yield value
    yield one_line(element.text_content())


@lru_cache(maxsize=256)
def _compiled(selector: str) -> CSSSelector:
    return CSSSelector(selector, translator="html")
