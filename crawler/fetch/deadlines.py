"""Deadlines of what is under way, which can all be brought forward to now."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Deadlines:
    """Gives each step its time, and ends all of them at once when the crawl has to end."""

    def __init__(self) -> None:
        self._under_way: set[asyncio.Timeout] = set()
        self._over = False

    @property
    def over(self) -> bool:
        """Tell whether all time is up: what failed since then did so for that reason."""
        return self._over

    @asynccontextmanager
    async def within(self, seconds: float | None) -> AsyncIterator[None]:
        """Raise TimeoutError in what takes longer; None: only when all time is up."""
        if self._over:
            raise TimeoutError
        async with asyncio.timeout(seconds) as deadline:
            self._under_way.add(deadline)
            try:
                yield
            finally:
                self._under_way.discard(deadline)

    def end_all(self) -> None:
        """End what is under way, and whatever begins from now on."""
        self._over = True
        now = asyncio.get_running_loop().time()
        for deadline in self._under_way:
            deadline.reschedule(now)
