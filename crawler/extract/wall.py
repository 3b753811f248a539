"""Recognise pages that answer 200 and hold no article, or its beginning only, by the name of what stands in its place."""

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
_STUB = 120  # words; a teaser that is shown before a paywall, or what a wall says beside its name
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
class Wall:
    """What stands in an article's place, and the sentence that says what showed it."""

    problem: Problem
    detail: str


def wall_of(
    title: str, text: str, *, tree: HtmlElement, article: Node | None, least: int
) -> Wall | None:
    """Return the wall that a page is; None for an article, or for a page with too little text.

    `text` is the text that was read, `article` what the page declares in JSON-LD, `least` how many
    words make an article. A banner over an article is no wall: what stands beside it decides.
    """
    if has_words(text, _LONG_TEXT):
        return None
    if wall := _said_in_title(title) or _said_in(text, least):
        return wall
    words = count_words(text)
    if words >= least:
        return None
    seen = _visible(tree)
    paywall = _paywall(text, words, seen, tree, article or {})
    return Wall(Problem.PAYWALL, paywall) if paywall else _shell(seen, tree, least)


def teaser_of(text: str, tree: HtmlElement, article: Node | None) -> str:
    """Return what shows that a text is only a paywalled article's beginning; '' for a whole one."""
    if has_words(text, _STUB):
        return ""
    return _paywall(text, count_words(text), "", tree, article or {})


def _said_in_title(title: str) -> Wall | None:
    for problem, pattern in opening_phrases():
        match = pattern.search(title)
        if match and count_words(title) - count_words(match.group()) <= _SITE_NAME:
            return Wall(problem, f"the title says {_quote(match)}")
    return None


def _said_in(text: str, least: int) -> Wall | None:
    lead = text[:_LEAD].partition("\n")[0]
    for problem, pattern in opening_phrases():
        match = pattern.search(lead)
        if match and not has_words(_beside(text, pattern), _STUB):
            return Wall(problem, f"the page says {_quote(match)}")
    for problem, pattern in phrases_anywhere():
        match = pattern.search(text)
        if match and not has_words(_beside(text, pattern), least):
            return Wall(problem, f"the page says {_quote(match)}")
    return None


def _beside(text: str, pattern: re.Pattern[str]) -> str:
    """Return the lines of a text that speak of something else than its wall."""
    of_walls = wall_phrases("words")
    lines = text.split("\n")
    return "\n".join(x for x in lines if not pattern.search(x) and not of_walls.search(x))


def _shell(seen: str, tree: HtmlElement, least: int) -> Wall | None:
    """Return what a page with hardly any text shows outside of it."""
    if wall := _said_in(seen, least):
        return wall
    if next(tree.iterfind(".//input[@type='password']"), None) is not None:
        return Wall(Problem.LOGIN_WALL, "it asks for a password and shows no text")
    if script := wall_phrases("needs_javascript").search(seen):
        return Wall(Problem.NOT_AN_ARTICLE, f"it needs JavaScript: {_quote(script)}")
    return None


def _paywall(text: str, words: int, seen: str, tree: HtmlElement, article: Node) -> str:
    """Return what tells a teaser from a whole article: a page not free, whose text is cut or short."""
    closed = _closed_by(tree, article)
    if not closed:
        return ""
    declared = _number(article.get("wordCount"))
    if declared >= _TIMES_MORE * max(words, 1):
        return f"{closed}, and {words} of {declared} words are shown"
    appeal = wall_phrases("appeal").search(seen or _visible(tree))
    if appeal and (text.rstrip().endswith(_CUT) or not text):
        return f"{closed}, is cut off, and says {_quote(appeal)}"
    return ""


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
