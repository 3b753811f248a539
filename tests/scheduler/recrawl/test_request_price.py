"""The price of a request finds what the budget allows, and what topics want is visited sooner."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.recrawl.request_price import PriceState, first_price, next_price, topic_weights

LEAST = 5.0


def settled(demand: float, budget: float, hours: int = 400) -> PriceState:
    """Steer sources that make `demand` requests an hour at the least price, fewer by its root."""
    state = first_price(LEAST)
    for _ in range(hours):
        spent = demand * math.sqrt(LEAST / state.value)
        state = next_price(state, spent=spent, hours=1.0, budget=budget, least=LEAST)
    return state


def test_requests_that_are_not_short_cost_the_least() -> None:
    assert settled(100, 1000).value == pytest.approx(LEAST, rel=0.01)


def test_twice_too_many_requests_make_them_four_times_as_dear() -> None:
    assert settled(2000, 1000).value == pytest.approx(4 * LEAST, rel=0.02)


def test_what_was_left_over_is_not_saved_up() -> None:
    idle = settled(1, 1000)
    busy = next_price(idle, spent=3000, hours=1.0, budget=1000, least=LEAST)
    assert busy.value > LEAST


@given(st.floats(0, 1e6), st.floats(0.001, 48), st.floats(1, 1e5))
def test_the_price_stays_within_reason(spent: float, hours: float, budget: float) -> None:
    state = first_price(LEAST)
    for _ in range(5):
        state = next_price(state, spent=spent, hours=hours, budget=budget, least=LEAST)
        assert math.isfinite(state.value)
        assert state.value >= LEAST * (1 - 1e-9)


def test_no_time_changes_nothing() -> None:
    state = first_price(LEAST)
    assert next_price(state, spent=9, hours=0, budget=1, least=LEAST) == state


def test_a_source_whose_articles_match_is_worth_more() -> None:
    found = topic_weights({1: (1000, 100), 2: (1000, 0), 3: (0, 0)})
    assert found[1] > 1.5
    assert found[2] == 0.25
    assert found[3] == 1.0


def test_without_matches_all_are_worth_the_same() -> None:
    assert topic_weights({1: (10, 0), 2: (500, 0)}) == {1: 1.0, 2: 1.0}
    assert topic_weights({}) == {}
