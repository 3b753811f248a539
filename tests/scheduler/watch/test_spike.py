"""When a day's stories are a spike: the laws of the bound, and how it does on made-up days."""

from __future__ import annotations

import random
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.watch.spike import DAYS, LEAST_DAYS, LEAST_STORIES, LEAST_TIMES, least_spike, usual

COUNTS = st.lists(st.integers(0, 2000), min_size=LEAST_DAYS, max_size=DAYS)


@pytest.mark.parametrize(
    ("each_day", "least"), [(0, 5), (1, 8), (4, 14), (10, 23), (20, 40), (100, 200), (1000, 2000)]
)
def test_the_bound_of_even_days(each_day: int, least: int) -> None:
    assert least_spike([each_day] * DAYS) == least


@given(COUNTS)
def test_a_handful_of_stories_is_never_a_spike_nor_is_less_than_twice_the_mean(
    before: list[int],
) -> None:
    least = least_spike(before)
    assert least >= LEAST_STORIES
    assert least >= LEAST_TIMES * sum(before) / len(before)


@given(COUNTS, st.integers(0, DAYS - 1), st.integers(1, 50))
def test_the_more_stories_the_days_before_had_the_more_a_spike_needs(
    before: list[int], day: int, more: int
) -> None:
    busier = list(before)
    busier[day % len(before)] += more
    assert least_spike(busier) >= least_spike(before)


@given(COUNTS)
def test_the_order_of_the_days_does_not_matter(before: list[int]) -> None:
    assert least_spike(before) == least_spike(sorted(before))


@given(st.integers(0, 500))
def test_fewer_days_of_the_same_ask_for_no_less(each_day: int) -> None:
    assert least_spike([each_day] * LEAST_DAYS) >= least_spike([each_day] * DAYS)


def test_the_mean_is_said_with_one_decimal() -> None:
    assert usual([4, 4, 4, 5]) == "4.2"


def poisson(rng: random.Random, mean: float) -> int:
    """Count the arrivals within a day, one gap after the other."""
    count, at = 0, rng.expovariate(mean)
    while at < 1:
        count, at = count + 1, at + rng.expovariate(mean)
    return count


def share_of_spikes(days: Sequence[tuple[float, float]], seed: int) -> float:
    """Return the share of days that are spikes, of pairs of a usual mean and the day's own."""
    rng = random.Random(seed)
    spikes = [
        poisson(rng, own) >= least_spike([poisson(rng, mean) for _ in range(DAYS)])
        for mean, own in days
    ]
    return sum(spikes) / len(spikes)


@pytest.mark.parametrize("mean", [0.3, 1, 3, 10, 30])
def test_days_like_any_other_are_hardly_ever_spikes(mean: float) -> None:
    assert share_of_spikes([(mean, mean)] * 1000, seed=1) <= 0.002


@pytest.mark.parametrize(("mean", "own"), [(0.3, 10), (1, 15), (3, 24), (10, 40), (30, 90)])
def test_days_with_far_more_stories_are_nearly_always_spikes(mean: float, own: float) -> None:
    assert share_of_spikes([(mean, own)] * 300, seed=2) >= 0.9
