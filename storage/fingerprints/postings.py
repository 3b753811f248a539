"""A compact hash table in one array: which documents hold a shingle.

Rows of 16 postings, two lines of a processor's cache each. A posting is 64 bits: the low half of
the shingle's 39-bit key, and the document. The row follows from the key, so that the two halves
together give the whole key back, and the table can grow without the texts. What does not fit into
its row is spilled into a dictionary, which is exact and slower.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

ROW = 16
NEWEST_HOLDERS = 64
"""Spilled holders of one shingle that are kept: a page's boilerplate may be held by thousands."""

_KEY_BITS = 39
_KEY = np.uint64((1 << _KEY_BITS) - 1)
_KEY_SHIFT = np.uint64(_KEY_BITS)
_LOW = np.uint64(0xFFFFFFFF)
_HALF = np.uint64(32)
_FEWEST_ROWS = 1 << 12
_MOST_ROWS = 1 << (64 - _KEY_BITS)
_FULL = 0.65
_GROWTH = 1.25
_ROWS_AT_ONCE = 1 << 16
_PLACE, _PLACES = np.uint64(38), np.uint64((1 << 38) - 1)


class Postings:
    """Shingles to document numbers from 1 on; a document is added once, with all its shingles."""

    def __init__(self, rows: int = _FEWEST_ROWS) -> None:
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
            self._rebuild(int(max(self._filled.size, wanted / (_FULL * ROW)) * _GROWTH), None)
        keys = shingles & _KEY
        rows = self._row_of(keys)
        slots = self._filled.take(rows)
        ranked = np.sort(rows)
        if np.count_nonzero(ranked[1:] == ranked[:-1]):
            self._add_each(keys, rows, document)
            return
        if slots.size and slots.max() == ROW:
            full = slots == ROW
            self._add_each(keys[full], rows[full], document)
            keys, rows, slots = keys[~full], rows[~full], slots[~full]
        self._filled[rows] = slots + 1
        rows *= ROW
        rows += slots
        keys &= _LOW
        keys |= np.uint64(document << 32)
        self._flat[rows] = keys
        self._in_rows += rows.size

    def holders(self, shingles: NDArray[np.uint64]) -> NDArray[np.uint32]:
        """Documents that hold the shingles, each as often as it holds one.

        Of a shingle that very many hold, the first and the newest are given.
        """
        keys = shingles & _KEY
        rows = self._row_of(keys)
        pairs = self._rows.take(rows, axis=0).view(np.uint32).reshape(-1, ROW, 2)
        same = pairs[:, :, 0] == (keys & _LOW).astype(np.uint32)[:, None]
        found: NDArray[np.uint32] = pairs[:, :, 1][same]
        found = found[found > 0]
        if not self._spilled:
            return found
        full = keys[self._filled.take(rows) >= ROW].tolist()
        spilled = [holder for key in full for holder in self._spilled.get(key, ())]
        return np.append(found, np.array(spilled, dtype=np.uint32)) if spilled else found

    def renumber(self, numbers: NDArray[np.uint32]) -> None:
        """Give documents new numbers: `numbers[old]`; 0 drops a document's postings."""
        kept = int((numbers > 0).sum()) / max(numbers.size, 1)
        wanted = int(self._in_rows * kept / (_FULL * ROW) * _GROWTH)
        self._rebuild(max(wanted, _FEWEST_ROWS), numbers)

    def arrays(self) -> dict[str, NDArray[np.generic]]:
        """Give the whole table as arrays, for `of_arrays`."""
        keys = np.fromiter(self._spilled, dtype=np.uint64, count=len(self._spilled))
        counts = np.array([len(held) for held in self._spilled.values()], dtype=np.uint32)
        held = np.array([one for held in self._spilled.values() for one in held], dtype=np.uint32)
        return {
            "rows": self._rows,
            "filled": self._filled,
            "spilled_keys": keys,
            "spilled_counts": counts,
            "spilled_holders": held,
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
        held = arrays["spilled_holders"].tolist()
        for key, start, end in zip(
            arrays["spilled_keys"].tolist(), [0, *ends[:-1]], ends, strict=True
        ):
            table._spilled[key] = held[start:end]
        return table

    def _set_rows(self, rows: NDArray[np.uint64], filled: NDArray[np.uint8]) -> None:
        self._rows, self._filled = rows, filled
        self._flat = rows.reshape(-1)
        self._count = np.uint64(filled.size)

    def _row_of(self, keys: NDArray[np.uint64]) -> NDArray[np.intp]:
        return ((keys * self._count) >> _KEY_SHIFT).view(np.intp)

    def _add_each(self, keys: NDArray[np.uint64], rows: NDArray[np.intp], document: int) -> None:
        for key, row in zip(keys.tolist(), rows.tolist(), strict=True):
            self._add_one(key, row, document)

    def _add_one(self, key: int, row: int, document: int) -> None:
        slot = int(self._filled[row])
        if slot < ROW:
            self._rows[row, slot] = (key & 0xFFFFFFFF) | document << 32
            self._filled[row] = slot + 1
            self._in_rows += 1
            return
        holders = self._spilled.setdefault(key, [])
        holders.append(document)
        if len(holders) >= 2 * NEWEST_HOLDERS:
            del holders[:-NEWEST_HOLDERS]

    def _rebuild(self, rows: int, numbers: NDArray[np.uint32] | None) -> None:
        """Move every posting into a table of so many rows, in the order of the documents."""
        if rows > _MOST_ROWS:
            raise MemoryError("an index of fingerprints holds 500 million postings and no more")
        new = Postings(rows)
        for keys, documents in self._all():
            if numbers is not None:
                documents = numbers[documents]  # noqa: PLW2901 - the same, renumbered
                keys, documents = keys[documents > 0], documents[documents > 0]  # noqa: PLW2901
            new._place(keys, documents)
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
            least = (row.astype(np.uint64) + np.uint64(start)) << _KEY_SHIFT
            least = least // count + (least % count > 0)  # the least key of the row
            yield least + ((postings - least) & _LOW), (postings >> _HALF).astype(np.uint32)
        spilled = [(key, one) for key, held in self._spilled.items() for one in held]
        if spilled:
            pairs = np.array(spilled, dtype=np.uint64)
            yield pairs[:, 0].copy(), pairs[:, 1].astype(np.uint32)

    def _place(self, keys: NDArray[np.uint64], documents: NDArray[np.uint32]) -> None:
        """Put postings into their rows; those of one shingle stay in their order."""
        rows = self._row_of(keys)
        # Sorting numbers that hold the place too is many times faster than sorting places by them.
        order = np.sort(rows.view(np.uint64) << _PLACE | np.arange(rows.size, dtype=np.uint64))
        order = (order & _PLACES).view(np.intp)
        keys, documents, rows = keys[order], documents[order], rows[order]
        begins = np.flatnonzero(np.append(True, rows[1:] != rows[:-1])) if rows.size else rows
        sizes = np.diff(np.append(begins, rows.size))
        taken = self._filled[rows[begins]]
        slots = np.arange(rows.size) + np.repeat(taken - begins, sizes)
        fits = slots < ROW
        postings = (keys & _LOW) | (documents.astype(np.uint64) << _HALF)
        self._flat[(rows * ROW + slots)[fits]] = postings[fits]
        self._filled[rows[begins]] = np.minimum(taken + sizes, ROW)
        self._in_rows += int(np.count_nonzero(fits))
        for key, row, document in zip(
            keys[~fits].tolist(), rows[~fits].tolist(), documents[~fits].tolist(), strict=True
        ):
            self._add_one(key, row, document)
