"""Read who wrote an article: people by name, and organisations apart from them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from crawler.extract.clean import one_line
from crawler.extract.jsonld import items_of, referred, text_of, types_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from lxml.html import HtmlElement

    from crawler.extract.jsonld import Node
    from crawler.extract.tags import HeadTags

AUTHOR_METAS = (
    "author",
    "article:author",
    "parsely-author",
    "sailthru.author",
    "dc.creator",
    "dcterms.creator",
    "byl",
    "og:article:author",
    "cxenseparse:author",
)
_BYLINES = (
    "//*[@itemprop='author']//*[@itemprop='name']",
    "//*[@itemprop='author']",
    "//*[@rel='author']",
    "//*[contains(concat(' ', normalize-space(@class), ' '), ' byline__name ')]",
    "//*[contains(concat(' ', normalize-space(@class), ' '), ' author-name ')]",
    "//*[contains(concat(' ', normalize-space(@class), ' '), ' byline ')]//a",
    "//*[contains(concat(' ', normalize-space(@class), ' '), ' author ')]//a",
    "//*[contains(concat(' ', normalize-space(@class), ' '), ' byline ')]",
    "//*[contains(concat(' ', normalize-space(@class), ' '), ' author ')]",
)
_PREFIX = re.compile(
    r"^(?:written by|story by|by|von|par|por|di|door|af|av|texto?|text|autore?)\b[\s:]+",
    re.IGNORECASE,
)
_JOINT = re.compile(
    r"\s*(?:[,;|/&·•]|\band\b|\bund\b|\bet\b|\by\b(?=\s+[A-Z])|\be\b(?=\s+[A-Z])|\ben\b(?=\s+[A-Z])|\boch\b|\bog\b)\s*"
)
_ADDRESS = re.compile(r"^(?:https?:)?//|^www\.", re.IGNORECASE)
_ASIDE = re.compile(r"\s*\([^)]*\)")  # a desk's initials, a paper's name
_NO_NAME = re.compile(
    r"https?:|www\.|@|\d{2}|[<>{}\[\]]|^(?:m\.?d|m\.?s|r\.?d|r\.?n|ph\.?\s?d|mba|mph|fand|jd|esq|jr|sr|admin|editor|staff|redaktion|redaction|written by|the author|(?:mon|tue|wednes|thurs|fri|satur|sun)day|sat|sun|dec|nov|oct|sept?|aug|jul|jun|apr|mar|feb|january|february|march|july|august|september|october|november|december|unknown|author|none|null)$",
    re.IGNORECASE,
)
_MOST_CHARACTERS = 60
_MOST_WORDS = 5
_MOST_AUTHORS = 20


@dataclass(frozen=True, slots=True)
class Authors:
    """People and organisations that a page names as its authors, in its order."""

    people: tuple[str, ...]
    organisations: tuple[str, ...]


def read_authors(
    article: Node | None, nodes: tuple[Node, ...], tags: HeadTags, tree: HtmlElement
) -> Authors:
    """Read the authors from JSON-LD, else from meta tags, else from a marked byline.

    `nodes` are all of the page's JSON-LD, for authors that are named by reference.
    """
    people, organisations = _structured(article or {}, nodes)
    if not people:
        values = (value for name in AUTHOR_METAS for value in tags.metas.get(name, ()))
        people = split_names(values)
    if not people and not organisations:
        people = _byline(tree)
    return Authors(_distinct(people), _distinct(organisations))


def split_names(values: Iterable[str]) -> list[str]:
    """Give the names in bylines such as 'By Ada Low and Bo Rim'; what can't be a name is left out."""
    names: list[str] = []
    for value in values:
        line = _PREFIX.sub("", _ASIDE.sub(" ", one_line(value)))
        if _ADDRESS.search(line):
            continue
        names.extend(name for part in _JOINT.split(line) if (name := _name(part)))
    return names


def _structured(article: Node, nodes: tuple[Node, ...]) -> tuple[list[str], list[str]]:
    people: list[str] = []
    organisations: list[str] = []
    for item in _flat(article.get("author")):
        author = referred(item, nodes)
        if isinstance(author, dict) and any("organization" in kind for kind in types_of(author)):
            organisations.append(one_line(text_of(author.get("name"))))
        elif isinstance(author, dict):
            people.extend(split_names(text_of(name) for name in items_of(author.get("name"))))
        else:
            people.extend(split_names([text_of(author)]))
    return people, organisations


def _flat(value: object) -> Iterator[object]:
    for item in items_of(value):
        if isinstance(item, list):
            yield from item
        else:
            yield item


def _byline(tree: HtmlElement) -> list[str]:
    for path in _BYLINES:
        found = [one_line(element.text_content()) for element in tree.xpath(path)[:_MOST_AUTHORS]]
        names = split_names(line for line in found if len(line) <= 2 * _MOST_CHARACTERS)
        if names:
            return names
    from trafilatura.metadata import extract_author  # noqa: PLC0415  only workers pay

    return split_names([extract_author(tree) or ""])


def _name(part: str) -> str:
    name = _PREFIX.sub("", part.strip(" .:-\u2013\u2014"))
    words = name.split()
    fits = 2 <= len(name) <= _MOST_CHARACTERS and len(words) <= _MOST_WORDS  # noqa: PLR2004
    return name if fits and not _NO_NAME.search(name) else ""


def _distinct(names: Iterable[str]) -> tuple[str, ...]:
    first: dict[str, str] = {}
    for name in filter(None, names):
        first.setdefault(name.casefold(), name)
    return tuple(first.values())[:_MOST_AUTHORS]
