"""The detector's kernels as machine code: plain loops, compiled by numba when first called; pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from crawler.copies.text.alphabet import (
    DROPPED,
    HARD,
    MIX_1,
    MIX_2,
    SEPARATOR,
    SHIFT_1,
    SHIFT_2,
    SHIFT_3,
    TWICE_S,
    UNSPACED,
)
from crawler.copies.text.kernel_gaps import count_replaced
from crawler.copies.text.kernels import (
    BASE,
    FACTORS,
    LIMIT,
    SAMPLED_AT_LEAST,
    WORDS_IN_SHINGLE,
    Tally,
)
from storage.machine_code import compiled

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from crawler.copies.text.kernels import Chosen, Kinds, Numbers, Placement, Places
    from storage.hot.fingerprints import Sketch

_BASE, _ONE, _HARD = np.uint64(BASE), np.uint64(1), np.uint64(HARD)
_UNSPACED = np.uint64(UNSPACED)
_SEPARATOR, _DROPPED = np.uint64(SEPARATOR), np.uint64(DROPPED)
_TWICE_S, _S = np.uint64(TWICE_S), ord("s")


class Loops:
    """Kernels of numba; see `Kernels` for what each gives. Raises ImportError without numba."""

    def __init__(self) -> None:
        self._split = compiled(_split)
        self._windows = compiled(_windows)
        self._low = compiled(_low)
        self._table = compiled(_table)
        self._look_up = compiled(_look_up)
        self._held_too = compiled(_held_too)
        self._paired = compiled(_paired)
        self._runs = compiled(_runs)
        self._covered = compiled(_covered)
        self._tally = compiled(_tally)
        self._replaced = compiled(count_replaced)

    def split(
        self, units: NDArray[np.uint16], letters: Numbers
    ) -> tuple[Numbers, Places, Places] | None:
        most = units.size // 2 + 1
        numbers = np.empty(most, dtype=np.uint64)
        starts = np.empty(most, dtype=np.intp)
        ends = np.empty(most, dtype=np.intp)
        count = self._split(units, letters, numbers, starts, ends)
        return None if count < 0 else (numbers[:count], starts[:count], ends[:count])

    def windows(self, tokens: Numbers, width: int) -> Numbers:
        return self._windows(tokens, width)

    def sample(self, shingles: Numbers) -> Sketch:
        low = self._low(shingles, LIMIT)
        if low.size < SAMPLED_AT_LEAST:
            low = self._low(shingles, np.uint64(0))[:SAMPLED_AT_LEAST].copy()
        return low

    def held(self, shingles: Numbers, others: Numbers) -> Chosen:
        return self._look_up(shingles, others, self._table(others)[0]) >= 0

    def held_both_ways(self, shingles: Numbers, others: Numbers) -> tuple[Chosen, Chosen]:
        table, first = self._table(others)
        standing = self._look_up(shingles, others, table)
        return standing >= 0, self._held_too(standing, first)

    def runs(
        self, shingles: Numbers, others: Numbers, text: Placement, other: Placement
    ) -> tuple[Places, Places, Places]:
        table, first = self._table(others)
        found = self._look_up(shingles, others, table)
        index, standing = self._paired(shingles, others, found, first)
        return self._runs(
            text.begins[index] if text.begins.size else index,
            other.begins[standing] if other.begins.size else standing,
            text.widths[index] if text.widths.size else text.widths,
        )

    def replaced(
        self,
        tokens: Numbers,
        kinds: Kinds,
        others: Numbers,
        other_kinds: Kinds,
        runs: tuple[Places, Places, Places],
    ) -> Places:
        return self._replaced(tokens, kinds, others, other_kinds, *runs)

    def covered(self, chosen: Chosen, text: Placement, size: int) -> Chosen:
        return self._covered(chosen, *text, size)

    def tally(
        self, tokens: Numbers, text: Placement, held: Chosen, recurring: Chosen | None
    ) -> Tally:
        size = tokens.size
        counted = np.full(size, held.size > 0)
        if text.begins.size:
            counted = self._covered(np.ones(held.size, dtype=np.bool_), *text, size)
        if recurring is not None:
            counted &= ~self._covered(recurring, *text, size)
        return Tally(*self._tally(tokens, counted, self._covered(held, *text, size)))


def _split(
    units: NDArray[np.uint16], letters: Numbers, numbers: Numbers, starts: Places, ends: Places
) -> int:
    """Fill in the words' numbers, starts and ends; how many, or -1 where it is not easy."""
    count = last = 0
    inside = False
    number = power = np.uint64(0)
    for place in range(units.size):
        letter = letters[units[place]]
        if letter == _SEPARATOR:
            if inside:
                inside, ends[count], numbers[count] = False, last + 1, number
                count += 1
            continue
        if letter == _DROPPED:
            continue
        if letter == _HARD:
            return -1
        if not inside:
            inside, starts[count] = True, place
            number, power = np.uint64(0), _ONE
        if letter == _TWICE_S:
            number += letters[_S] * power
            power *= _BASE
            letter = letters[_S]
        number += letter * power
        power *= _BASE
        last = place
    return count


def _windows(tokens: Numbers, width: int) -> Numbers:
    count = max(tokens.size - width + 1, 0)
    hashes = np.empty(count, dtype=np.uint64)
    for place in range(count):
        mixed = np.uint64(0)
        for offset in range(width):
            mixed += tokens[place + offset] * FACTORS[offset]
        mixed = (mixed ^ (mixed >> SHIFT_1)) * MIX_1
        mixed = (mixed ^ (mixed >> SHIFT_2)) * MIX_2
        hashes[place] = mixed ^ (mixed >> SHIFT_3)
    return hashes


def _low(shingles: Numbers, limit: np.uint64) -> Numbers:
    """Return the distinct shingles under a limit, sorted; all of them when it is 0."""
    low = np.empty(shingles.size, dtype=np.uint64)
    count = 0
    for shingle in shingles:
        if limit == 0 or shingle < limit:
            low[count] = shingle
            count += 1
    low = low[:count]
    low.sort()
    kept = 0
    for place in range(count):
        if place == 0 or low[place] != low[place - 1]:
            low[kept] = low[place]
            kept += 1
    return low[:kept].copy()


def _table(shingles: Numbers) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Make a hash table of where shingles stand first, and say that of each of them.

    Half of it stays empty (-1); a shingle whose slot is taken stands in the next free one.
    """
    size = 16
    while size < 2 * shingles.size:
        size *= 2
    last = np.uint64(size - 1)
    table = np.full(size, -1, dtype=np.int32)
    first = np.empty(shingles.size, dtype=np.int32)
    for place in range(shingles.size):
        slot = shingles[place] & last
        while table[slot] >= 0 and shingles[table[slot]] != shingles[place]:
            slot = (slot + _ONE) & last
        if table[slot] < 0:
            table[slot] = place
        first[place] = table[slot]
    return table, first


def _look_up(shingles: Numbers, others: Numbers, table: NDArray[np.int32]) -> NDArray[np.int32]:
    """Return where each shingle stands first among the others; -1 where it does not."""
    standing = np.empty(shingles.size, dtype=np.int32)
    last = np.uint64(table.size - 1)
    for place in range(shingles.size):
        slot = shingles[place] & last
        while table[slot] >= 0 and others[table[slot]] != shingles[place]:
            slot = (slot + _ONE) & last
        standing[place] = table[slot]
    return standing


def _held_too(standing: NDArray[np.int32], first: NDArray[np.int32]) -> Chosen:
    """Say which of the others a shingle was found to be."""
    held = np.zeros(first.size, dtype=np.bool_)
    for place in standing:
        if place >= 0:
            held[place] = True
    for place in range(first.size):
        held[place] = held[first[place]]
    return held


def _paired(
    shingles: Numbers, others: Numbers, standing: NDArray[np.int32], first: NDArray[np.int32]
) -> tuple[Places, Places]:
    """Pair the shingles that are among others with where they stand there: see `Kernels.runs`."""
    repeated = np.zeros(first.size, dtype=np.bool_)
    for place in range(first.size):
        if first[place] != place:
            repeated[first[place]] = True
    here = np.empty(shingles.size, dtype=np.intp)
    there = np.empty(shingles.size, dtype=np.intp)
    count = 0
    anchor = -1
    for place in range(shingles.size):
        if standing[place] < 0:
            continue
        here[count], there[count] = place, standing[place]
        if not repeated[standing[place]]:
            anchor = count
        elif anchor >= 0:
            guess = there[anchor] + place - here[anchor]
            if guess < others.size and others[guess] == shingles[place]:
                there[count] = guess
        count += 1
    return here[:count], there[:count]


def _runs(here: Places, there: Places, widths: Places) -> tuple[Places, Places, Places]:
    """Join pairs of tokens that go on from one another; the text's runs do not overlap."""
    firsts = np.empty(here.size, dtype=np.intp)
    ends = np.empty(here.size, dtype=np.intp)
    others = np.empty(here.size, dtype=np.intp)
    count = begin = reach = 0
    for place in range(here.size):
        goes_on = place + 1 < here.size and here[place + 1] == here[place] + 1
        if goes_on and there[place + 1] == there[place] + 1:
            continue
        first = max(int(here[begin]), reach)
        end = int(here[place]) + (int(widths[place]) if widths.size else WORDS_IN_SHINGLE)
        if first < end:
            firsts[count], ends[count] = first, end
            others[count] = there[begin] + first - here[begin]
            count += 1
        begin, reach = place + 1, max(reach, end)
    return firsts[:count], ends[:count], others[:count]


def _covered(chosen: Chosen, begins: Places, widths: Places, size: int) -> Chosen:
    covered = np.zeros(size, dtype=np.bool_)
    reach = 0
    for shingle in range(chosen.size):
        if chosen[shingle]:
            begin = int(begins[shingle]) if begins.size else shingle
            end = begin + (int(widths[shingle]) if widths.size else WORDS_IN_SHINGLE)
            for token in range(max(begin, reach), end):
                covered[token] = True
            reach = max(reach, end)
    return covered


def _tally(tokens: Numbers, counted: Chosen, shared: Chosen) -> tuple[int, int, int, int]:
    words = characters = shared_words = shared_characters = 0
    for place in range(tokens.size):
        if not counted[place]:
            continue
        both = int(shared[place])
        if tokens[place] & _UNSPACED:
            characters += 1
            shared_characters += both
        else:
            words += 1
            shared_words += both
    return words, characters, shared_words, shared_characters
