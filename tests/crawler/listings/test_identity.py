"""Which page a listed item is: recognised through every churn of its names, and new when it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.listings.identity import (
    IdentifiedItem,
    KnownPages,
    MatchedBy,
    identify_items,
    is_edit_of,
    is_old,
)
from crawler.urls.page_key import page_key
from storage.models.listings import ListedItem
from storage.models.pages import ListedPage, Page, PageListing, PageState

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
SITE = "https://meridian.example"


def _item(number: int, **facts: object) -> ListedItem:
    slug = "-".join(f"{word}{number}" for word in ("ferry", "mill", "apple", "tram"))
    item = ListedItem(
        url=f"{SITE}/news/{slug}",
        guid=f"tag:{number}",
        title=slug.replace("-", " ").title(),
        published=NOON - timedelta(minutes=number),
    )
    return replace(item, **facts)  # type: ignore[arg-type] # facts are its fields


def _known(items: Sequence[ListedItem]) -> KnownPages:
    listed = [
        ListedPage(
            Page(
                id=number,
                url=item.url,
                state=PageState.DONE,
                found_at=NOON,
                due_at=NOON,
                key=page_key(item.url),
            ),
            PageListing(
                source_id=1,
                page_id=number,
                first_listed_at=NOON,
                last_listed_at=NOON,
                absent_at=None,
                found_how="feed",
                backlog=False,
                guid=item.guid,
                title=item.title,
                published=item.published,
            ),
        )
        for number, item in enumerate(items, start=1)
    ]
    return KnownPages(
        {each.page.key: each.page for each in listed},
        {each.page.id: each for each in listed},
        {each.listing.guid: each for each in listed if each.listing.guid},
        tuple(reversed(listed)),
    )


def _one(item: ListedItem, *before: ListedItem) -> IdentifiedItem:
    [found] = identify_items([item], _known(before))
    return found


_CHURNS = {
    "guid": lambda item: replace(item, guid=f"{item.guid}-b"),
    "no guid": lambda item: replace(item, guid=None),
    "slug": lambda item: replace(item, url=f"{item.url}-a"),
    "section": lambda item: replace(item, url=item.url.replace("/news/", "/harbour/quay/")),
    "host": lambda item: replace(item, url=item.url.replace("//", "//edition.")),
    "www": lambda item: replace(item, url=item.url.replace("//", "//www.")),
    "mobile": lambda item: replace(item, url=item.url.replace("//", "//m.")),
    "scheme": lambda item: replace(item, url=item.url.replace("https", "http")),
    "slash": lambda item: replace(item, url=f"{item.url}/"),
    "amp": lambda item: replace(item, url=f"{item.url}/amp"),
    "amp in query": lambda item: replace(item, url=f"{item.url}?amp=1"),
    "session": lambda item: replace(item, url=f"{item.url}?PHPSESSID=77"),
    "title": lambda item: replace(item, title=f"{item.title} today"),
    "nothing": lambda item: item,
}
# Two of these at once leave a name by which the item is known.
_TOGETHER = [
    [name] for name in _CHURNS
] + [
    ["guid", "slug"], ["guid", "section"], ["guid", "host"], ["guid", "amp"], ["guid", "title"],
    ["title", "slug"], ["title", "slash"], ["guid", "title", "www"], ["guid", "title", "scheme"],
    ["guid", "section", "scheme"], ["guid", "title", "slug"],
]  # fmt: skip


@given(
    st.lists(st.integers(1, 99), unique=True, min_size=1, max_size=12),
    st.data(),
)
def test_no_churn_of_names_makes_a_known_item_new(numbers: list[int], data: st.DataObject) -> None:
    before = [_item(number) for number in numbers]
    listed = []
    for item in data.draw(st.permutations(before)):
        for churn in data.draw(st.sampled_from(_TOGETHER)):
            item = _CHURNS[churn](item)  # noqa: PLW2901 - each churn goes on from the last
        listed.append(item)
    found = identify_items(listed, _known(before))
    assert [each.page.id if each.page else None for each in found] == [
        1 + numbers.index(int(item.url.partition("ferry")[2].partition("-")[0])) for item in listed
    ]


@given(
    st.lists(st.integers(1, 99), unique=True, min_size=1, max_size=12),
    st.lists(st.integers(100, 199), unique=True, min_size=1, max_size=5),
    st.booleans(),
    st.data(),
)
def test_a_new_story_is_new_whatever_guid_it_was_given(
    old: list[int], new: list[int], with_old_guids: bool, data: st.DataObject
) -> None:
    before = [_item(number) for number in old]
    news = [_item(number) for number in new]
    if with_old_guids:
        guids = data.draw(st.lists(st.sampled_from(before), min_size=len(news), max_size=len(news)))
        news = [replace(item, guid=used.guid) for item, used in zip(news, guids, strict=True)]
    still = data.draw(st.lists(st.sampled_from(before), unique=True))
    found = identify_items([*news, *still], _known(before))
    assert [each.page is None for each in found] == [True] * len(news) + [False] * len(still)


def test_an_address_that_is_listed_twice_stands_once() -> None:
    item = _item(1)
    found = identify_items([item, replace(item, url=f"{item.url}/amp", guid="other")], KnownPages())
    assert [each.item for each in found] == [item]


def test_what_it_was_known_by_is_said() -> None:
    item = _item(1)
    assert _one(item, item).by is MatchedBy.ADDRESS
    moved = replace(item, url=f"{SITE}/a", title=item.title)
    assert _one(moved, item).by is MatchedBy.GUID
    assert _one(replace(moved, guid=None), item).by is MatchedBy.CONTENT


def test_a_page_that_is_still_listed_is_no_other_item() -> None:
    item = _item(1)
    found = identify_items([replace(item, url=f"{SITE}/news/copy"), item], _known([item]))
    assert [each.page is None for each in found] == [True, False]


def test_a_series_with_figures_is_told_apart() -> None:
    first = _item(1, title="Acme reports its results for Q1", url=f"{SITE}/acme-q1-results")
    second = replace(
        first,
        title="Acme reports its results for Q2",
        url=f"{SITE}/acme-q2-results",
        published=NOON + timedelta(days=90),
    )
    assert _one(second, first).page is None
    assert not is_edit_of(first.title, second.title)


def test_guids_that_number_the_items_of_a_day_name_no_page() -> None:
    midnight = NOON.replace(hour=0)
    first = _item(1, guid="1", published=midnight, url=f"{SITE}/2026/06/01/mill-sold")
    same_day = replace(first, title="Trams stop", url=f"{SITE}/2026/06/01/trams-stop")
    assert _one(same_day, first).page is None
    column = replace(first, title="The briefing", url=f"{SITE}/briefing/1")
    next_day = replace(column, url=f"{SITE}/briefing/2", published=midnight + timedelta(days=1))
    assert _one(next_day, column).page is None


def test_a_title_of_another_day_is_another_story() -> None:
    first = _item(1, title="The morning briefing", url=f"{SITE}/briefing-a", guid=None)
    later = replace(first, url=f"{SITE}/briefing-b", published=NOON + timedelta(days=1))
    assert _one(later, first).page is None


@pytest.mark.parametrize("days", [3, 400])
def test_an_item_behind_all_that_is_known_is_old(days: int) -> None:
    known, old = _item(1), _item(2, published=NOON - timedelta(days=days))
    listed = identify_items([known, old], _known([known]))
    assert is_old(listed[1], listed, last_success=NOON)


def test_an_item_between_known_ones_is_news_though_it_is_late() -> None:
    first, last = _item(1), _item(3, published=NOON - timedelta(days=9))
    late = _item(2, published=NOON - timedelta(days=5))
    listed = identify_items([first, late, last], _known([first, last]))
    assert not is_old(listed[1], listed, last_success=NOON)


def test_what_came_while_nobody_looked_is_news() -> None:
    known, missed = _item(1), _item(2, published=NOON - timedelta(days=9))
    listed = identify_items([known, missed], _known([known]))
    assert not is_old(listed[1], listed, last_success=NOON - timedelta(days=10))


def test_dates_that_are_all_the_same_say_nothing() -> None:
    items = [_item(number, published=NOON - timedelta(days=300)) for number in (1, 2)]
    listed = identify_items(items, _known(items[:1]))
    assert not is_old(listed[1], listed, last_success=NOON)
