"""A stopwatch that counts."""

from __future__ import annotations

from collections.abc import Callable


class Stopwatch:
    """Counts from `begin` on; `seconds` is the time from there to the last count."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._began = self._last = clock()
        self.counted = 0

    def begin(self) -> None:
        self._began = self._last = self._clock()

    def count(self) -> None:
        self.counted += 1
        self._last = self._clock()

    @property
    def seconds(self) -> float:
        return self._last - self._began
