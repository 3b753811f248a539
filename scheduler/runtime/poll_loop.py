"""Work that waits in a table, taken round by round: notify for speed, poll for truth."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from scheduler.runtime.lifecycle import result_or_error
from storage.errors import FullError, UnreachableError

AFTER_A_BUG = 5.0  # seconds


class PollLoop:
    """Runs rounds until stopped: at once while there is work, else when woken or after a while.

    A round says whether it found work. One that raises is logged, and the next one waits a
    little: the database may be well again by then.
    """

    def __init__(
        self, name: str, one_round: Callable[[], Awaitable[bool]], poll_seconds: float
    ) -> None:
        self._one_round = one_round
        self._poll_seconds = poll_seconds
        self._wake = asyncio.Event()
        self._log = structlog.get_logger(name)
        self.stopping = False

    async def run(self) -> None:
        """Go on until `stop`."""
        while not self.stopping:
            self._wake.clear()
            result = await result_or_error(self._one_round())
            if isinstance(result, UnreachableError | FullError):
                self._log.warning("round_put_off", reason=str(result))
                await self.nap(AFTER_A_BUG)
            elif isinstance(result, Exception):
                self._log.error("round_failed", exc_info=result)
                await self.nap(AFTER_A_BUG)
            elif not result:
                await self.nap(self._poll_seconds)

    def stop(self) -> None:
        """Begin no round any more."""
        self.stopping = True
        self._wake.set()

    def wake(self) -> None:
        """Look for work now."""
        self._wake.set()

    async def nap(self, seconds: float) -> None:
        """Wait that long, or until woken."""
        try:
            async with asyncio.timeout(seconds):
                await self._wake.wait()
        except TimeoutError:
            return
