"""Which programs lie at which anchor: lists of slots in arrays, both ways linked; pure.

A list begins at a term or at a pair of terms. A slot is one program at one anchor. The number 0 is
no list and no slot. Putting and taking a program costs the same however long the lists are.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from scheduler.query.matching.anchors import Anchor
from scheduler.query.matching.growing_array import GrowingArray
from scheduler.query.matching.loops import pair_key, pair_place

_FEWEST_PAIRS = 64


class AnchorIndex:
    """The lists of programs by anchor, which the loops read as arrays."""

    def __init__(self) -> None:
        self.list_of_term = GrowingArray(np.int32)
        self.pair_begins = GrowingArray(np.uint8)
        self.pair_keys: NDArray[np.int64] = np.zeros(_FEWEST_PAIRS, dtype=np.int64)
        self.pair_lists: NDArray[np.int32] = np.zeros(_FEWEST_PAIRS, dtype=np.int32)
        self.pairs = 0
        self.heads = GrowingArray(np.int32)
        self.slots = GrowingArray(np.int32)  # a program and the next slot of the list
        self._links = GrowingArray(
            np.int32
        )  # the slot before, the list, the next slot of the program
        self._first_of = GrowingArray(np.int32)  # by program: its first slot
        self._free = 0  # the first free slot; the others follow
        self.heads.append(0)
        self._new_slot()

    def reach(self, terms: int) -> None:
        """Make room for so many terms."""
        self.list_of_term.reach(terms)
        self.pair_begins.reach(terms)

    def put(self, program: int, anchors: Iterable[Anchor]) -> None:
        """List a program at its anchors."""
        self._first_of.reach(program + 1)
        for anchor in anchors:
            self._link(program, self._list_at(anchor))

    def take(self, program: int) -> None:
        """Take a program from all its anchors."""
        slot = self._first_of[program]
        self._first_of[program] = 0
        while slot:
            beside = self._links[3 * slot + 2]
            self._unlink(slot)
            slot = beside

    def _link(self, program: int, at_list: int) -> None:
        slot = self._free
        if slot:
            self._free = self.slots[2 * slot + 1]
        else:
            slot = self._new_slot()
        head = self.heads[at_list]
        # One by one: to write a tuple into a part of an array takes three times as long.
        self.slots[2 * slot] = program
        self.slots[2 * slot + 1] = head
        self._links[3 * slot] = 0
        self._links[3 * slot + 1] = at_list
        self._links[3 * slot + 2] = self._first_of[program]
        self._first_of[program] = slot
        self.heads[at_list] = slot
        if head:
            self._links[3 * head] = slot

    def _unlink(self, slot: int) -> None:
        following = self.slots[2 * slot + 1]
        before, at_list, _ = self._links.values[3 * slot : 3 * slot + 3].tolist()
        if before:
            self.slots[2 * before + 1] = following
        else:
            self.heads[at_list] = following
        if following:
            self._links[3 * following] = before
        self.slots[2 * slot + 1] = self._free
        self._free = slot

    def _new_slot(self) -> int:
        self._links.extend((0, 0, 0))
        return self.slots.extend((0, 0)) // 2

    def _list_at(self, anchor: Anchor) -> int:
        term, second = anchor
        self.reach(max(term, second) + 1)
        if second >= 0:
            return self._list_of_pair(term, second)
        of_term = self.list_of_term[term]
        if not of_term:
            of_term = self.list_of_term[term] = self.heads.append(0)
        return of_term

    def _list_of_pair(self, term: int, second: int) -> int:
        if 2 * (self.pairs + 1) > self.pair_keys.size:
            self._rehash()
        key = pair_key(term, second)
        place = pair_place(self.pair_keys, key)
        if not self.pair_keys[place]:
            self.pair_keys[place] = key
            self.pair_lists[place] = self.heads.append(0)
            self.pairs += 1
            self.pair_begins[term] = 1
        return int(self.pair_lists[place])

    def _rehash(self) -> None:
        keys, lists = self.pair_keys, self.pair_lists
        self.pair_keys = np.zeros(2 * keys.size, dtype=np.int64)
        self.pair_lists = np.zeros(2 * keys.size, dtype=np.int32)
        for place in np.flatnonzero(keys).tolist():
            new = pair_place(self.pair_keys, int(keys[place]))
            self.pair_keys[new] = keys[place]
            self.pair_lists[new] = lists[place]
