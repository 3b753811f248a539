"""What stands in the gaps between shared runs: counted alike by both forms of the kernels; pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from crawler.copies.text.kernels import KINDS_OF_TOKENS, LONGEST_GAP

if TYPE_CHECKING:
    from crawler.copies.text.kernels import Kinds, Numbers, Places


def count_replaced(  # noqa: PLR0917 - arrays, as numba takes them
    tokens: Numbers,
    kinds: Kinds,
    others: Numbers,
    other_kinds: Kinds,
    first: Places,
    end: Places,
    standing: Places,
) -> Places:
    """Count, by kind, the tokens that stand for others; see `Kernels.replaced`.

    Plain loops, so that numba can compile them; without it they go over the gaps alone, which are
    short.
    """
    replaced = np.zeros(KINDS_OF_TOKENS, dtype=np.intp)
    for gap in range(first.size + 1):
        here = end[gap - 1] if gap > 0 else 0
        there = standing[gap - 1] + end[gap - 1] - first[gap - 1] if gap > 0 else 0
        here_end = first[gap] if gap < first.size else tokens.size
        there_end = standing[gap] if gap < first.size else others.size
        size, other_size = here_end - here, there_end - there
        if size <= 0 or other_size <= 0 or size > LONGEST_GAP or other_size > LONGEST_GAP:
            continue
        taken = np.zeros(other_size, dtype=np.bool_)
        only_here = np.zeros(KINDS_OF_TOKENS, dtype=np.intp)
        only_there = np.zeros(KINDS_OF_TOKENS, dtype=np.intp)
        for place in range(here, here_end):
            is_there = False
            for other in range(other_size):
                if not taken[other] and others[there + other] == tokens[place]:
                    taken[other] = is_there = True
                    break
            if not is_there:
                only_here[kinds[place]] += 1
        for other in range(other_size):
            if not taken[other]:
                only_there[other_kinds[there + other]] += 1
        for kind in range(KINDS_OF_TOKENS):
            replaced[kind] += min(only_here[kind], only_there[kind])
    return replaced
