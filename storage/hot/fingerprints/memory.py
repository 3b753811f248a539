"""Fingerprints in this process's memory: the embedded form, rebuilt from the database at start."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from storage.hot.fingerprints import InFlightText
from storage.hot.fingerprints.postings import Postings
from storage.hot.fingerprints.rows import row_steps

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from storage.hot.fingerprints import Sketch
    from storage.hot.fingerprints.rows import RowSteps

_T = TypeVar("_T", bound=np.generic)

_FEWEST = 1 << 10
_DEAD_SHARE = 0.25
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class MemoryFingerprints:
    """An inverted index in a few arrays; about 550 bytes for an article of 500 words.

    Articles are numbered in the order in which they are added. An article that is removed, expired
    or replaced is only struck off; its postings go when a quarter of all are struck off, so that
    expiry costs nothing worth speaking of. Of a shingle that very many articles hold, only the
    first and the newest of them are looked at; a story with more copies is still found by those.
    """

    def __init__(self, steps: RowSteps | None = None) -> None:
        self._steps = row_steps() if steps is None else steps
        self._postings = Postings(steps=self._steps)
        # Entry 0 is nobody's: an empty posting is a zero.
        self._ids: NDArray[np.int64] = np.zeros(_FEWEST, dtype=np.int64)
        # The greatest id up to each number: ids are found by it, since most come in order.
        self._highest: NDArray[np.int64] = np.full(_FEWEST, np.iinfo(np.int64).min)
        self._seen: NDArray[np.float64] = np.zeros(_FEWEST, dtype=np.float64)
        self._alive: NDArray[np.bool_] = np.zeros(_FEWEST, dtype=np.bool_)
        self._used = 1
        self._living = 0
        self._out_of_order: dict[int, int] = {}

    @property
    def nbytes(self) -> int:
        """Bytes of memory that the index takes."""
        articles = (self._ids, self._highest, self._seen, self._alive)
        strays = 150 * len(self._out_of_order)
        return self._postings.nbytes + sum(array.nbytes for array in articles) + strays

    async def add(self, article_id: int, sketch: Sketch, seen: datetime) -> None:
        """Index an article; an article that is there already is replaced."""
        self._strike(self._number_of(article_id))
        if self._used == self._ids.size:
            self._make_room()
        number = self._used
        highest = int(self._highest[number - 1])
        if article_id <= highest:
            self._out_of_order[article_id] = number
        self._ids[number] = article_id
        self._highest[number] = max(article_id, highest)
        self._seen[number] = (seen - _EPOCH).total_seconds()
        self._alive[number] = True
        self._used, self._living = number + 1, self._living + 1
        self._postings.add(sketch, number)

    async def candidates(
        self, sketch: Sketch, limit: int, *, least: int = 1
    ) -> list[tuple[int, int]]:
        """Articles that share sampled shingles: (article id, how many), most first, ties by id.

        Those that share fewer than `least` are left out.
        """
        holders = self._postings.holders(sketch)
        if holders.size < least:
            return []
        numbers, counts = self._steps.count(holders, self._alive, least)
        if not numbers.size:
            return []
        ids = self._ids.take(numbers)
        first = np.lexsort((ids, -counts))[:limit]
        return list(zip(ids[first].tolist(), counts[first].tolist(), strict=True))

    async def enter(
        self,
        sketch: Sketch,
        seen: datetime,  # noqa: ARG002 - of the Protocol
        limit: int,  # noqa: ARG002
        *,
        least: int = 1,  # noqa: ARG002
    ) -> InFlightText:
        """Let nobody know: who judges in this process does so one after the other."""
        return InFlightText("", frozenset(), sketch)

    async def in_flight(self, names: frozenset[str]) -> frozenset[str]:  # noqa: ARG002
        """Say that nobody is in the way."""
        return frozenset()

    async def settle(self, pending: InFlightText, article_id: int | None, seen: datetime) -> None:
        """Index the article as which a text is stored."""
        if article_id is not None:
            await self.add(article_id, pending.sketch, seen)

    async def remove(self, article_id: int) -> None:
        """Forget an article; no error when it is not there."""
        self._strike(self._number_of(article_id))

    async def expire(self, before: datetime) -> int:
        """Forget all articles seen before then; how many there were."""
        used = slice(0, self._used)
        old = self._alive[used] & (self._seen[used] < (before - _EPOCH).total_seconds())
        count = int(np.count_nonzero(old))
        self._alive[used][old] = False
        self._living -= count
        return count

    async def size(self) -> int:
        """How many articles are indexed."""
        return self._living

    def newest_id(self) -> int:
        """Return the greatest article id that was ever added; 0 for an empty index."""
        return max(0, int(self._highest[self._used - 1]))

    def arrays(self) -> dict[str, NDArray[np.generic]]:
        """Return the whole index as arrays, for `of_arrays`. They are its own: copy or write them."""
        used = slice(0, self._used)
        return {
            **self._postings.arrays(),
            "ids": self._ids[used],
            "seen": self._seen[used],
            "alive": self._alive[used],
        }

    @classmethod
    def of_arrays(cls, arrays: dict[str, NDArray[np.generic]]) -> MemoryFingerprints:
        """Build the index that gave the arrays. Raises KeyError or ValueError for others."""
        index = cls()
        index._postings = Postings.of_arrays(arrays)
        ids, seen, alive = arrays["ids"], arrays["seen"], arrays["alive"]
        if not ids.size == seen.size == alive.size >= 1:
            raise ValueError("these are not the articles of an index of fingerprints")
        index._ids, index._seen = ids.astype(np.int64), seen.astype(np.float64)
        index._alive = alive.astype(np.bool_)
        index._used, index._living = ids.size, int(np.count_nonzero(alive))
        index._order()
        return index

    def _number_of(self, article_id: int) -> int:
        """Return the number under which an article was added last; 0 when it never was."""
        stray = self._out_of_order.get(article_id)
        if stray is not None:
            return stray
        position = int(self._highest[: self._used].searchsorted(article_id))
        return position if position < self._used and self._ids[position] == article_id else 0

    def _strike(self, number: int) -> None:
        if self._alive[number]:
            self._alive[number] = False
            self._living -= 1

    def _make_room(self) -> None:
        """Take out who was struck off when that is many, else make the arrays longer."""
        kept = self._alive.copy()
        kept[0] = True
        if self._living < (1 - _DEAD_SHARE) * (self._used - 1):
            numbers = np.zeros(self._used, dtype=np.uint32)
            numbers[kept] = np.arange(int(np.count_nonzero(kept)))
            self._postings.renumber(numbers)
            self._ids, self._seen = self._ids[kept], self._seen[kept]
            self._alive = self._alive[kept]
            self._used = self._ids.size
            self._order()
        size = max(_FEWEST, self._used + self._used // 4)
        self._ids = _longer(self._ids, size)
        self._highest = _longer(self._highest, size)
        self._seen = _longer(self._seen, size)
        self._alive = _longer(self._alive, size)

    def _order(self) -> None:
        """Note up to which id the articles are in order, and which are out of it."""
        lowest = np.iinfo(np.int64).min
        self._highest = np.maximum.accumulate(np.append(lowest, self._ids[1:]))
        late = np.flatnonzero(self._ids[1:] <= self._highest[:-1]) + 1
        self._out_of_order = {int(self._ids[number]): int(number) for number in late}


def _longer(array: NDArray[_T], size: int) -> NDArray[_T]:
    longer = np.zeros(size, dtype=array.dtype)
    longer[: array.size] = array
    return longer
