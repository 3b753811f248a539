"""A NumPy array of numbers that grows at its end; pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

_FIRST = 64


class GrowingArray:
    """A growing array; `values` is what is in it, and may be written to until it grows."""

    __slots__ = ("_room", "_size")

    def __init__(self, kind: type[np.generic]) -> None:
        self._room: NDArray[Any] = np.zeros(_FIRST, dtype=kind)
        self._size = 0

    def __len__(self) -> int:
        """Return how many numbers there are."""
        return self._size

    @property
    def values(self) -> NDArray[Any]:
        """The numbers."""
        return self._room[: self._size]

    def __getitem__(self, place: int) -> int:
        """Return one number."""
        return int(self._room[place])

    def __setitem__(self, place: int, value: int) -> None:
        """Put one number in another's place."""
        self._room[place] = value

    def append(self, value: int) -> int:
        """Add a number at the end, and return its index."""
        place = self._size
        self._grow(place + 1)
        self._room[place] = value
        return place

    def extend(self, values: Sequence[int]) -> int:
        """Add numbers at the end, and return the index of the first."""
        place = self._size
        self._grow(place + len(values))
        self._room[place : self._size] = values
        return place

    def reach(self, size: int) -> None:
        """Make it at least so long, with zeros."""
        if size > self._size:
            self._grow(size)

    def _grow(self, size: int) -> None:
        if size > self._room.size:
            room = np.zeros(max(size, self._room.size * 3 // 2), dtype=self._room.dtype)
            room[: self._size] = self._room[: self._size]
            self._room = room
        self._size = size
