"""The innermost steps of a table of postings, in two forms: sweeps with numpy, and machine code.

Both give the same; the second is several times faster and there where numba is installed.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final, Protocol

import numpy as np

from storage.machine_code import can_compile, compiled

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Numbers = NDArray[np.uint64]
    Documents = NDArray[np.uint32]
    Places = NDArray[np.intp]

ROW: Final = 16
KEY_BITS: Final = 39
FIRST_HOLDERS: Final = 4
MOST_HOLDERS: Final = 8
"""Of one key in a row: the first four and the newest four. A story with more copies is found by
those, and a page's boilerplate, held by thousands, takes no more room than that."""
KEY_SHIFT: Final = np.uint64(KEY_BITS)
LOW: Final = np.uint64(0xFFFFFFFF)
"""The half of a posting that is its key's; the other, shifted by `HALF`, is the document."""
HALF: Final = np.uint64(32)
_PLACE, _PLACES = np.uint64(38), np.uint64((1 << 38) - 1)


class RowSteps(Protocol):
    """Steps over rows of postings: `flat` is the table, `filled` says how full its rows are."""

    def place(
        self, flat: Numbers, filled: NDArray[np.uint8], keys: Numbers, document: int
    ) -> tuple[Places, int]:
        """Put a document's keys, without repeats, into their rows.

        Which keys found theirs full, and how many postings there are more than before. A key that
        its row holds eight times already loses the fifth of them.
        """

    def place_all(
        self, flat: Numbers, filled: NDArray[np.uint8], keys: Numbers, documents: Documents
    ) -> Places:
        """Put many keys, each with a document, into their rows; which of them found theirs full.

        Those of one row stay in their order.
        """

    def find(
        self, flat: Numbers, filled: NDArray[np.uint8], keys: Numbers
    ) -> tuple[Documents, Places]:
        """Return the documents of all postings of the keys, and which keys have a full row."""

    def count(
        self, documents: Documents, alive: NDArray[np.bool_], least: int
    ) -> tuple[Documents, Places]:
        """Return the distinct documents that are alive and there so often at least; how often."""


def row_of(keys: Numbers, rows: int) -> Places:
    """Return the rows in which keys belong."""
    return ((keys * np.uint64(rows)) >> KEY_SHIFT).view(np.intp)


@lru_cache(maxsize=1)
def row_steps() -> RowSteps:
    """Return the faster form of the two that this installation has."""
    return RowLoops() if can_compile() else RowSweeps()


def warm_up() -> None:
    """Compile the steps where they can be: some seconds, the first time."""
    steps = row_steps()
    flat, filled = np.zeros(ROW, dtype=np.uint64), np.zeros(1, dtype=np.uint8)
    keys, documents = np.arange(2, dtype=np.uint64), np.ones(2, dtype=np.uint32)
    steps.place(flat, filled, keys, 1)
    steps.place_all(flat, filled, keys, documents)
    found, _ = steps.find(flat, filled, keys)
    steps.count(found, np.ones(2, dtype=np.bool_), 1)


class RowSweeps:
    """Steps by numpy."""

    def place(
        self, flat: Numbers, filled: NDArray[np.uint8], keys: Numbers, document: int
    ) -> tuple[Places, int]:
        rows = row_of(keys, filled.size)
        ranked = np.sort(rows)
        if np.count_nonzero(ranked[1:] == ranked[:-1]):
            return _place(flat, filled, keys, document)
        slots = filled.take(rows)
        held = (flat.reshape(-1, ROW).take(rows, axis=0) & LOW) == (keys & LOW)[:, None]
        held &= np.arange(ROW) < slots[:, None]
        crowded = np.count_nonzero(held, axis=1) >= MOST_HOLDERS
        if crowded.any():
            _place(flat, filled, keys[crowded], document)
        fits = ~crowded & (slots < ROW)
        full = np.flatnonzero(~crowded & ~fits)
        keys, rows, slots = keys[fits], rows[fits], slots[fits]
        filled[rows] = slots + 1
        flat[rows * ROW + slots] = (keys & LOW) | np.uint64(document << 32)
        return full, keys.size

    def place_all(
        self, flat: Numbers, filled: NDArray[np.uint8], keys: Numbers, documents: Documents
    ) -> Places:
        rows = row_of(keys, filled.size)
        # Sorting numbers that hold the place too is many times faster than sorting places by them.
        order = np.sort(rows.view(np.uint64) << _PLACE | np.arange(rows.size, dtype=np.uint64))
        order = (order & _PLACES).view(np.intp)
        rows = rows[order]
        begins = np.flatnonzero(np.append(True, rows[1:] != rows[:-1])[: rows.size])
        sizes = np.diff(np.append(begins, rows.size))
        taken = filled[rows[begins]]
        slots = np.arange(rows.size) + np.repeat(taken - begins, sizes)
        fits = slots < ROW
        postings = (keys & LOW) | (documents.astype(np.uint64) << HALF)
        flat[(rows * ROW + slots)[fits]] = postings[order[fits]]
        filled[rows[begins]] = np.minimum(taken + sizes, ROW)
        return np.sort(order[~fits])

    def find(
        self, flat: Numbers, filled: NDArray[np.uint8], keys: Numbers
    ) -> tuple[Documents, Places]:
        rows = row_of(keys, filled.size)
        pairs = flat.reshape(-1, ROW).take(rows, axis=0).view(np.uint32).reshape(-1, ROW, 2)
        same = pairs[:, :, 0] == (keys & LOW).astype(np.uint32)[:, None]
        found: Documents = pairs[:, :, 1][same]
        return found[found > 0], np.flatnonzero(filled.take(rows) == ROW)

    def count(
        self, documents: Documents, alive: NDArray[np.bool_], least: int
    ) -> tuple[Documents, Places]:
        ranked = np.sort(documents)
        begins = np.flatnonzero(np.append(True, ranked[1:] != ranked[:-1])[: ranked.size])
        counts = np.diff(np.append(begins, ranked.size))
        distinct = ranked[begins]
        chosen = (counts >= least) & alive.take(distinct)
        return distinct[chosen], counts[chosen]


class RowLoops:
    """Steps by numba. Raises ImportError without it."""

    def __init__(self) -> None:
        self._place = compiled(_place)
        self._place_all = compiled(_place_all)
        self._find = compiled(_find)
        self._count = compiled(_count)

    def place(
        self, flat: Numbers, filled: NDArray[np.uint8], keys: Numbers, document: int
    ) -> tuple[Places, int]:
        return self._place(flat, filled, keys, document)

    def place_all(
        self, flat: Numbers, filled: NDArray[np.uint8], keys: Numbers, documents: Documents
    ) -> Places:
        return self._place_all(flat, filled, keys, documents)

    def find(
        self, flat: Numbers, filled: NDArray[np.uint8], keys: Numbers
    ) -> tuple[Documents, Places]:
        return self._find(flat, filled, keys)

    def count(
        self, documents: Documents, alive: NDArray[np.bool_], least: int
    ) -> tuple[Documents, Places]:
        return self._count(documents, alive, least)


def _place(
    flat: Numbers, filled: NDArray[np.uint8], keys: Numbers, document: int
) -> tuple[Places, int]:
    full = np.empty(keys.size, dtype=np.intp)
    count = placed = 0
    upper, rows = np.uint64(document) << HALF, np.uint64(filled.size)
    for place in range(keys.size):
        row = int((keys[place] * rows) >> KEY_SHIFT)
        low = keys[place] & LOW
        slot, end = row * ROW, row * ROW + int(filled[row])
        held = 0
        hole = end
        for other in range(slot, end):
            if (flat[other] & LOW) == low:
                held += 1
                if held == FIRST_HOLDERS + 1:
                    hole = other
        if held >= MOST_HOLDERS:
            for other in range(hole + 1, end):
                if (flat[other] & LOW) == low:
                    flat[hole] = flat[other]
                    hole = other
            flat[hole] = low | upper
        elif end < slot + ROW:
            flat[end] = low | upper
            filled[row] += 1
            placed += 1
        else:
            full[count] = place
            count += 1
    return full[:count], placed


def _place_all(
    flat: Numbers, filled: NDArray[np.uint8], keys: Numbers, documents: Documents
) -> Places:
    full = np.empty(keys.size, dtype=np.intp)
    count = 0
    rows = np.uint64(filled.size)
    for place in range(keys.size):
        row = np.intp((keys[place] * rows) >> KEY_SHIFT)
        slot = np.intp(filled[row])
        if slot < ROW:
            flat[row * ROW + slot] = (keys[place] & LOW) | (np.uint64(documents[place]) << HALF)
            filled[row] = slot + 1
        else:
            full[count] = place
            count += 1
    return full[:count]


def _find(flat: Numbers, filled: NDArray[np.uint8], keys: Numbers) -> tuple[Documents, Places]:
    documents = np.empty(keys.size * ROW, dtype=np.uint32)
    full = np.empty(keys.size, dtype=np.intp)
    found = count = 0
    rows = np.uint64(filled.size)
    for place in range(keys.size):
        row = np.intp((keys[place] * rows) >> KEY_SHIFT)
        low = keys[place] & LOW
        held = np.intp(filled[row])
        for posting in flat[row * ROW : row * ROW + held]:
            if (posting & LOW) == low:
                documents[found] = posting >> HALF
                found += 1
        if held == ROW:
            full[count] = place
            count += 1
    return documents[:found], full[:count]


def _count(documents: Documents, alive: NDArray[np.bool_], least: int) -> tuple[Documents, Places]:
    ranked = np.sort(documents)
    distinct = np.empty(ranked.size, dtype=np.uint32)
    counts = np.empty(ranked.size, dtype=np.intp)
    kept = begin = 0
    for place in range(ranked.size):
        if place + 1 < ranked.size and ranked[place + 1] == ranked[place]:
            continue
        times = place + 1 - begin
        begin = place + 1
        if times >= least and alive[ranked[place]]:
            distinct[kept], counts[kept] = ranked[place], times
            kept += 1
    return distinct[:kept], counts[:kept]
