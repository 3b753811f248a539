"""The detector's kernels as sweeps over arrays, with numpy: Python itself would be far too slow; pure."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from crawler.copies.text.alphabet import DROPPED, HARD, TWICE_S, UNSPACED, scramble
from crawler.copies.text.kernel_gaps import count_replaced
from crawler.copies.text.kernels import (
    BASE,
    FACTORS,
    LIMIT,
    SAMPLED_AT_LEAST,
    WORDS_IN_SHINGLE,
    Tally,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from crawler.copies.text.kernels import Chosen, Kinds, Numbers, Placement, Places
    from storage.hot.fingerprints import Sketch

_SHORTEST_TABLE = 1 << 14


class Sweeps:
    """Kernels of numpy; see `Kernels` for what each gives."""

    def split(
        self, units: NDArray[np.uint16], letters: Numbers
    ) -> tuple[Numbers, Places, Places] | None:
        values = letters.take(units)
        inside = values > HARD
        place: Places | None = None
        if np.count_nonzero(inside) != np.count_nonzero(values):
            if np.count_nonzero(values == HARD):
                return None
            written = np.ones(values.size, dtype=np.uint8)
            written[values == DROPPED] = 0
            written[values == TWICE_S] = 2
            place = np.repeat(np.arange(values.size), written)
            values = values.take(place)
            values[values == TWICE_S] = letters[ord("s")]
            inside = values > HARD
        edges = np.flatnonzero(inside[1:] != inside[:-1])
        edges += 1
        starts, ends = edges[::2], edges[1::2]
        numbers = word_numbers(values, starts)
        return (
            (numbers, starts, ends)
            if place is None
            else (numbers, place.take(starts), place.take(ends - 1) + 1)
        )

    def windows(self, tokens: Numbers, width: int) -> Numbers:
        count = tokens.size - width + 1
        if count <= 0:
            return np.empty(0, dtype=np.uint64)
        mixed = tokens[:count] * FACTORS[0]
        for offset in range(1, width):
            mixed += tokens[offset : offset + count] * FACTORS[offset]
        return scramble(mixed)

    def sample(self, shingles: Numbers) -> Sketch:
        low = _distinct(shingles[shingles < LIMIT])
        return low if low.size >= SAMPLED_AT_LEAST else _distinct(shingles)[:SAMPLED_AT_LEAST]

    def held(self, shingles: Numbers, others: Numbers) -> Chosen:
        if not shingles.size or not others.size:
            return np.zeros(shingles.size, dtype=np.bool_)
        ranked = np.sort(others)
        place = ranked.searchsorted(shingles)
        found: Chosen = ranked.take(place, mode="clip") == shingles
        return found

    def held_both_ways(self, shingles: Numbers, others: Numbers) -> tuple[Chosen, Chosen]:
        return self.held(shingles, others), self.held(others, shingles)

    def runs(
        self, shingles: Numbers, others: Numbers, text: Placement, other: Placement
    ) -> tuple[Places, Places, Places]:
        index, standing = _paired(shingles, others)
        if not index.size:
            return index, index, index
        here = text.begins[index] if text.begins.size else index
        there = other.begins[standing] if other.begins.size else standing
        breaks = np.flatnonzero((np.diff(here) != 1) | (np.diff(there) != 1))
        first, last = np.append(0, breaks + 1), np.append(breaks, index.size - 1)
        widths = text.widths[index[last]] if text.widths.size else WORDS_IN_SHINGLE
        begins, ends = here[first], here[last] + widths
        shift = there[first] - begins
        begins[1:] = np.maximum(begins[1:], np.maximum.accumulate(ends)[:-1])
        kept = begins < ends
        return begins[kept], ends[kept], (begins + shift)[kept]

    def replaced(
        self,
        tokens: Numbers,
        kinds: Kinds,
        others: Numbers,
        other_kinds: Kinds,
        runs: tuple[Places, Places, Places],
    ) -> Places:
        return count_replaced(tokens, kinds, others, other_kinds, *runs)

    def covered(self, chosen: Chosen, text: Placement, size: int) -> Chosen:
        covered = np.zeros(size, dtype=np.bool_)
        if not text.begins.size:
            for offset in range(WORDS_IN_SHINGLE if chosen.size else 0):
                covered[offset : offset + chosen.size] |= chosen
            return covered
        starts = text.begins[chosen]
        opened = np.bincount(starts, minlength=size)
        closed = np.bincount(starts + text.widths[chosen], minlength=size)[:size]
        np.greater(np.cumsum(opened - closed), 0, out=covered)
        return covered

    def tally(
        self, tokens: Numbers, text: Placement, held: Chosen, recurring: Chosen | None
    ) -> Tally:
        counted = self.covered(np.ones(held.size, dtype=np.bool_), text, tokens.size)
        if recurring is not None:
            counted &= ~self.covered(recurring, text, tokens.size)
        shared = self.covered(held, text, tokens.size) & counted
        characters = (tokens & np.uint64(UNSPACED)) != 0
        count = np.count_nonzero
        written = int(count(counted & characters))
        shared_written = int(count(shared & characters))
        return Tally(
            words=int(count(counted)) - written,
            characters=written,
            shared_words=int(count(shared)) - shared_written,
            shared_characters=shared_written,
        )


def _paired(shingles: Numbers, others: Numbers) -> tuple[Places, Places]:
    """Pair the shingles that are among others with where they stand there."""
    if not shingles.size or not others.size:
        return np.empty(0, dtype=np.intp), np.empty(0, dtype=np.intp)
    order = np.argsort(others, kind="stable")
    ranked = others.take(order)
    place = ranked.searchsorted(shingles)
    index = np.flatnonzero(ranked.take(place, mode="clip") == shingles)
    place = place[index]
    standing = order[place]
    following = np.minimum(place + 1, ranked.size - 1)
    repeated = (following > place) & (ranked[following] == ranked[place])
    if repeated.any():
        standing = _going_on(shingles, others, index, standing, repeated)
    return index, standing


def _going_on(
    shingles: Numbers, others: Numbers, index: Places, standing: Places, repeated: Chosen
) -> Places:
    known = np.where(repeated, -1, np.arange(index.size))
    known = np.maximum.accumulate(known)
    anchor = np.maximum(known, 0)
    guess = standing[anchor] + index - index[anchor]
    inside = (known >= 0) & (guess < others.size)
    guess = np.where(inside, guess, 0)
    holds = inside & (others[guess] == shingles[index])
    return np.where(repeated & holds, guess, standing)


def word_numbers(values: Numbers, starts: Places) -> Numbers:
    """Return the words' numbers: polynomials over their letters' numbers, `values`, modulo 2^64.

    Between the words the values are 0. `values` are spent by it.
    """
    if not starts.size:
        return np.empty(0, dtype=np.uint64)
    powers, inverse = _powers(max(values.size, _SHORTEST_TABLE))
    values *= powers[: values.size]
    numbers = np.add.reduceat(values, starts)
    numbers *= inverse.take(starts)
    return numbers


def _distinct(shingles: Numbers) -> Numbers:
    ranked = np.sort(shingles)  # np.unique hashes first, which is slower at this size
    first = np.ones(ranked.size, dtype=np.bool_)
    np.not_equal(ranked[1:], ranked[:-1], out=first[1:])
    return ranked if first.all() else ranked[first]


def _powers(size: int) -> tuple[Numbers, Numbers]:
    return _powers_of_base(1 << (size - 1).bit_length())


@lru_cache(maxsize=2)
def _powers_of_base(size: int) -> tuple[Numbers, Numbers]:
    """Return the powers of the base, and of its inverse, modulo 2^64."""
    inverse = pow(BASE, -1, 1 << 64)
    return _running_product(BASE, size), _running_product(inverse, size)


def _running_product(factor: int, size: int) -> Numbers:
    factors = np.full(size, factor, dtype=np.uint64)
    factors[0] = 1
    product: Numbers = np.multiply.accumulate(factors)
    return product
