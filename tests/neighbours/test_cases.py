"""No source decides for another: what was seen, case by case, on the true daemon over loopback."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.neighbours.case_run import play_all
from tests.neighbours.cases import CASES, Case


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def outcomes(
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[dict[Case, asyncio.Task[None]]]:
    """One daemon for all cases."""
    async with play_all(tmp_path_factory.mktemp("neighbours"), CASES) as (_, tasks):
        yield tasks


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("case", CASES, ids=str)
async def test_no_source_decides_for_another(
    case: Case, outcomes: dict[Case, asyncio.Task[None]]
) -> None:
    await outcomes[case]
