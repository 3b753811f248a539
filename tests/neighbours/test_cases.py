"""No source decides for another: what was seen, case by case, on the true daemon over loopback."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.neighbours.case_run import play_all
from tests.neighbours.cases import CASES, Case
from tests.neighbours.neighbourhood import Neighbourhood
from tests.neighbours.world_run import play_worlds_on
from tests.neighbours.worlds import draw_world

_WORLDS = 3


async def _worlds(opened: Neighbourhood, _key: str) -> None:
    """Random worlds of many hostile sources: nothing is lost, and nothing told twice."""
    tally = await play_worlds_on(opened, [draw_world(1, number) for number in range(_WORLDS)])
    assert tally.told_right > 0
    assert (tally.lost, tally.repeated, tally.forbidden) == (0, 0, 0), tally.faults
    assert tally.wrong_original == 0, tally.faults


PLAYED = [*CASES, Case("W3 random worlds of which each has hostile sources", _worlds)]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def outcomes(
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[dict[Case, asyncio.Task[None]]]:
    """One daemon for all of them."""
    async with play_all(tmp_path_factory.mktemp("neighbours"), PLAYED) as (_, tasks):
        yield tasks


@pytest.mark.early
@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("case", PLAYED, ids=str)
async def test_no_source_decides_for_another(
    case: Case, outcomes: dict[Case, asyncio.Task[None]]
) -> None:
    await outcomes[case]
