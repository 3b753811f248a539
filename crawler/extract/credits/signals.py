"""Collect what a page says about where its text comes from, as found; others weigh it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from crawler.extract.credits.credit_lines import PageText, credit_lines
from crawler.extract.credits.people import AUTHOR_METAS
from crawler.extract.markup.clean_text import one_line
from crawler.extract.markup.jsonld import items_of, referred, text_of
from crawler.lexicon.agencies import agency_named, agency_within, mark_pattern, spelling_pattern
from crawler.lexicon.languages import either
from storage.models.articles import Signal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.html import HtmlElement

    from crawler.extract.credits.people import Authors
    from crawler.extract.markup.head_tags import HeadTags
    from crawler.extract.markup.jsonld import Node

_PLACE = r"[^\W\d_a-zà-ÿ][\w'\u2019 /.,-]{1,60}?"
_DASH = r"\s*(?:[-\u2013\u2014:.]+|--)"
_DATELINE_WITHIN = 600  # characters of the text's beginning; a photo credit may stand before
_SIGN_OFF_LENGTH = 200  # characters of the end that a mark is looked for in
_METAS = {
    "syndication_source": ("syndication-source",),
    "original_source": ("original-source", "article:original_source", "original_source"),
}
_OF_AN_AGENCY = re.compile(r"[^,|/]+\s[^,|/]+,\s*[^,|/]+$")
_ISSUER = re.compile(r"SOURCE:?\s+[^\W\d_].{1,100}")  # how a press release names who issues it
_MOST_OWNERS = 5
_OWNERS = {
    "jsonld_source_organization": "sourceOrganization",
    "jsonld_copyright_holder": "copyrightHolder",
    "jsonld_credit_text": "creditText",
}


@dataclass(frozen=True, slots=True)
class PageData:
    """What is known of the page: its article and all its JSON-LD, where relative addresses start."""

    article: Node | None
    nodes: tuple[Node, ...]
    base: str
    site: str


def collect_signals(
    tree: HtmlElement, page: PageData, tags: HeadTags, authors: Authors, text: str
) -> tuple[Signal, ...]:
    """Return every signal once, in the order in which the kinds are named in the design."""
    signals = [
        *_from_tags(tags),
        *_from_jsonld(page, authors),
        *_from_text(text),
        *_from_byline(authors, tags),
        *credit_lines(tree, PageText(text, page.base, page.site)),
    ]
    return tuple(dict.fromkeys(signal for signal in signals if signal.value))


def _from_tags(tags: HeadTags) -> Iterator[Signal]:
    for value in tags.links.get("canonical", ())[:2]:
        yield Signal("canonical", one_line(value, 2000))
    for value in tags.metas.get("og:url", ())[:1]:
        yield Signal("og_url", one_line(value, 2000))
    for kind, names in _METAS.items():
        for name in names:
            for value in (*tags.metas.get(name, ()), *tags.links.get(name, ())):
                yield Signal(kind, one_line(value, 2000))


def _from_jsonld(page: PageData, authors: Authors) -> Iterator[Signal]:
    article = page.article or {}
    yield Signal("jsonld_publisher", one_line(text_of(article.get("publisher"))))
    for item in items_of(article.get("isBasedOn")) + items_of(article.get("isBasedOnUrl")):
        address = item.get("url") or item.get("@id") if isinstance(item, dict) else None
        yield Signal("jsonld_is_based_on", one_line(text_of(address or item), 2000))
    for kind, key in _OWNERS.items():
        for item in items_of(article.get(key))[:_MOST_OWNERS]:
            name = one_line(text_of(referred(item, page.nodes)))
            yield Signal(kind, "" if name.startswith("#") else name)
    # Beside a person an agency is one that the person drew on.
    kind = "jsonld_author_organization"
    for name in authors.organisations:
        shared = authors.people and agency_named(name) is not None
        yield Signal("shared_byline" if shared else kind, name)


def _from_text(text: str) -> Iterator[Signal]:
    match = _dateline().search(text[:_DATELINE_WITHIN])
    if match is not None:
        yield Signal("dateline", one_line(match.group()))
    end = text.rstrip().rpartition("\n")[2][-_SIGN_OFF_LENGTH:]
    issuer = _ISSUER.fullmatch(end)
    if issuer is not None:
        yield Signal("source_line", one_line(issuer.group()))
    match = _sign_off().search(end)
    if match is not None:
        mark = one_line(match.group().lstrip('.!?\u201d"» '))
        yield Signal("sign_off" if agency_named(mark) else "contribution", mark)  # dpa/abc


@cache
def _dateline() -> re.Pattern[str]:
    """Return how a text begins that an agency sent out: a place, a day, the agency."""
    day = r"(?:[^\W\d_]+\.?\s+\d{1,2}\s*|\d{1,2}\.?\s+[^\W\d_]+\s*)?"
    return re.compile(
        rf"(?:^|\n)\s*(?:{_PLACE}\s*)?[(\[/]\s*{_marked()}\s*[)\]/](?:{_DASH})?"
        rf"|(?:^|\n)\s*{_PLACE}\s*,\s*{day}[(]?(?:{spelling_pattern()})[)]?\s*[-\u2013\u2014]"
        rf"|(?:^|\n)(?:{either('credits', 'agency_datelines')})"
    )


@cache
def _sign_off() -> re.Pattern[str]:
    """Return how such a text ends: with the agency's mark."""
    return re.compile(rf"(?:^|[.!?\u201d\"»]\s*)[(\[]\s*{_marked()}\s*[)\]]\.?$|^{_marked()}$")


def _marked() -> str:
    return rf"(?:{mark_pattern()})(?:\s*[/|-]\s*[\w ]{{2,20}})?"


def _from_byline(authors: Authors, tags: HeadTags) -> Iterator[Signal]:
    """Yield the agencies among the authors: alone, as "Ada Low, Associated Press", or beside others."""
    agencies = [name for name in authors.people if agency_named(name) or agency_within(name)]
    bylines = [value.strip() for name in AUTHOR_METAS for value in tags.metas.get(name, ())]
    alone = len(agencies) == len(authors.people)
    for name in agencies:
        of_it = alone or any(_OF_AN_AGENCY.match(line) and line.endswith(name) for line in bylines)
        yield Signal("byline_agency" if of_it else "shared_byline", name)
