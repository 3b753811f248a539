"""Decide when an article was published and last changed.

What the page declares gives the moment; htmldate, which also weighs the address and the text,
gives the day where the page is silent or contradicts itself.
"""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from crawler.extract.jsonld import items_of
from crawler.extract.moment import EARLIEST, FUTURE_ALLOWED, read_moment

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from lxml.html import HtmlElement

    from crawler.extract.jsonld import Node
    from crawler.extract.tags import HeadTags

_PUBLISHED_KEYS = ("datePublished", "dateCreated", "uploadDate")
_PUBLISHED_METAS = (
    "article:published_time",
    "og:article:published_time",
    "article:published",
    "datepublished",
    "og:published_time",
    "parsely-pub-date",
    "sailthru.date",
    "dc.date.issued",
    "dcterms.created",
    "dcterms.date",
    "dc.date",
    "pubdate",
    "publishdate",
    "publish-date",
    "publication_date",
    "date",
    "cxenseparse:recs:publishtime",
    "iso-8601-publish-date",
)
_MODIFIED_METAS = (
    "article:modified_time",
    "og:updated_time",
    "datemodified",
    "dcterms.modified",
    "lastmod",
    "last-modified",
)
_GUESSED_FROM_YEAR = "-01-01"  # mostly a copyright line's year; no date is better
_NEAR = timedelta(hours=38)  # a day and the farthest time zone


@dataclass(frozen=True, slots=True)
class Dates:
    """When an article was published and changed; `published_from` is jsonld, meta or htmldate."""

    published: datetime | None
    published_from: str
    modified: datetime | None


def read_dates(
    article: Node | None,
    nodes: tuple[Node, ...],
    tags: HeadTags,
    tree: HtmlElement,
    *,
    url: str,
    now: datetime,
) -> Dates:
    """Read a page's dates; each is aware UTC, not before 1990 and not over two days ahead.

    `nodes` are all of the page's JSON-LD, `article` the one that tells of the article.
    """
    declared = list(_declared(article or {}, tags, now))
    day = _day_by_htmldate(tree, url, now)
    if declared and day in _days_of_others(article, nodes, now):
        day = None  # htmldate does not tell a site's or a video's date from the article's
    published, source = _choose(declared, day)
    modified = next(_moments(_modified_values(article or {}, tags), now), None)
    if modified is not None and published is not None and modified < published:
        modified = None
    return Dates(published, source, modified)


def _choose(
    declared: list[tuple[datetime, str]], day: datetime | None
) -> tuple[datetime | None, str]:
    """Take the declared moment that htmldate's day bears out, else that day, else what there is."""
    if day is None:
        return declared[0] if declared else (None, "")
    near = (pair for pair in declared if abs(pair[0] - day) <= _NEAR)
    return next(near, (day, "htmldate"))


def _days_of_others(
    article: Node | None, nodes: tuple[Node, ...], now: datetime
) -> frozenset[datetime]:
    values = (
        value
        for node in nodes
        if node is not article
        for key in _PUBLISHED_KEYS
        for value in items_of(node.get(key))
    )
    moments = _moments(values, now)
    return frozenset(moment.replace(hour=0, minute=0, second=0) for moment in moments)


def _declared(article: Node, tags: HeadTags, now: datetime) -> Iterator[tuple[datetime, str]]:
    for key in _PUBLISHED_KEYS:
        moment = next(_moments(items_of(article.get(key)), now), None)
        if moment is not None:
            yield moment, "jsonld"
            break
    values = (value for name in _PUBLISHED_METAS for value in tags.metas.get(name, ()))
    moment = next(_moments(values, now), None)
    if moment is not None:
        yield moment, "meta"


def _modified_values(article: Node, tags: HeadTags) -> Iterator[object]:
    yield from items_of(article.get("dateModified"))
    for name in _MODIFIED_METAS:
        yield from tags.metas.get(name, ())


def _moments(values: Iterable[object], now: datetime) -> Iterator[datetime]:
    for value in values:
        moment = read_moment(str(value), now)
        if moment is not None:
            yield moment


def _day_by_htmldate(tree: HtmlElement, url: str, now: datetime) -> datetime | None:
    from htmldate import find_date  # noqa: PLC0415  imports for a second; only workers pay

    try:
        day = find_date(
            deepcopy(tree),
            url=url,
            original_date=True,
            extensive_search=True,
            min_date=EARLIEST.replace(tzinfo=None),
            max_date=(now + FUTURE_ALLOWED).replace(tzinfo=None),
        )
    except (ValueError, TypeError, AttributeError, OverflowError, RecursionError):
        return None  # htmldate has no error of its own for pages that it can't take
    if not day or day.endswith(_GUESSED_FROM_YEAR):
        return None
    return read_moment(day, now)
