"""The detector's kernels: both forms, sweeps over arrays and machine code, give the same."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from numpy.typing import NDArray

from crawler.copies.text.alphabet import alphabet
from crawler.copies.text.kernel_choice import kernels
from crawler.copies.text.kernel_loops import Loops
from crawler.copies.text.kernel_sweeps import Sweeps
from crawler.copies.text.kernels import Kernels, Placement

pytest.importorskip("numba")

SWEEPS, LOOPS = Sweeps(), Loops()

FEW = st.lists(st.integers(0, 9), max_size=40)
"""Shingles of few kinds: they repeat, and stand in one another's way."""

ANY = st.lists(st.integers(0, (1 << 64) - 1), max_size=80)
SHINGLES = st.one_of(FEW, ANY)
EACH = Placement(np.empty(0, dtype=np.intp), np.empty(0, dtype=np.intp))


@dataclass(frozen=True)
class Placed:
    """Shingles that begin where they like and are of two widths."""

    shingles: NDArray[np.uint64]
    placing: Placement
    tokens: int


@st.composite
def placed(draw: st.DrawFn) -> Placed:
    numbers = draw(FEW)
    if draw(st.booleans()):
        return Placed(_array(numbers), EACH, len(numbers) + 3 if numbers else 2)
    gaps = draw(st.lists(st.integers(1, 3), min_size=len(numbers), max_size=len(numbers)))
    widths = draw(st.lists(st.sampled_from([4, 8]), min_size=len(numbers), max_size=len(numbers)))
    begins = np.cumsum(np.array(gaps, dtype=np.intp)) - 1 if gaps else np.empty(0, dtype=np.intp)
    size = max([begin + width for begin, width in zip(begins, widths, strict=True)], default=2)
    return Placed(_array(numbers), Placement(begins, np.array(widths, dtype=np.intp)), int(size))


def _array(numbers: list[int]) -> NDArray[np.uint64]:
    return np.array(numbers, dtype=np.uint64)


def _same(one: object, other: object) -> None:
    assert (one is None) == (other is None)
    if isinstance(one, np.ndarray):
        assert isinstance(other, np.ndarray)
        assert one.tolist() == other.tolist()
    elif isinstance(one, tuple):
        assert isinstance(other, tuple)
        for left, right in zip(one, other, strict=True):
            _same(left, right)
    else:
        assert one == other


def test_the_faster_form_is_taken_where_it_is_installed() -> None:
    assert isinstance(kernels(), Loops)


@given(st.text(alphabet=st.sampled_from("abcßé1 -.’'\u00ad\u200b東ﬁ\n"), max_size=60))
@example(" ’ß’ ")
@example("")
def test_words_are_split_the_same_way(text: str) -> None:
    units = np.frombuffer(f" {text} ".encode("utf-16-le"), dtype=np.uint16)
    letters = alphabet().simple
    _same(SWEEPS.split(units, letters), LOOPS.split(units, letters))


@given(ANY, st.sampled_from([4, 8]))
def test_windows_have_the_same_hashes(tokens: list[int], width: int) -> None:
    _same(SWEEPS.windows(_array(tokens), width), LOOPS.windows(_array(tokens), width))


@given(SHINGLES)
def test_the_same_shingles_are_sampled(shingles: list[int]) -> None:
    _same(SWEEPS.sample(_array(shingles)), LOOPS.sample(_array(shingles)))


@given(st.data(), SHINGLES)
def test_the_same_shingles_are_held(data: st.DataObject, others: list[int]) -> None:
    shingles = data.draw(st.lists(st.sampled_from([*others, 0, 7]), max_size=40))
    one, other = _array(shingles), _array(others)
    expected = [shingle in others for shingle in shingles]
    assert SWEEPS.held(one, other).tolist() == LOOPS.held(one, other).tolist() == expected
    _same(SWEEPS.held_both_ways(one, other), LOOPS.held_both_ways(one, other))


@given(placed(), placed())
def test_the_same_runs_are_shared(one: Placed, other: Placed) -> None:
    def runs(form: Kernels) -> object:
        return form.runs(one.shingles, other.shingles, one.placing, other.placing)

    _same(runs(SWEEPS), runs(LOOPS))


@given(placed(), st.data())
def test_the_same_tokens_are_covered_and_counted(text: Placed, data: st.DataObject) -> None:
    size = text.shingles.size
    flags = st.lists(st.booleans(), min_size=size, max_size=size)
    held = np.array(data.draw(flags), dtype=np.bool_)
    recurring = data.draw(st.none() | flags.map(lambda drawn: np.array(drawn, dtype=np.bool_)))
    tokens = _array(
        data.draw(
            st.lists(
                st.sampled_from([0, 1, 64, 65, 128]), min_size=text.tokens, max_size=text.tokens
            )
        )
    )
    _same(
        SWEEPS.covered(held, text.placing, text.tokens),
        LOOPS.covered(held, text.placing, text.tokens),
    )
    _same(
        SWEEPS.tally(tokens, text.placing, held, recurring),
        LOOPS.tally(tokens, text.placing, held, recurring),
    )
