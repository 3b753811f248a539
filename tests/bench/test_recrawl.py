"""The benchmark of the recrawl plan, in its small form: its bookkeeping, and that the order holds."""

from __future__ import annotations

import argparse

import numpy as np
import pytest

from tests.bench import recrawl
from tests.bench.recrawl.made import World, make
from tests.bench.recrawl.peers import fixed, tuned
from tests.bench.recrawl.scoring import score


@pytest.fixture(scope="module")
def world() -> World:
    return make(20, seed=4)


def test_the_same_seed_makes_the_same_world(world: World) -> None:
    again = make(20, seed=4)
    assert all(np.array_equal(a, b) for a, b in zip(world.times, again.times, strict=True))


def test_articles_of_a_fixed_interval_wait_half_of_it(world: World) -> None:
    found = score(world, fixed(world, 1.0))
    assert found.requests == 20 * 7 * 24
    assert found.mean == pytest.approx(30, abs=2)


def test_what_is_pushed_out_of_a_listing_is_lost_and_not_late() -> None:
    begin = 24.0 * 19_000
    tiny = World(
        begin=begin,
        intensity=np.ones((1, 24 * 26)),
        times=(begin + 17 * 24 + np.arange(30) / 60,),
        windows=np.array([20]),
        dated=np.array([True]),
    )
    found = score(tiny, [np.array([begin + 17 * 24 + 1.0])])
    assert found.lost == 10
    assert found.mean == pytest.approx(60 - 19.5)


def test_a_parameter_is_found_that_makes_the_wanted_requests(world: World) -> None:
    def made(planned: tuple[np.ndarray, ...]) -> int:
        return recrawl._requests(world, planned)

    planned = tuned(lambda hours: fixed(world, hours), made, 20 * 7 * 10, 1.0)
    assert made(planned) == pytest.approx(1400, rel=0.01)


def test_ours_is_earlier_than_its_peers_at_the_same_requests() -> None:
    arguments = argparse.Namespace(sources=30, seed=1, a_day=24.0, few=0)
    result = recrawl.run(arguments)
    assert result["mean_delay_ratio"] < 0.8
    assert result["over_oracle"] < 1.25
    assert result["requests_spread"] < 0.02
