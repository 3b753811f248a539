"""Pages that string other texts together: copies of none of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from crawler.copies.align import covered_by, held_by

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crawler.copies.shingles import ShingledText

FEWEST_PARTS = 3
LEAST_WORDS = 20
LEAST_COVERED = 0.5
"""Of a round-up at least this share is others' text."""

GREATEST_PART = 0.5
"""The greatest part is at most this share of what is others' text; else the rest is its wrapper."""

APART = 0.1
"""Two parts are different texts when they have less than this share of the shorter in common."""


def parts_of(text: ShingledText, others: Sequence[ShingledText]) -> tuple[int, ...]:
    """Say which others a text strings together: places in `others`; none when it is no round-up.

    The parts lie side by side in the text. Of others that share the same part, as the copies of
    one story do, the one with the most of it is named.
    """
    pieces = [covered_by(text, held_by(text, other)) for other in others]
    sizes = [int(np.count_nonzero(piece)) for piece in pieces]
    apart: list[int] = []
    for place in sorted(range(len(others)), key=lambda place: (-sizes[place], place)):
        if sizes[place] < LEAST_WORDS:
            break
        if all(
            np.count_nonzero(pieces[place] & pieces[known]) < APART * sizes[place]
            for known in apart
        ):
            apart.append(place)
    total = sum(sizes[place] for place in apart)
    if len(apart) < FEWEST_PARTS or sizes[apart[0]] > GREATEST_PART * total:
        return ()
    return tuple(sorted(apart)) if total >= LEAST_COVERED * text.tokens.size else ()
