"""Rows of postings: both forms of their steps leave the same table and give the same answers."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from storage.hot.fingerprints.rows import (
    FIRST_HOLDERS,
    KEY_BITS,
    MOST_HOLDERS,
    ROW,
    RowLoops,
    RowSteps,
    RowSweeps,
)

pytest.importorskip("numba")

ROWS = 3
KEYS = st.lists(
    st.one_of(st.integers(1, 5), st.integers(1, (1 << KEY_BITS) - 1)),
    unique=True,
    max_size=20,
)


@dataclass
class Table:
    steps: RowSteps
    flat: NDArray[np.uint64] = field(default_factory=lambda: np.zeros(ROWS * ROW, dtype=np.uint64))
    filled: NDArray[np.uint8] = field(default_factory=lambda: np.zeros(ROWS, dtype=np.uint8))

    def add(self, keys: list[int], document: int) -> tuple[list[int], int]:
        full, placed = self.steps.place(self.flat, self.filled, _array(keys), document)
        return full.tolist(), placed

    def found(self, keys: list[int]) -> tuple[list[int], list[int]]:
        documents, full = self.steps.find(self.flat, self.filled, _array(keys))
        return documents.tolist(), full.tolist()


def _array(keys: list[int]) -> NDArray[np.uint64]:
    return np.array(keys, dtype=np.uint64)


@pytest.fixture(params=[RowSweeps, RowLoops])
def table(request: pytest.FixtureRequest) -> Table:
    return Table(request.param())


def test_a_document_is_found_by_its_keys(table: Table) -> None:
    table.add([3, 1 << 38], 7)
    table.add([3], 9)
    assert table.found([3]) == ([7, 9], [])
    assert table.found([1 << 38, 4]) == ([7], [])


def test_of_a_key_that_many_hold_the_first_and_the_newest_are_kept(table: Table) -> None:
    placed = sum(table.add([3], document)[1] for document in range(1, 21))
    assert placed == MOST_HOLDERS
    assert table.found([3])[0] == [*range(1, FIRST_HOLDERS + 1), *range(17, 21)]


def test_a_full_row_is_said_to_be_full(table: Table) -> None:
    for key in range(1, ROW + 1):
        assert table.add([key], key) == ([], 1)
    assert table.add([ROW + 1], 99) == ([0], 0)
    assert table.found([ROW + 1]) == ([], [0])


@given(st.lists(KEYS, max_size=12))
def test_both_forms_leave_the_same_table(documents: list[list[int]]) -> None:
    sweeps, loops = Table(RowSweeps()), Table(RowLoops())
    for number, keys in enumerate(documents, start=1):
        assert sweeps.add(keys, number) == loops.add(keys, number)
        assert sweeps.flat.tolist() == loops.flat.tolist()
        assert sweeps.filled.tolist() == loops.filled.tolist()
    for keys in documents:
        assert sweeps.found(keys) == loops.found(keys)


@given(st.lists(st.tuples(st.integers(1, 40), st.integers(1, 30)), max_size=70))
def test_both_forms_place_many_alike(postings: list[tuple[int, int]]) -> None:
    keys = _array([key << 34 for key, _ in postings])
    documents = np.array([document for _, document in postings], dtype=np.uint32)
    sweeps, loops = Table(RowSweeps()), Table(RowLoops())
    full = [
        table.steps.place_all(table.flat, table.filled, keys % (1 << KEY_BITS), documents).tolist()
        for table in (sweeps, loops)
    ]
    assert full[0] == full[1]
    assert sweeps.flat.tolist() == loops.flat.tolist()


@given(st.lists(st.integers(1, 6), max_size=30), st.integers(1, 3))
def test_both_forms_count_alike(found: list[int], least: int) -> None:
    documents = np.array(found, dtype=np.uint32)
    alive = np.array([False, True, True, False, True, True, True])
    answers = [
        [column.tolist() for column in steps.count(documents, alive, least)]
        for steps in (RowSweeps(), RowLoops())
    ]
    expected = sorted({one for one in found if found.count(one) >= least and alive[one]})
    assert answers[0] == answers[1] == [expected, [found.count(one) for one in expected]]
