"""Find the lines in which a page says where its text was published before, and whom they name."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from lxml import etree

from crawler.extract.credits.credit_search import credits_within
from crawler.extract.markup.addresses import absolute
from crawler.extract.markup.clean_text import one_line
from crawler.lexicon.agencies import agency_marked, agency_within
from crawler.lexicon.class_hints import hint_pattern
from crawler.lexicon.credit_phrases import (
    QUOTED,
    about_a_picture,
    about_this_text,
    contribution,
    link_to_the_original,
    named_publisher,
    no_publisher,
    source_label,
    template,
)
from storage.models.articles import Signal

if TYPE_CHECKING:
    import re
    from collections.abc import Iterable, Iterator

    from lxml.html import HtmlElement

_BLOCKS = frozenset(
    {"p", "div", "li", "td", "section", "article", "aside", "footer", "blockquote", "body"}
)
_SEARCHED = ("p", "em", "i", "small", "span", "div", "li", "strong", "a", "b", "cite", "footer")
_TEXTS = etree.XPath("//text()", smart_strings=False)
_MOST_LINES = 3
_MOST_LINKS = 3
_LENGTH = 300
_CREDIT_LENGTH = 400  # characters of a paragraph that is a credit and no prose
_LABEL_LENGTH = 120
_PARENTS = 5
_END = 300  # characters


@dataclass(frozen=True, slots=True)
class PageText:
    """What is known of a page while its lines are read: `site` is its own name, no credit."""

    text: str
    base: str
    site: str


def credit_lines(tree: HtmlElement, page: PageText) -> Iterator[Signal]:
    """Yield the lines that name an earlier publication, whom they name, and where their links lead.

    Where a source is given within the text, away from its ends, it is that of a figure or a fact,
    and so are all that the page gives.
    """
    lines = tuple(dict.fromkeys(_lines(tree, page)))
    of_facts = any(_is_within(line.said, page.text) for line in lines if line.kind == "source_line")
    kept = (line for line in lines if not (of_facts and line.kind == "source_line"))
    for line in islice(kept, _MOST_LINES):
        yield Signal(line.kind, line.said)
        if line.name and line.name.casefold() != page.site.casefold():
            yield Signal("named_source", line.name)
        yield from (Signal("source_link", link) for link in line.links)


@dataclass(frozen=True, slots=True)
class _Line:
    kind: str
    said: str
    name: str = ""
    links: tuple[str, ...] = ()


def _lines(tree: HtmlElement, page: PageText) -> Iterator[_Line]:
    sought = credits_within(_TEXTS(tree))
    if not sought.anything:
        return
    for element in tree.iter(*_SEARCHED):
        own = _own_text(element)
        if not own:
            continue
        phrase = next((pattern for pattern in sought.phrases if pattern.search(own)), None)
        is_link = sought.original and link_to_the_original().match(own) is not None
        if phrase is not None:
            yield from _phrase_line(_block(element), phrase, page)
        elif sought.contribution and contribution().search(own):
            yield from _contribution(_block(element))
        elif is_link and element.tag == "a":
            yield _Line("source_line", one_line(own, _LENGTH), links=_links([element], page, own))
        elif is_link or (sought.label and source_label().match(own)):
            yield from _label_line(element, page)


def _own_text(element: HtmlElement) -> str:
    """Return the text that stands in an element itself, not in those within it."""
    text: str = element.text or ""
    for child in element:
        if child.tail:
            text = f"{text} {child.tail}"
    return text.strip()


def _phrase_line(block: HtmlElement, phrase: re.Pattern[str], page: PageText) -> Iterator[_Line]:
    """Yield the sentence; when it credits this very text, the name and the links in it too."""
    text = one_line(block.text_content(), 5000)
    match = phrase.search(text)
    if match is None or template().search(text):
        return
    sentence, at = _sentence(text, match)
    if len(text) > _CREDIT_LENGTH or about_this_text().search(sentence) is None:
        yield _Line("phrase", sentence)
    else:
        links = _links(block.iter("a"), page, sentence)
        yield _Line("phrase", sentence, _name_in(sentence, at), links)


def _contribution(block: HtmlElement) -> Iterator[_Line]:
    """Yield a short line that says that an agency contributed to the text."""
    line = one_line(block.text_content(), 1000)
    if len(line) <= _LENGTH and agency_marked(line) is not None:
        yield _Line("contribution", line)


def _label_line(element: HtmlElement, page: PageText) -> Iterator[_Line]:
    """Yield a short line such as "Source: …" that stands by itself, and where its links lead."""
    block = _block(element)
    line = one_line(block.text_content(), 1000)
    if (
        len(line) <= _LABEL_LENGTH
        and not about_a_picture().search(line)
        and not _is_caption(element)
    ):
        yield _Line("source_line", line, links=_links(block.iter("a"), page, line))


def _links(links: Iterable[HtmlElement], page: PageText, within: str) -> tuple[str, ...]:
    """Return the addresses of the links whose text stands in a line."""
    addresses = (
        absolute(link.get("href") or "", page.base)
        for link in links
        if link.get("href") and one_line(link.text_content(), _LENGTH) in one_line(within, _LENGTH)
    )
    return tuple(islice((one_line(address, 2000) for address in addresses if address), _MOST_LINKS))


def _block(element: HtmlElement) -> HtmlElement:
    while element.tag not in _BLOCKS and element.getparent() is not None:
        element = element.getparent()
    return element


def _sentence(text: str, match: re.Match[str]) -> tuple[str, int]:
    """Return the sentence that a phrase stands in, and where in it the phrase begins."""
    start = max(
        text.rfind(mark, 0, match.start()) + len(mark) if mark in text[: match.start()] else 0
        for mark in (". ", "! ", "? ", "。")
    )
    start = max(start, match.start() - _LENGTH // 2)
    return one_line(text[start : start + _LENGTH], _LENGTH), match.start() - start


def _name_in(sentence: str, at: int) -> str:
    """Return the publisher that a sentence names after its phrase begins; a date is none."""
    for pattern in (QUOTED, named_publisher()):
        for match in pattern.finditer(sentence, max(at, 0)):
            name = match.group("name").strip(" .'\u2019-")
            if no_publisher().match(name) is None:
                return name
    agency = agency_within(sentence[max(at, 0) :])
    return agency.name if agency is not None else ""


def _is_caption(element: HtmlElement) -> bool:
    near = islice((element, *element.iterancestors()), _PARENTS)
    return any(
        holder.tag in ("figure", "figcaption")
        or hint_pattern("picture").search(f"{holder.get('class') or ''} {holder.get('id') or ''}")
        is not None
        for holder in near
    )


def _is_within(line: str, text: str) -> bool:
    """Whether a line stands in a text away from both of its ends."""
    at = text.find(line)
    return at > _END and len(text) - at - len(line) > _END
