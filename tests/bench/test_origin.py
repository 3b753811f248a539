"""Made stories that forgers join: the original is found about as often as where nobody forges."""

from __future__ import annotations

from random import Random

import pytest

from tests.bench.origin import Power, forgers, story, wrong_share

STORIES = 400


@pytest.mark.parametrize("seed", [11, 12])
def test_the_owner_is_found_in_honest_stories(seed: int) -> None:
    random = Random(seed)
    assert wrong_share([story(random, ()) for _ in range(STORIES)]) <= 0.06


@pytest.mark.parametrize(
    "power", [Power.FAR, Power.NEAR, Power.ADDED, Power.ELSEWHERE, Power.SIGNED]
)
def test_what_a_forger_states_gains_nothing(power: Power) -> None:
    """A copy that is scraped at once may be seen first; what it states adds nothing to that."""
    copied = wrong_share(
        [story(random, [Power.NOTHING]) for random in [Random(11)] for _ in range(STORIES)]
    )
    forged = wrong_share(
        [story(random, [power]) for random in [Random(11)] for _ in range(STORIES)]
    )
    assert forged <= copied + 0.02


def test_several_forgers_gain_little() -> None:
    random = Random(11)
    made = [story(random, forgers(random)) for _ in range(STORIES)]
    assert wrong_share(made) <= 0.15
