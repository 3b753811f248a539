"""Recognise pages that answer 200 and hold no article, by the name of what stands in its place."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from crawler.extract.markup.word_count import count_words, has_words
from crawler.lexicon.wall_phrases import opening_phrases, phrases_anywhere, wall_phrases
from storage.models.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.html import HtmlElement

    from crawler.extract.markup.jsonld import Node

_LONG_TEXT = 200  # words; an article about error pages is longer than an error page
_STUB = 120  # words; a teaser that is shown before a paywall
_SITE_NAME = 4  # words that a wall's title may have beside what makes it one
_LEAD = 80  # characters
_SEEN = 20_000  # characters of a page that are looked through
_TIMES_MORE = 2  # the declared length against the text's, where most of it is withheld
_CUT = ("…", "...", "[…]")
_NO = frozenset({"false", "no"})
# What the elements of paywalls are called, by their makers and by publishers.
_GATE = re.compile(
    r"(?:^|[-_])(?:pay-?wall|reg-?wall|subscriber-only|subscription-required|premium-(?:gate|lock|only)"
    r"|content-gate|locked-content|tp-container-inner|poool-widget)(?:$|[-_])",
    re.IGNORECASE,
)
_HIDDEN = frozenset({"script", "style", "template", "head"})


@dataclass(frozen=True, slots=True)
class _Closed:
    """What marks a page as not free, in words, and what it declares in JSON-LD."""

    by: str
    article: Node


@dataclass(frozen=True, slots=True)
class Wall:
    """What stands in an article's place, and the sentence that says what showed it."""

    problem: Problem
    detail: str


def wall_of(
    title: str, text: str, *, tree: HtmlElement, article: Node | None, min_words: int
) -> Wall | None:
    """Name the wall that a page is; None for an article, or for a page with too little text.

    `text` is the text that was read, `article` what the page declares in JSON-LD.
    """
    if has_words(text, _LONG_TEXT):
        return None
    words = count_words(text)
    if wall := _said_in_title(title) or _said_in(text):
        return wall
    if words >= max(min_words, _STUB):
        return None
    closed = _closed_by(tree, article or {})
    if words >= min_words and article is None and not closed:
        return None
    seen = _visible(tree)
    if closed and (paywall := _paywall(text, words, seen, _Closed(closed, article or {}))):
        return paywall
    return _shell(seen, tree) if words < min_words else None


def _said_in_title(title: str) -> Wall | None:
    for problem, pattern in opening_phrases():
        match = pattern.search(title)
        if match and count_words(title) - count_words(match.group()) <= _SITE_NAME:
            return Wall(problem, f"the title says {_quote(match)}")
    return None


def _said_in(text: str) -> Wall | None:
    lead = text[:_LEAD].partition("\n")[0]
    for problem, pattern in opening_phrases():
        if match := pattern.search(lead):
            return Wall(problem, f"the page says {_quote(match)}")
    for problem, pattern in phrases_anywhere():
        if match := pattern.search(text):
            return Wall(problem, f"the page says {_quote(match)}")
    return None


def _shell(seen: str, tree: HtmlElement) -> Wall | None:
    """Name what a page with hardly any text shows outside of it."""
    if wall := _said_in(seen):
        return wall
    if next(tree.iterfind(".//input[@type='password']"), None) is not None:
        return Wall(Problem.LOGIN_WALL, "it asks for a password and shows no text")
    if script := wall_phrases("needs_javascript").search(seen):
        return Wall(Problem.NOT_AN_ARTICLE, f"it needs JavaScript: {_quote(script)}")
    return None


def _paywall(text: str, words: int, seen: str, closed: _Closed) -> Wall | None:
    """Tell a teaser from a whole article: it must be marked as closed, and be cut or fall short."""
    declared = _number(closed.article.get("wordCount"))
    if declared >= _TIMES_MORE * max(words, 1):
        return Wall(Problem.PAYWALL, f"{closed.by}, and {words} of {declared} words are shown")
    appeal = wall_phrases("appeal").search(seen)
    if appeal and (text.rstrip().endswith(_CUT) or not text):
        return Wall(Problem.PAYWALL, f"{closed.by}, is cut off, and says {_quote(appeal)}")
    return None


def _closed_by(tree: HtmlElement, article: Node) -> str:
    """Say what marks a page as not free; '' for nothing.

    JSON-LD's own word counts before the page's markup: a site leaves its paywall's elements in pages
    that it gives away.
    """
    declared = str(article.get("isAccessibleForFree", "")).strip().lower()
    if declared:
        return "it is declared not free" if declared in _NO else ""
    for element in tree.iter("meta"):
        name = (element.get("property") or element.get("name") or element.get("itemprop")) or ""
        value = (element.get("content") or "").strip().lower()
        if (name == "isAccessibleForFree" and value in _NO) or (
            name == "article:content_tier" and value == "locked"
        ):
            return "it is declared not free"
    gate = next((c for c in _classes(tree) if _GATE.search(c)), None)
    return f"it has a gate ({gate})" if gate else ""


def _classes(tree: HtmlElement) -> Iterator[str]:
    for element in tree.iter():
        if isinstance(element.tag, str) and element.tag not in _HIDDEN:
            yield from (element.get("class") or "").split()


def _number(value: object) -> int:
    digits = re.fullmatch(r"\s*(\d{1,7})\s*", str(value), re.ASCII)
    return int(digits.group(1)) if digits else 0


def _visible(tree: HtmlElement) -> str:
    """Return the first text of a page's body, what <noscript> holds among it."""
    pieces: list[str] = []
    length = 0
    for piece in _pieces(tree):
        pieces.append(piece)
        length += len(piece)
        if length >= _SEEN:
            break
    return "\n".join(pieces)


def _pieces(tree: HtmlElement) -> Iterator[str]:
    for element in tree.iter():
        if element.tag not in _HIDDEN and element.text and element.text.strip():
            yield element.text.strip()
        if element.tail and element.tail.strip():
            yield element.tail.strip()


def _quote(match: re.Match[str]) -> str:
    return repr(" ".join(match.group().split())[:100])
