"""Decide when an article was published and last changed, and say where the dates come from.

What the page states for machines gives the moment, unless it lies or contradicts itself or the
page's address. Then, and where it states nothing, what the page shows beside its heading decides,
then its address, and htmldate at last, which reads the whole page and takes the longest.
"""

from __future__ import annotations

import re
from copy import deepcopy
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from itertools import islice
from typing import TYPE_CHECKING

from crawler.extract.dates.beside_heading import (
    day_beside,
    day_of_title,
    drop_others,
    heading_of,
    time_beside,
)
from crawler.extract.dates.date_value import ANYWHERE, DatePlace
from crawler.extract.dates.parse_datetime import (
    EARLIEST,
    FUTURE_ALLOWED,
    parse_datetime,
    stated_datetime,
)
from crawler.extract.dates.written_dates import date_of_address
from crawler.extract.markup.jsonld import is_article, items_of, types_of
from storage.models.articles import ArticleDates

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.html import HtmlElement

    from crawler.extract.markup.head_tags import HeadTags
    from crawler.extract.markup.jsonld import Node

FUTURE = "future"
TODAYS_HEADER = "today's header"

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
_WHOLE_PAGES = frozenset({"webpage", "itempage", "recipe", "howto", "faqpage", "medicalwebpage"})
_MOST_ELEMENTS = 20_000  # of a page that htmldate is asked about; it reads each many times over
_GUESSED_FROM_YEAR = "-01-01"  # mostly a copyright line's year; no date is better
_ZONE = re.compile(r"\d[+-]\d{2}:?\d{2}\s*\Z")
_NEAR = timedelta(hours=38)  # a day and the farthest time zone
_WEST, _EAST = timedelta(hours=12), timedelta(hours=14)  # the farthest zones


@dataclass(frozen=True, slots=True)
class DatedPage:
    """What dates are read from: the article's JSON-LD and all of it, the tags, the tree, the title.

    `title` is the chosen one, by which the page's heading is known.
    """

    article: Node
    nodes: tuple[Node, ...]
    tags: HeadTags
    tree: HtmlElement
    title: str
    url: str
    place: DatePlace = ANYWHERE


@dataclass(frozen=True, slots=True)
class _Dated:
    """A date and where it stands; `lie` is its flag: what it was taken in place of, or what was not read."""

    at: datetime
    source: str
    lie: str = ""
    zone_told: bool = False


def read_dates(page: DatedPage, now: datetime) -> ArticleDates:
    """Read a page's dates; each is aware UTC, not before 1990, ahead of `now` by a zone at most.

    A date that lies is not taken. Where nothing else dates the page, one in the future becomes
    `now`, and others none.
    """
    stated, lies = _stated(page, now)
    published = _settled(stated, _address_day(page.url, now)) or _arbitrated(stated, page, now)
    if published is not None and lies and published.source == "htmldate" and published.at.day == 1:
        published = None  # htmldate makes the first of a month out of a day that can't be
    published = _flagged(published, stated, lies, now)
    changed = _modified(page, published, now)
    return ArticleDates(
        published=published.at if published else None,
        published_from=published.source if published else "",
        published_flag=published.lie if published else next((lie.lie for lie in lies), ""),
        modified=changed.at if changed else None,
        modified_from=changed.source if changed else "",
    )


def _flagged(
    dated: _Dated | None, stated: list[_Dated], lies: list[_Dated], now: datetime
) -> _Dated | None:
    """Name the lie that a date was taken in place of; bring a date out of the future back to now."""
    if dated is None:
        ahead = next((lie for lie in lies if lie.lie == FUTURE), None)
        return ahead and _Dated(now, ahead.source, FUTURE)
    if dated.lie or stated or not lies:
        return dated
    return _Dated(dated.at, dated.source, lies[0].lie)


def _settled(stated: list[_Dated], address: datetime | None) -> _Dated | None:
    """Return the first stated date where the others and the address bear it out or are silent."""
    others = [other.at for other in stated[1:]] + ([address] if address else [])
    if stated and all(_is_near(stated[0].at, other) for other in others):
        better = (
            other
            for other in stated[1:]
            if _is_shifted(stated[0], other) or (stated[0].lie and not other.lie)
        )
        return next(better, stated[0])
    return None


def _is_shifted(one: _Dated, other: _Dated) -> bool:
    """Whether one is the other with its hour shifted, and only the other tells its zone.

    Many a template writes a Z behind the local time.
    """
    hours_apart = (one.at - other.at) % timedelta(hours=1) == timedelta() and one.at != other.at
    return hours_apart and one.at.time() != time() and other.zone_told and not one.zone_told


def _arbitrated(stated: list[_Dated], page: DatedPage, now: datetime) -> _Dated | None:
    """Let the first witness decide that is near a stated date, or alone where none is stated."""
    witnesses = _witnesses(page, now, alone=not stated)
    if not stated:
        dated = next(witnesses, None)
        return dated and _doubted(dated, now)
    candidates = list(stated)
    for witness in witnesses:
        near = next(
            (candidate for candidate in candidates if _is_near(candidate.at, witness.at)), None
        )
        if near is not None:
            return _doubted_among(near, candidates, now)
        if witness.source != "htmldate":
            candidates.append(witness)
    return _doubted_among(stated[0], candidates, now)


def _doubted(dated: _Dated, now: datetime) -> _Dated:
    """Flag a bare day that is that of the visit: nothing else on the page vouches for it."""
    is_bare = dated.source != "address" and dated.at.time() == time()
    flag = TODAYS_HEADER if is_bare and _is_today(dated.at, now) else ""
    return _Dated(dated.at, dated.source, flag)


def _doubted_among(dated: _Dated, candidates: list[_Dated], now: datetime) -> _Dated:
    """Take the oldest of the contradicting dates in place of the day of the visit."""
    first = candidates[0]
    if not any(_is_today(candidate.at, now) for candidate in (dated, first)):
        return dated
    oldest = min(candidates, key=lambda candidate: candidate.at)
    chosen = oldest if _is_today(dated.at, now) else dated
    return _Dated(chosen.at, chosen.source, TODAYS_HEADER)


def _witnesses(page: DatedPage, now: datetime, *, alone: bool) -> Iterator[_Dated]:
    """Yield what else dates the page, the best first; `alone`: nothing is stated for machines."""
    heading = heading_of(page.tree, page.title)
    shown = time_beside(page.tree, heading, now)
    address = _address_day(page.url, now)
    if shown is not None and (address is None or _is_near(shown, address)):
        yield _Dated(shown, "time element")
    if address is not None:
        yield _Dated(address, "address")
    titles = (
        *page.tags.metas.get("og:title", ()),
        *(t.text or "" for t in page.tree.iter("title")),
    )
    day = day_beside(heading, now) or day_of_title(titles, now)
    if day is not None:
        yield _Dated(day, "text")
    day = _day_by_htmldate(page.tree, page.title, page.url, now)
    alone = alone and (bool(page.article) or not any(map(is_article, page.nodes)))
    if day is not None and (alone or day not in _days_of_others(page, now)):
        yield _Dated(day, "htmldate")


def _days_of_others(page: DatedPage, now: datetime) -> frozenset[datetime]:
    """Return the days of a site's or a video's dates, which htmldate does not tell from an article's."""
    others = (node for node in page.nodes if node is not page.article)
    values = (
        value for node in others for key in _PUBLISHED_KEYS for value in items_of(node.get(key))
    )
    instants = (parse_datetime(str(value), now, page.place) for value in values)
    return frozenset(
        datetime.combine(instant.date(), time(), UTC) for instant in instants if instant
    )


def _is_near(one: datetime, other: datetime) -> bool:
    return abs(one - other) <= _NEAR


def _is_today(at: datetime, now: datetime) -> bool:
    """Whether a day may be that of the visit where the page was made."""
    return (now - _WEST).date() <= at.date() <= (now + _EAST).date()


def _stated(page: DatedPage, now: datetime) -> tuple[list[_Dated], list[_Dated]]:
    """Return the first true date of each source, and the dates that lie."""
    true: dict[str, _Dated] = {}
    lies: list[_Dated] = []
    for source, value in _stated_values(page):
        if source in true:
            continue
        stated = stated_datetime(value, now, page.place)
        if stated.at is not None:
            zone_told = bool(_ZONE.search(value))
            true[source] = _Dated(stated.at, source, stated.doubt, zone_told)
        elif stated.lie:
            lies.append(_Dated(now, source, stated.lie))
    return list(true.values()), lies


def _stated_values(page: DatedPage) -> Iterator[tuple[str, str]]:
    of_article = [value for key in _PUBLISHED_KEYS for value in items_of(page.article.get(key))]
    yield from (("jsonld", str(value)) for value in of_article or _of_whole_pages(page.nodes))
    for name in _PUBLISHED_METAS:
        yield from (("meta", value) for value in page.tags.metas.get(name, ()))


def _of_whole_pages(nodes: tuple[Node, ...]) -> Iterator[object]:
    """Yield the dates of what else may be the page itself, where no article is declared or dated."""
    for node in nodes:
        if node.get("datePublished") and not _WHOLE_PAGES.isdisjoint(types_of(node)):
            yield from items_of(node["datePublished"])


def _modified(page: DatedPage, published: _Dated | None, now: datetime) -> _Dated | None:
    """Return the first true date of change that is not before the publication."""
    values = [("jsonld", str(value)) for value in items_of(page.article.get("dateModified"))]
    values += [
        ("meta", value) for name in _MODIFIED_METAS for value in page.tags.metas.get(name, ())
    ]
    read = ((source, parse_datetime(value, now, page.place)) for source, value in values)
    changed = next((_Dated(at, source) for source, at in read if at is not None), None)
    if changed is None or (published is not None and changed.at < published.at):
        return None
    return changed


def _address_day(url: str, now: datetime) -> datetime | None:
    day = date_of_address(url)
    return parse_datetime(day.isoformat(), now) if day is not None else None


def _day_by_htmldate(tree: HtmlElement, title: str, url: str, now: datetime) -> datetime | None:
    from htmldate import find_date  # noqa: PLC0415  imports for a second; only workers pay

    if next(islice(tree.iter(), _MOST_ELEMENTS, None), None) is not None:
        return None
    searched = deepcopy(tree)
    drop_others(searched, heading_of(searched, title))
    try:
        day = find_date(
            searched,
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
    return parse_datetime(day, now)
