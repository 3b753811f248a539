"""Which page a listed item is: a known one, whatever became of its address, GUID or title, or new; pure.

Canonical URL first, then the GUID within a source, then what the listing says of the item's content.
What the page itself says is held against the known ones when it is fetched.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from urllib.parse import urlsplit

from crawler.urls.canonical import host_of
from crawler.urls.page_key import page_key
from crawler.urls.publishers import publisher_of
from crawler.urls.sites import is_same_site
from storage.models.listings import ListedItem
from storage.models.pages import ListedPage, Page

_LEAST_WORDS = 3  # of a title that, with its date, names one story
_ALIKE = 0.5  # Jaccard index of two titles of which one may be an edit of the other
_ALIKE_SLUGS = 0.6  # the same of the last parts of two addresses
_REWRITING = 0.5  # share of known items with an unknown GUID from which GUIDs say nothing
_LATE = timedelta(days=2)  # how long before the last poll a late item may be dated
_LEAST_LISTED = 3  # items that make a listing of old ones only an archive that moved

_WORD = re.compile(r"[^\W_]+")
_FIGURE = re.compile(r"\d+")
_EXTENSION = re.compile(r"\.(?:html?|php|aspx?|jsp)$", re.IGNORECASE)


class MatchedBy(StrEnum):
    """By what a listed item was recognised as a page that is known."""

    ADDRESS = "address"
    GUID = "guid"
    CONTENT = "content"


@dataclass(frozen=True, slots=True)
class KnownPages:
    """The known pages that a source's items may be.

    `by_key` holds pages of any source under all their addresses' keys, `own` the listings of those
    that the source itself lists, by their ids; `by_guid` its own under all their GUIDs, `recent` its
    own, the newest first. `foreign` are the ids of those that are not of its own publisher: it may not
    move them, or it could have any page looked for elsewhere before its own source lists it.
    """

    by_key: Mapping[str, Page] = field(default_factory=dict)
    own: Mapping[int, ListedPage] = field(default_factory=dict)
    by_guid: Mapping[str, ListedPage] = field(default_factory=dict)
    recent: Sequence[ListedPage] = ()
    foreign: AbstractSet[int] = frozenset()


@dataclass(frozen=True, slots=True)
class IdentifiedItem:
    """A listed item, its key, and the page that it is (None: a new one) with why.

    `is_known` when the source listed the page before; `has_moved` when the page is at this address
    now and no longer at its old one; `look_again` when the page is of several items and another one
    stands on it now; `guid_is_news` when its GUID is worth keeping, as another name of the page.
    """

    item: ListedItem
    key: str
    page: Page | None = None
    by: MatchedBy | None = None
    is_known: bool = False
    has_moved: bool = False
    look_again: bool = False
    guid_is_news: bool = False


def identify_items(items: Iterable[ListedItem], known_pages: KnownPages) -> list[IdentifiedItem]:
    """Say of each item of a listing which page it is; an address that is listed twice stands once."""
    keyed = {page_key(item.url): item for item in reversed(list(items))}
    listed = dict(reversed(keyed.items()))
    view = _view(listed, known_pages)
    claimed: set[int] = set()
    identified_items = []
    for key, item in listed.items():
        identified = _recognised(key, item, view, claimed)
        if identified.page is not None:
            claimed.add(identified.page.id)
        identified_items.append(identified)
    return identified_items


def is_old(
    identified: IdentifiedItem, listed: Sequence[IdentifiedItem], *, last_success: datetime | None
) -> bool:
    """Tell whether an item new to a source is none of its news: it slid in at the far end.

    That happens when others were deleted, or when a whole archive moved. It is dated before the
    last poll and before all that was known of the listing, or the listing holds only such items.
    """
    dated = identified.item.published
    if dated is None or last_success is None or dated > last_success - _LATE:
        return False
    known_dates = [each.item.published for each in listed if each.is_known and each.item.published]
    if known_dates:
        return dated < min(known_dates)
    dates = [each.item.published for each in listed if each.item.published]
    return len(dates) >= _LEAST_LISTED and max(dates) <= last_success - _LATE


def is_edit_of(title: str, other: str) -> bool:
    """Tell whether one title may be an edit of the other: most words are the same, all figures."""
    if _figures(title) != _figures(other):
        return False
    return _jaccard(_words(title), _words(other)) >= _ALIKE


@dataclass(frozen=True, slots=True)
class _View:
    """What an item is held against: the known pages, and the listing as a whole.

    `titled` and `dated` hold the source's pages that are listed no more at their addresses, by the
    words of their titles and by the minute of their dates.
    """

    known: KnownPages
    keys: frozenset[str]
    guids: frozenset[str]  # that name one item of the listing only
    rewrites_guids: bool
    titled: Mapping[tuple[str, ...], Sequence[ListedPage]]
    dated: Mapping[datetime, Sequence[ListedPage]]

    def may_move(self, item: ListedItem, page: Page) -> bool:
        """Tell whether a page may be at an item's address now, for all that others know of it."""
        return (
            _key(page) not in self.keys
            and page.id not in self.known.foreign
            and publisher_of(host_of(item.url)) == publisher_of(host_of(page.url))
        )

    def candidates(self, item: ListedItem) -> Iterator[ListedPage]:
        yield from self.titled.get(_title(item.title), ())
        if item.published is not None:
            yield from self.dated.get(_minute(item.published), ())


def _view(listed: Mapping[str, ListedItem], known: KnownPages) -> _View:
    titled, dated = (
        defaultdict[tuple[str, ...], list[ListedPage]](list),
        defaultdict[datetime, list[ListedPage]](list),
    )
    for before in known.recent:
        if _key(before.page) not in listed:
            if title := _title(before.listing.title):
                titled[title].append(before)
            if before.listing.published is not None:
                dated[_minute(before.listing.published)].append(before)
    return _View(
        known,
        frozenset(listed),
        _told(listed.values()),
        _is_rewriting(listed, known),
        titled,
        dated,
    )


def _key(page: Page) -> str:
    return page.key or page_key(page.url)


def _minute(moment: datetime) -> datetime:
    return moment.replace(second=0, microsecond=0)


def _told(items: Iterable[ListedItem]) -> frozenset[str]:
    counted = Counter(item.guid for item in items if item.guid)
    return frozenset(guid for guid, times in counted.items() if times == 1)


def _is_rewriting(listed: Mapping[str, ListedItem], known: KnownPages) -> bool:
    """Tell whether the feed gives its items other GUIDs each time, by those that are known."""
    same = [
        item
        for key, item in listed.items()
        if item.guid and key in known.by_key and known.by_key[key].id in known.own
    ]
    unknown = sum(1 for item in same if item.guid not in known.by_guid)
    return unknown > _REWRITING * len(same)


def _recognised(key: str, item: ListedItem, view: _View, claimed: set[int]) -> IdentifiedItem:
    page = view.known.by_key.get(key)
    if page is not None:
        return _at_known_address(key, item, page, view)
    before = view.known.by_guid.get(item.guid or "")
    if before is not None and before.page.id not in claimed and _is_still(item, before, view):
        return IdentifiedItem(item, key, before.page, MatchedBy.GUID, is_known=True, has_moved=True)
    for before in view.candidates(item):
        if before.page.id not in claimed and _says_the_same(item, before, view):
            return IdentifiedItem(
                item,
                key,
                before.page,
                MatchedBy.CONTENT,
                is_known=True,
                has_moved=True,
                guid_is_news=True,
            )
    return IdentifiedItem(item, key)


def _at_known_address(key: str, item: ListedItem, page: Page, view: _View) -> IdentifiedItem:
    before = view.known.own.get(page.id)
    if before is None:  # another source's: nothing that this one said of it can have changed
        return IdentifiedItem(item, key, page, MatchedBy.ADDRESS)
    with_guid = view.known.by_guid.get(item.guid or "")
    other_guid = (
        item.guid in view.guids
        and not view.rewrites_guids
        and (with_guid is None or with_guid.page.id != page.id)
    )
    other_story = other_guid and before.listing.guid is not None and not _same_title(item, before)
    return IdentifiedItem(
        item,
        key,
        page,
        MatchedBy.ADDRESS,
        is_known=True,
        look_again=other_story and "/" not in key,
        guid_is_news=other_guid,
    )


def _is_still(item: ListedItem, before: ListedPage, view: _View) -> bool:
    """Tell whether a known GUID names its page still; some publishers give it to a new story.

    Some number their items anew each day, or have one GUID for a column. When in doubt the item is
    new: a page that has a known text is still found out when it is fetched.
    """
    if item.guid not in view.guids or not view.may_move(item, before.page):
        return False
    if _same_title(item, before) or is_edit_of(item.title, before.listing.title):
        return not _dates_differ(item, before) or _alike_addresses(item.url, before.page.url)
    return _same_moment(item, before) and _alike_addresses(item.url, before.page.url)


def _says_the_same(item: ListedItem, before: ListedPage, view: _View) -> bool:
    """Tell whether an item says of itself what a page did that is listed no more."""
    if _dates_differ(item, before) or not view.may_move(item, before.page):
        return False
    alike = _alike_addresses(item.url, before.page.url)
    if _same_title(item, before):
        has_title = len(_words(item.title)) >= _LEAST_WORDS
        return alike or (_same_moment(item, before) and has_title)
    is_edit = is_edit_of(item.title, before.listing.title)
    edited = len(_words(item.title)) >= _LEAST_WORDS and is_edit
    return edited and _same_moment(item, before) and alike


def _alike_addresses(url: str, other: str) -> bool:
    """Tell whether two addresses of a site end alike, with the same figures in their paths."""
    if not is_same_site(url, other, names_itself=True):
        return False
    path, other_path = urlsplit(url).path, urlsplit(other).path
    if sorted(_FIGURE.findall(path)) != sorted(_FIGURE.findall(other_path)):
        return False
    return _jaccard(_slug(path), _slug(other_path)) >= _ALIKE_SLUGS


def _slug(path: str) -> frozenset[str]:
    return _words(_EXTENSION.sub("", path.rstrip("/").rpartition("/")[2]))


def _same_title(item: ListedItem, before: ListedPage) -> bool:
    title = _title(item.title)
    return bool(title) and title == _title(before.listing.title)


def _same_moment(item: ListedItem, before: ListedPage) -> bool:
    if item.published is None or before.listing.published is None:
        return False
    return _minute(item.published) == _minute(before.listing.published)


def _dates_differ(item: ListedItem, before: ListedPage) -> bool:
    dated = item.published is not None and before.listing.published is not None
    return dated and not _same_moment(item, before)


def _title(text: str) -> tuple[str, ...]:
    return tuple(_WORD.findall(text.casefold()))


def _words(text: str) -> frozenset[str]:
    return frozenset(_WORD.findall(text.casefold()))


def _figures(text: str) -> list[str]:
    return sorted(_FIGURE.findall(text))


def _jaccard(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / len(one | other) if one and other else 0.0
