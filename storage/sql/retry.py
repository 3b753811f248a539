"""Run a transaction again when that is what it needs: it met another one, or the server was away."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from typing import TypeVar

from storage.errors import ConflictError, UnreachableError

T = TypeVar("T")

_FIRST_PAUSE, _LONGEST_PAUSE = 0.005, 0.5  # seconds
_AWAY_PAUSE = 0.5


class Retrying:
    """Runs what can be run again.

    A server that can't be reached is waited for, `patience` seconds at most: what came before it
    in the program's memory is then still there. Whether a commit on which the connection was lost
    was stored can't be known; that is raised at once, as a plain StorageError.
    """

    def __init__(
        self,
        patience: float = 20.0,
        *,
        sleep: Callable[[float], None] = time.sleep,
        monotonic: Callable[[], float] = time.monotonic,
        rng: random.Random | None = None,
    ) -> None:
        self._patience = patience
        self._sleep = sleep
        self._monotonic = monotonic
        self._rng = rng or random.Random()  # noqa: S311 - pauses, not secrets  # nosec B311
        self.conflicts = 0

    def run(self, attempt: Callable[[], T]) -> T:
        """Run until it succeeds. Raises what stands after the last try."""
        met, until = 0, self._monotonic() + self._patience
        while True:
            try:
                return attempt()
            except ConflictError as error:
                met += 1
                self.conflicts += 1
                if met >= error.tries:
                    raise
                longest = min(_FIRST_PAUSE * 2**met, _LONGEST_PAUSE)
                self._sleep(self._rng.uniform(0, longest))
            except UnreachableError:
                if self._monotonic() >= until:
                    raise
                self._sleep(_AWAY_PAUSE)
