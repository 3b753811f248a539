"""The daily requests of a source: pages wait, the listing keeps its share, nothing is dropped."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from crawler.fetch.budget import Budgets, spread_over

BEGIN = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
DAY = timedelta(hours=24)


def spent(times: int, budget: int = 100) -> Budgets:
    budgets = Budgets(budget)
    budgets.restore([(1, BEGIN + timedelta(seconds=n)) for n in range(times)])
    return budgets


def room(budgets: Budgets, *, listing: bool = False, under_way: int = 0) -> datetime | None:
    now = BEGIN + timedelta(hours=1)
    return budgets.room_at(1, None, listing=listing, under_way=under_way, now=now)


def test_pages_wait_until_the_oldest_request_is_a_day_old() -> None:
    assert room(spent(64)) is None
    assert room(spent(65)) == BEGIN + DAY
    assert room(spent(66)) == BEGIN + DAY + timedelta(seconds=1)


def test_the_listing_is_read_while_pages_wait() -> None:
    assert room(spent(89), listing=True) is None
    assert room(spent(90), listing=True) == BEGIN + DAY


def test_visits_under_way_count() -> None:
    assert room(spent(60), under_way=4) is None
    assert room(spent(60), under_way=5) == BEGIN + DAY


def test_no_budget_is_no_limit_and_a_sources_own_goes_first() -> None:
    assert room(spent(5_000, budget=0)) is None
    now = BEGIN + timedelta(hours=1)
    assert spent(10).room_at(1, 10, listing=True, under_way=0, now=now) is not None
    assert spent(5_000).room_at(1, 0, listing=False, under_way=0, now=now) is None


def test_it_is_said_once_until_there_was_room_again() -> None:
    budgets = spent(65)
    assert [budgets.is_news(1), budgets.is_news(1)] == [True, False]
    budgets.room_at(1, None, listing=False, under_way=0, now=BEGIN + 2 * DAY)
    assert budgets.is_news(1)


def test_what_waited_goes_over_an_hour() -> None:
    assert spread_over(BEGIN, 0.5) == BEGIN + timedelta(minutes=30)
