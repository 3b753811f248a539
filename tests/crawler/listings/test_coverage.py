"""Whether two polls overlap, and how much may have been missed between them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.listings.coverage import Coverage, coverage_of, hidden_by
from crawler.listings.identity import IdentifiedItem
from storage.models.listings import ListedItem
from storage.models.sources import Source
from tests.scheduler.recrawl.records import a_page, a_source

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
LATER = NOON + timedelta(hours=10)
SOURCE = replace(
    a_source(),
    health=replace(a_source().health, primed_at=NOON, last_success_at=NOON),
    schedule=replace(a_source().schedule, article_rate=3.0),
    listing=replace(a_source().listing, listed=10),
)
PAGE = a_page()


def _listed(known: int, new: int, *, dated: datetime | None = None) -> list[IdentifiedItem]:
    item = ListedItem("https://h.example/a", "a", "A", dated)
    return [IdentifiedItem(item, "a", PAGE, is_known=True)] * known + [
        IdentifiedItem(item, "a")
    ] * new


def test_polls_without_overlap_may_have_missed_what_the_rhythm_says() -> None:
    assert coverage_of(SOURCE, _listed(0, 10), LATER) == Coverage(0.0, 20)


def test_at_least_one_may_have_been_missed() -> None:
    assert (
        coverage_of(
            replace(SOURCE, schedule=replace(SOURCE.schedule, article_rate=0.0)),
            _listed(0, 10),
            LATER,
        ).missed
        == 1
    )


@pytest.mark.parametrize(("known", "overlap"), [(1, 0.1), (10, 1.0)])
def test_polls_that_overlap_missed_nothing(known: int, overlap: float) -> None:
    assert coverage_of(SOURCE, _listed(known, 10 - known), LATER) == Coverage(overlap, 0)


@pytest.mark.parametrize(
    "source",
    [
        replace(
            SOURCE,
            health=replace(SOURCE.health, primed_at=None, last_success_at=None),
            listing=replace(SOURCE.listing, listed=None),
        ),
        replace(SOURCE, listing=replace(SOURCE.listing, listed=0)),
        replace(SOURCE, listing=replace(SOURCE.listing, listed=None)),
    ],
    ids=["the first poll", "after an empty listing", "before listings were counted"],
)
def test_without_a_listing_before_there_is_no_gap(source: Source) -> None:
    assert coverage_of(source, _listed(0, 10), LATER) == Coverage(None)


@pytest.mark.parametrize("items", [0, 1, 6])
def test_a_listing_that_shrank_proves_nothing(items: int) -> None:
    assert coverage_of(SOURCE, _listed(0, items), LATER) == Coverage(None)


def test_a_listing_that_reaches_back_before_the_last_poll_has_no_gap() -> None:
    found = [*_listed(0, 9, dated=LATER), *_listed(0, 1, dated=NOON - timedelta(hours=1))]
    assert coverage_of(SOURCE, found, LATER) == Coverage(None)


@given(
    st.integers(0, 50),
    st.integers(0, 50),
    st.floats(0, 1000),
    st.timedeltas(timedelta(0), timedelta(400)),
)
def test_what_may_be_missed_is_never_negative(
    known: int, new: int, rate: float, passed: timedelta
) -> None:
    found = coverage_of(
        replace(SOURCE, schedule=replace(SOURCE.schedule, article_rate=rate)),
        _listed(known, new),
        NOON + passed,
    )
    assert found.missed >= (1 if found.overlap == 0.0 else 0)
    assert found.overlap is None or 0.0 <= found.overlap <= 1.0


def _at(url: str, hours: float | None) -> ListedItem:
    at = None if hours is None else NOON + timedelta(hours=hours)
    return ListedItem(url, None, "", at)


def test_a_gap_hides_what_is_dated_inside_on_the_site_in_the_sections_of_the_source() -> None:
    inside = _at("https://h.example/sport/inside", 5)
    items = [
        inside,
        _at("https://h.example/sport/before", -1),
        _at("https://h.example/sport/after", 11),
        _at("https://h.example/sport/undated", None),
        _at("https://h.example/recipes/soup", 5),
        _at("https://elsewhere.example/sport/x", 5),
    ]
    known = ["https://h.example/sport/known"]
    assert hidden_by(NOON, LATER, items, site="https://h.example/", known=known) == [inside]


def test_a_site_that_files_by_year_has_one_section() -> None:
    item = _at("https://h.example/2026/06/mill", 5)
    known = ["https://h.example/2025/12/ferry"]
    assert hidden_by(NOON, LATER, [item], site="https://h.example/", known=known) == [item]
