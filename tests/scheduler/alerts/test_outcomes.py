"""A failed delivery is tried for three days, further and further apart, and then given up."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from scheduler.alerts.outcomes import MOST_WAIT, WAITS, next_try

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
failed_before_the_last = st.integers(1, len(WAITS) - 1)


def waited(tried: int, seed: int, not_before: datetime | None = None) -> float:
    again = next_try(tried, NOON, random.Random(seed), not_before)
    assert again is not None
    return (again - NOON).total_seconds()


def test_the_schedule_is_that_of_standard_webhooks() -> None:
    minutes, hours = 60, 3600
    assert (
        0,
        5,
        5 * minutes,
        30 * minutes,
        2 * hours,
        5 * hours,
        10 * hours,
        14 * hours,
        20 * hours,
        24 * hours,
    ) == WAITS


@given(failed_before_the_last, st.integers())
def test_a_wait_is_that_of_the_schedule_and_up_to_a_fifth_more(tried: int, seed: int) -> None:
    assert WAITS[tried] <= waited(tried, seed) <= WAITS[tried] * 1.2


def test_what_failed_together_does_not_come_back_together() -> None:
    assert len({waited(3, seed) for seed in range(50)}) > 40


def test_after_the_last_try_it_is_given_up() -> None:
    assert next_try(len(WAITS), NOON, random.Random(1)) is None


@given(failed_before_the_last, st.integers(), st.integers(-86_400, 10 * 86_400))
def test_a_recipient_s_wish_counts_but_for_no_more_than_a_day(
    tried: int, seed: int, seconds: int
) -> None:
    wish = NOON + timedelta(seconds=seconds)
    planned = waited(tried, seed)
    found = waited(tried, seed, wish)
    assert found == max(planned, min(float(seconds), MOST_WAIT.total_seconds()))
