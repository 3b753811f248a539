"""When an article is looked at again: while it is young, and where articles change."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.recrawl.revisits import RevisionCounts, revisit_page
from tests.scheduler.recrawl.records import NOON, SETTINGS, a_page


def visits(changes: RevisionCounts, price: float = 5.0) -> list[float]:
    """Return the ages in minutes at which an article is looked at again."""
    now, ages = NOON, []
    while plan := revisit_page(a_page(), changes, price=price, now=now, settings=SETTINGS):
        ages.append((plan.at - NOON).total_seconds() / 60)
        now = plan.at
    return ages


def test_a_young_article_is_looked_at_again_at_each_age_and_then_left_alone() -> None:
    assert visits(RevisionCounts()) == [30, 120, 480, 1440]


def test_where_articles_never_change_they_are_looked_at_less() -> None:
    assert visits(RevisionCounts(articles=2000, revisions=0)) == [1440]


def test_when_requests_are_short_only_the_looks_that_show_most_are_left() -> None:
    assert visits(RevisionCounts(), price=100) == [480, 1440]
    assert visits(RevisionCounts(articles=100, revisions=400), price=100) == [120, 480, 1440]


@given(st.integers(0, 500), st.integers(0, 500), st.floats(0.1, 1000), st.floats(0.1, 1000))
def test_a_higher_price_never_means_more_looks(
    articles: int, revisions: int, one: float, other: float
) -> None:
    changes = RevisionCounts(articles, revisions)
    assert len(visits(changes, max(one, other))) <= len(visits(changes, min(one, other)))


def test_the_reason_says_how_old_it_is_then_and_how_often_such_articles_change() -> None:
    plan = revisit_page(a_page(), RevisionCounts(), price=5.0, now=NOON, settings=SETTINGS)
    assert plan is not None
    assert plan.reason == (
        "looked at again 30 minutes after it was found: "
        "about 0.3 revisions an article in its source"
    )


@pytest.mark.parametrize("hours", [24, 100])
def test_an_old_article_is_left_alone(hours: int) -> None:
    now = NOON + timedelta(hours=hours)
    assert revisit_page(a_page(), RevisionCounts(), price=5.0, now=now, settings=SETTINGS) is None
