"""Plays cases on one daemon: at one time those that leave it alone, then the others one by one."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from tests.neighbours.cases import Case
from tests.neighbours.neighbourhood import Neighbourhood, neighbourhood


@asynccontextmanager
async def play_all(
    folder: Path, cases: Sequence[Case]
) -> AsyncIterator[tuple[Neighbourhood, dict[Case, asyncio.Task[None]]]]:
    """Begin to play cases; where, and a task for each, which fails as its case does."""
    async with neighbourhood(folder) as opened:
        tasks: dict[Case, asyncio.Task[None]] = {}
        for case in sorted(cases, key=lambda case: case.alone):
            waits = tuple(tasks.values()) if case.alone else ()
            tasks[case] = asyncio.create_task(_play(opened, case, waits))
        try:
            yield opened, tasks
        finally:
            for task in tasks.values():
                task.cancel()
            await asyncio.gather(*tasks.values(), return_exceptions=True)


async def _play(opened: Neighbourhood, case: Case, waits: Sequence[asyncio.Task[None]]) -> None:
    if waits:
        await asyncio.wait(waits)
    await case.play(opened, case.key)
