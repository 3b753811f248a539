"""A compact hash table in one array: which documents hold a shingle.

Rows of 16 postings, two lines of a processor's cache each. A posting is 64 bits: the low half of
the shingle's 39-bit key, and the document. The row follows from the key, so that the two halves
together give the whole key back, and the table can grow without the texts. What does not fit into
its row is spilled into a dictionary, which is exact and slower.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from storage.hot.fingerprints.rows import (
    HALF,
    KEY_BITS,
    KEY_SHIFT,
    LOW,
    MOST_HOLDERS,
    ROW,
    row_steps,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from storage.hot.fingerprints.rows import RowSteps

NEWEST_HOLDERS = MOST_HOLDERS
"""Spilled holders of one shingle that are kept, at least; twice as many are at most."""

_KEY = np.uint64((1 << KEY_BITS) - 1)
_FEWEST_ROWS = 1 << 12
_MOST_ROWS = 1 << (64 - KEY_BITS)
_FULL = 0.65
_GROWTH = 1.25
_SMALL = 1 << 16
_GROWTH_OF_SMALL = 2.0
"""A table of 8 MB may be half empty: moving every posting for a quarter more room takes longer."""
_ROWS_AT_ONCE = 1 << 16


class Postings:
    """Shingles to document numbers from 1 on; a document is added once, with all its shingles."""

    def __init__(self, rows: int = _FEWEST_ROWS, steps: RowSteps | None = None) -> None:
        self._steps = row_steps() if steps is None else steps
        self._set_rows(np.zeros((rows, ROW), dtype=np.uint64), np.zeros(rows, dtype=np.uint8))
        self._spilled: dict[int, list[int]] = {}
        self._in_rows = 0

    @property
    def nbytes(self) -> int:
        """Bytes of memory taken; those of the spilled postings are estimated."""
        spilled = sum(180 + 40 * len(holders) for holders in self._spilled.values())
        return self._rows.nbytes + self._filled.nbytes + spilled

    def add(self, shingles: NDArray[np.uint64], document: int) -> None:
        """Add a document's shingles, which are without repeats."""
        wanted = self._in_rows + shingles.size
        if wanted > _FULL * self._rows.size:
            growth = _GROWTH if self._filled.size > _SMALL else _GROWTH_OF_SMALL
            self._rebuild(int(max(self._filled.size, wanted / (_FULL * ROW)) * growth), None)
        keys = shingles & _KEY
        full, placed = self._steps.place(self._flat, self._filled, keys, document)
        self._in_rows += placed
        for key in keys[full].tolist() if full.size else ():
            self._spill(key, document)

    def holders(self, shingles: NDArray[np.uint64]) -> NDArray[np.uint32]:
        """Documents that hold the shingles, each as often as it holds one.

        Of a shingle that very many hold, the first and the newest are given.
        """
        keys = shingles & _KEY
        documents, full = self._steps.find(self._flat, self._filled, keys)
        if not self._spilled or not full.size:
            return documents
        spilled = [holder for key in keys[full].tolist() for holder in self._spilled.get(key, ())]
        return np.append(documents, np.array(spilled, dtype=np.uint32)) if spilled else documents

    def renumber(self, numbers: NDArray[np.uint32]) -> None:
        """Give documents new numbers: `numbers[old]`; 0 drops a document's postings."""
        kept = int((numbers > 0).sum()) / max(numbers.size, 1)
        wanted = int(self._in_rows * kept / (_FULL * ROW) * _GROWTH)
        self._rebuild(max(wanted, _FEWEST_ROWS), numbers)

    def arrays(self) -> dict[str, NDArray[np.generic]]:
        """Return the whole table as arrays, for `of_arrays`."""
        keys = np.fromiter(self._spilled, dtype=np.uint64, count=len(self._spilled))
        counts = np.array([len(holders) for holders in self._spilled.values()], dtype=np.uint32)
        holders = np.array(
            [one for holders in self._spilled.values() for one in holders], dtype=np.uint32
        )
        return {
            "rows": self._rows,
            "filled": self._filled,
            "spilled_keys": keys,
            "spilled_counts": counts,
            "spilled_holders": holders,
        }

    @classmethod
    def of_arrays(cls, arrays: dict[str, NDArray[np.generic]]) -> Postings:
        """Build the table that gave the arrays. Raises KeyError or ValueError for others."""
        table = cls(rows=0)
        rows, filled = arrays["rows"], arrays["filled"]
        if rows.dtype != np.uint64 or rows.shape != (filled.size, ROW) or filled.dtype != np.uint8:
            raise ValueError("these are not the rows of a table of postings")
        table._set_rows(rows.astype(np.uint64), filled.astype(np.uint8))
        table._in_rows = int(filled.sum(dtype=np.int64))
        ends = np.cumsum(arrays["spilled_counts"]).tolist()
        holders = arrays["spilled_holders"].tolist()
        for key, start, end in zip(
            arrays["spilled_keys"].tolist(), [0, *ends[:-1]], ends, strict=True
        ):
            table._spilled[key] = holders[start:end]
        return table

    def _set_rows(self, rows: NDArray[np.uint64], filled: NDArray[np.uint8]) -> None:
        self._rows, self._filled = rows, filled
        self._flat = rows.reshape(-1)

    def _spill(self, key: int, document: int) -> None:
        holders = self._spilled.setdefault(key, [])
        holders.append(document)
        if len(holders) >= 2 * NEWEST_HOLDERS:
            del holders[:-NEWEST_HOLDERS]

    def _rebuild(self, rows: int, numbers: NDArray[np.uint32] | None) -> None:
        """Move every posting into a table of so many rows, in the order of the documents."""
        if rows > _MOST_ROWS:
            raise MemoryError("an index of fingerprints holds 500 million postings and no more")
        new = Postings(rows, self._steps)
        for keys, documents in self._all():
            if numbers is not None:
                documents = numbers[documents]  # noqa: PLW2901 - the same, renumbered
                keys, documents = keys[documents > 0], documents[documents > 0]  # noqa: PLW2901
            full = self._steps.place_all(new._flat, new._filled, keys, documents)
            new._in_rows += keys.size - full.size
            for key, document in zip(keys[full].tolist(), documents[full].tolist(), strict=True):
                new._spill(key, document)
        self._set_rows(new._rows, new._filled)
        self._spilled, self._in_rows = new._spilled, new._in_rows

    def _all(self) -> Iterator[tuple[NDArray[np.uint64], NDArray[np.uint32]]]:
        """All postings as keys and documents, many at a time; those spilled come last."""
        count = np.uint64(max(self._filled.size, 1))
        for start in range(0, self._filled.size, _ROWS_AT_ONCE):
            part = self._rows[start : start + _ROWS_AT_ONCE]
            filled = self._filled[start : start + _ROWS_AT_ONCE]
            row, slot = np.nonzero(np.arange(ROW) < filled[:, None])
            postings = part[row, slot]
            least = (row.astype(np.uint64) + np.uint64(start)) << KEY_SHIFT
            least = least // count + (least % count > 0)  # the least key of the row
            yield least + ((postings - least) & LOW), (postings >> HALF).astype(np.uint32)
        spilled = [(key, one) for key, holders in self._spilled.items() for one in holders]
        if spilled:
            pairs = np.array(spilled, dtype=np.uint64)
            yield pairs[:, 0].copy(), pairs[:, 1].astype(np.uint32)
