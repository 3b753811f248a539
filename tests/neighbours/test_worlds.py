"""Worlds are drawn alike each time, within their bounds, and some are played on the true daemon."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.neighbours.model import told_stories, wanted_alerts
from tests.neighbours.world_run import play_worlds
from tests.neighbours.worlds import Power, draw_world

WORLDS = [draw_world(1, number) for number in range(300)]
MOST_WRONG = 0.02  # of the stories whose owner's page was read


def test_equal_numbers_give_equal_worlds() -> None:
    assert draw_world(1, 7) == WORLDS[7]
    assert draw_world(2, 7) != WORLDS[7]


def test_a_world_has_two_to_twelve_sources_of_which_one_to_four_are_hostile() -> None:
    assert {len(world.hosts) for world in WORLDS} == set(range(2, 13))
    assert {len(world.hostile) for world in WORLDS} == {1, 2, 3, 4}


def test_each_world_has_news_that_somebody_is_to_be_told() -> None:
    assert all(wanted_alerts(world) for world in WORLDS)


def test_all_powers_are_drawn() -> None:
    assert {power for world in WORLDS for power in world.powers} == set(Power)


def test_what_honest_sources_list_at_their_first_visit_only_is_not_to_be_told() -> None:
    for world in WORLDS:
        first = {page.texts for page in world.pages if page.step == 0 and page.texts}
        assert not told_stories(world) & {name for texts in first for name in texts}


def test_every_address_that_is_listed_has_a_page_or_fails_by_intent() -> None:
    for world in WORLDS:
        urls = {page.url for page in world.pages}
        assert {listed.url for listed in world.listed} <= urls


@pytest.mark.slow
async def test_on_the_true_daemon_nothing_is_lost_and_nothing_told_twice(tmp_path: Path) -> None:
    """Some of them are played with the named cases each time: tests/neighbours/test_cases.py."""
    tally = await play_worlds(tmp_path, WORLDS[:20])
    assert tally.told_right > 0
    assert (tally.lost, tally.repeated, tally.forbidden) == (0, 0, 0), tally.faults
    assert tally.wrong_original <= MOST_WRONG * tally.owned, tally.faults
