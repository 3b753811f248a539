"""Notices when the machine's clock is set: by the monotonic clock beside it, which nobody sets."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import structlog

_LOOKED_EVERY = 5.0  # seconds
_BACK = timedelta(seconds=30)  # less is waited out
_FAR_AHEAD = timedelta(days=1)
_DOUBTED_FOR = 24 * 3600.0  # seconds


class ClockStepMonitor:
    """Watches for steps; a suspended machine's clock steps ahead, too, when it wakes.

    After a step of a day or more ahead the time is doubted for a day: what is forgotten by its age
    would not come back.
    """

    def __init__(
        self,
        own: Callable[[], datetime],
        *,
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._own = own
        self._monotonic = monotonic
        self._sleep = sleep
        self._doubted_from: float | None = None
        self._log = structlog.get_logger("clock")

    @property
    def is_trusted(self) -> bool:
        """Whether what is old by this clock may be forgotten."""
        since = self._doubted_from
        return since is None or self._monotonic() - since >= _DOUBTED_FOR

    async def watch(self, on_back: Callable[[timedelta], Awaitable[None]]) -> None:
        """Watch for ever; `on_back` is told by how much the clock was set back."""
        wall, steady = self._own(), self._monotonic()
        while True:
            await self._sleep(_LOOKED_EVERY)
            now, passed = self._own(), self._monotonic()
            step = now - wall - timedelta(seconds=passed - steady)
            wall, steady = now, passed
            if step <= -_BACK:
                self._doubted_from = None
                self._log.warning("clock_set_back", seconds=round(-step.total_seconds()))
                await on_back(-step)
            elif step >= _FAR_AHEAD:
                self._doubted_from = passed
                self._log.warning(
                    "clock_far_ahead",
                    seconds=round(step.total_seconds()),
                    remedy="if that is wrong, set it right; nothing is forgotten for a day",
                )
