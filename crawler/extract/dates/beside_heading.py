"""Read the date that a page shows beside its heading: a time element, or a line of its own."""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING

from lxml import etree

from crawler.extract.dates.parse_datetime import parse_datetime
from crawler.extract.dates.written_dates import read_dated_line
from crawler.extract.markup.word_count import plain

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
    "//time[@pubdate] | //*[contains(@itemprop, 'datePublished')][not(self::meta)]"
)


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
    for element in islice(_times(tree, heading), 50):
        raw = element.get("datetime") or element.get("content") or element.text_content()
        instant = parse_datetime(raw, now)
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
    for line in (*lines_behind(heading), *lines_before(heading)):
        dated = read_dated_line(line.strip())
        if dated is None or len(dated.beside) > _MOST_BESIDE:
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


def drop_todays(tree: HtmlElement) -> None:
    """Take out of a tree what shows the day of the visit."""
    for element in [
        holder for holder in tree.iter("div", "span", "p", "time") if _shows_today(holder)
    ]:
        element.drop_tree()


def _shows_today(element: HtmlElement) -> bool:
    """Tell whether an element is made to hold the day of the visit, such as `class="today-date"`."""
    named = any(_TODAY.search(element.get(name) or "") for name in ("class", "id"))
    return named and sum(len(text) for text in islice(element.itertext(), 20)) <= _MOST_SHOWN
