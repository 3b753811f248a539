"""Read the date that a page shows beside its heading: a time element, or a line of its own."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from lxml import etree

from crawler.extract.dates.parse_datetime import parse_datetime
from crawler.extract.dates.written_dates import read_dated_line
from crawler.extract.markup.word_count import plain
from crawler.lexicon.class_hints import is_of_others

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from lxml.etree import _ElementUnicodeResult as Line
    from lxml.html import HtmlElement

_LEVELS = 5  # above a heading, in which a time element is its own and no teaser's
_LINES_BEHIND = 25
_LINES_BEFORE = 6
_PROSE = 200  # characters of a line with which the text has begun
_MOST_BESIDE = 24  # characters beside a date, such as an author's name; more is a sentence
_MOST_TIMES = 50
_ALWAYS_OTHERS = frozenset({"nav", "blockquote"})
_HOLDERS = ("aside", "nav", "blockquote", "article", "section", "div", "ul", "ol", "li")
_OWN_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_TODAY = re.compile(
    r"(?<!\S)today(?!\S)|(?:today'?s?|current)[-_]?date(?![a-z])|(?<![a-z])date[-_]?today(?![a-z])",
    re.IGNORECASE,
)
_MOST_SHOWN = 60  # characters: a day and an hour; more is what a site says of today
_SEPARATOR = re.compile(r"\s[|\u2013\u2014-]\s")
_SHOWN = "[normalize-space()][not(parent::script or parent::style)]"
_BEHIND = etree.XPath(f"following::text(){_SHOWN}[position() <= {_LINES_BEHIND}]")
_BEFORE = etree.XPath(f"preceding::text(){_SHOWN}[position() <= {_LINES_BEFORE}]")
_MARKED = etree.XPath(
    "//time[@pubdate] | //*[contains(@itemprop, 'datePublished') or @property = 'datePublished'][not(self::meta)]"
)


@dataclass(frozen=True, slots=True)
class _Around:
    """What is around a page's heading, and how much a part must hold to be the page itself."""

    elements: frozenset[HtmlElement]
    half: int  # of the page's paragraphs

    @classmethod
    def of(cls, tree: HtmlElement, heading: HtmlElement | None) -> _Around:
        """Return what is around a heading; nothing for none."""
        elements = frozenset() if heading is None else frozenset(heading.iterancestors())
        return cls(elements, sum(1 for _ in tree.iter("p")) // 2)

    def is_most(self, part: HtmlElement) -> bool:
        """Tell whether a part holds most of the page, as one that was never closed does."""
        return next(islice(part.iter("p"), max(self.half, 1), None), None) is not None


def heading_of(tree: HtmlElement, title: str) -> HtmlElement | None:
    """Return the heading that is the title, else the page's first; None where it has none."""
    headings = list(islice(tree.iter("h1", "h2"), 50))
    plain_title = plain(title)
    named = (
        heading
        for heading in headings
        if plain_title and plain(heading.text_content()) == plain_title
    )
    return next(named, next((heading for heading in headings if heading.tag == "h1"), None))


def time_beside(tree: HtmlElement, heading: HtmlElement | None, now: datetime) -> datetime | None:
    """Return the moment of the time element that is marked as the page's own or stands by its heading."""
    around = _Around.of(tree, heading)
    for element in islice(_times(tree, heading), _MOST_TIMES):
        if _is_of_others(element, around):
            continue
        instant = parse_datetime(_raw(element), now)
        if instant is not None and not _is_changed(element):
            return instant
    return None


def day_beside(heading: HtmlElement | None, now: datetime) -> datetime | None:
    """Return the day, at midnight UTC, of the line nearest to the heading that is a date.

    What is behind the heading goes first: a page's own header stands before it.
    """
    if heading is None:
        return None
    changed: datetime | None = None
    around = _Around.of(heading.getroottree().getroot(), heading)
    for line in (*lines_behind(heading), *lines_before(heading)):
        dated = read_dated_line(line.strip())
        if dated is None or len(dated.beside) > _MOST_BESIDE or _is_line_of_others(line, around):
            continue
        day = parse_datetime(dated.day.isoformat(), now)
        if day is None or _is_todays(line):
            continue
        if not dated.of_change:
            return day
        changed = changed or day
    return changed


def _times(tree: HtmlElement, heading: HtmlElement | None) -> Iterator[HtmlElement]:
    yield from _MARKED(tree)
    if heading is not None:
        for above in islice(heading.iterancestors(), _LEVELS):
            if above.tag != "body":
                yield from above.iter("time")


def _is_changed(element: HtmlElement) -> bool:
    names = f"{element.get('itemprop') or ''} {element.get('class') or ''}".lower()
    return "modified" in names or "updated" in names


def _is_todays(line: Line) -> bool:
    beside = line.getparent()
    holder = beside if line.is_text or beside is None else beside.getparent()
    return holder is not None and _shows_today(holder)


def lines_behind(heading: HtmlElement) -> Iterator[Line]:
    """Yield the texts that follow a heading, until its article's prose begins."""
    for line in _BEHIND(heading):
        if len(line) > _PROSE:
            return
        yield line


def lines_before(heading: HtmlElement) -> list[Line]:
    """Return the texts before a heading, the nearest first."""
    lines: list[Line] = _BEFORE(heading)
    return lines[::-1]


def day_of_title(titles: Iterable[str], now: datetime) -> datetime | None:
    """Return the day, at midnight UTC, with which one of these titles ends, as behind a bar."""
    for title in titles:
        written = read_dated_line(_SEPARATOR.split(title)[-1].strip())
        if written is not None and not written.beside:
            return parse_datetime(written.day.isoformat(), now)
    return None


def drop_others(tree: HtmlElement, heading: HtmlElement | None) -> None:
    """Take out of a tree what shows other dates than the article's: the visit's, comments', teasers'."""
    around = _Around.of(tree, heading)
    others = [
        *(holder for holder in tree.iter("div", "span", "p", "time") if _shows_today(holder)),
        *(holder for holder in tree.iter(*_HOLDERS) if _holds_others(holder, around)),
    ]
    for element in others:
        if element.getparent() is not None:
            element.drop_tree()


def _raw(element: HtmlElement) -> str:
    names = ("datetime", "content", "title") if element.tag == "abbr" else ("datetime", "content")
    stated = next(filter(None, map(element.get, names)), None)
    return str(stated or element.text_content())


def _is_line_of_others(line: Line, around: _Around) -> bool:
    beside = line.getparent()
    return beside is not None and (
        _is_of_others(beside, around)
        or (line.is_text and beside.tag in _HOLDERS and _holds_others(beside, around))
    )


def _is_of_others(element: HtmlElement, around: _Around) -> bool:
    return any(
        _holds_others(holder, around) and not (holder.tag == "aside" and _leads(element, holder))
        for holder in element.iterancestors(*_HOLDERS)
    )


def _leads(element: HtmlElement, aside: HtmlElement) -> bool:
    """Tell whether an element stands before an aside's first heading: it is of what the aside is beside."""
    parts = (part for part in aside.iter() if part is element or part.tag in _OWN_HEADINGS)
    return next(parts, None) is element


def _holds_others(holder: HtmlElement, around: _Around) -> bool:
    """Tell whether an element that is not `around` the heading has others' words, or leads to others'.

    An aside without a heading of its own may be the article's line of author and date.
    """
    if holder in around.elements or holder.tag in {"html", "body"}:
        return False
    if holder.tag == "aside":
        is_others = next(holder.iter(*_OWN_HEADINGS), None) is not None
    elif holder.tag == "article":
        is_others = any(above.tag == "article" for above in around.elements)
    else:
        names = f"{holder.get('class') or ''} {holder.get('id') or ''}"
        is_others = holder.tag in _ALWAYS_OTHERS or is_of_others(names)
    return is_others and not around.is_most(holder)


def _shows_today(element: HtmlElement) -> bool:
    """Tell whether an element is made to hold the day of the visit, such as `class="today-date"`."""
    named = any(_TODAY.search(element.get(name) or "") for name in ("class", "id"))
    return named and sum(len(text) for text in islice(element.itertext(), 20)) <= _MOST_SHOWN
