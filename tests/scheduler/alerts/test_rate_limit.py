"""An endpoint is sent so many deliveries a second, and others do not wait for it."""

from __future__ import annotations

from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from scheduler.alerts.send_queue import RateLimit
from tests.storage.world import NOON


def sent(pace: RateLimit, name: str, start: datetime, seconds: float) -> list[datetime]:
    """Send as fast as may be from `start` on; when each went."""
    times: list[datetime] = []
    now = start
    while True:
        now = max(now, pace.opens_at(name, now))
        if now >= start + timedelta(seconds=seconds):
            return times
        pace.took(name, now)
        times.append(now)


@given(st.floats(0.2, 50), st.floats(1, 40))
def test_no_more_go_than_the_rate_allows_and_no_fewer(rate: float, seconds: float) -> None:
    times = sent(RateLimit(rate), "x", NOON, seconds)
    assert rate * seconds - 1 <= len(times) <= rate * seconds + rate + 2


def test_a_second_s_worth_goes_at_once_and_then_one_after_the_other() -> None:
    times = sent(RateLimit(4), "x", NOON, 3)
    assert times[:4] == [NOON] * 4
    assert times[4] - NOON == timedelta(seconds=0.25)


def test_another_endpoint_has_a_pace_of_its_own() -> None:
    pace = RateLimit(1)
    pace.took("x", NOON)
    assert pace.opens_at("x", NOON) > NOON
    assert pace.opens_at("y", NOON) <= NOON


def test_a_clock_that_was_set_back_holds_nothing_up() -> None:
    pace = RateLimit(1)
    pace.took("x", NOON)
    earlier = NOON - timedelta(hours=8)
    assert pace.opens_at("x", earlier) <= earlier


def test_what_has_come_to_rest_is_not_kept() -> None:
    pace = RateLimit(1)
    pace.took("x", NOON)
    pace.forget(NOON + timedelta(seconds=10))
    assert pace._due == {}
