"""Pages that string other texts together: copies of none of them; pure."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from crawler.copies.same_subject import same_subject
from crawler.copies.text.overlap import covered_by, held_by
from crawler.copies.verdict import LESSER_SHARE, WHOLE

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from crawler.copies.text.shingles import ShingledText

    Pieces = Sequence[NDArray[np.bool_]]
    """Of each other text, which tokens of the text it covers."""

FEWEST_PARTS = 3
LEAST_WORDS = 20
LEAST_COVERED = 0.5
"""Of a round-up at least this share is others' text."""

GREATEST_PART = 0.5
"""The greatest part is at most this share of what is others' text; else the rest is its wrapper."""

APART = 0.1
"""Two parts are different texts when they have less than this share of the shorter in common."""

HELD = 0.6
"""Of a text, at least, that is spliced with another: less is an excerpt of it."""


def parts_of(text: ShingledText, others: Sequence[ShingledText]) -> tuple[int, ...]:
    """Say which others a text strings together: places in `others`; none when it is no round-up.

    It is one when it is made of excerpts of three texts and more, or when it holds two texts as
    good as whole that are of different subjects. Two texts of one subject that stand side by side
    in a third are taken for two parts of that. The parts lie side by side in the text; what holds
    all of the text is no part of it. Of others that share the same part, as the copies of one story
    do, the one with the most of it is named.
    """
    covered = [covered_by(text, held_by(text, other)) for other in others]
    nothing = np.zeros(text.tokens.size, dtype=np.bool_)
    most = WHOLE * text.tokens.size
    pieces = [piece if _size(piece) < most else nothing for piece in covered]
    return _excerpts(text, pieces) or _spliced(text, others, pieces)


def _excerpts(text: ShingledText, pieces: Pieces) -> tuple[int, ...]:
    apart = _apart(pieces, range(len(pieces)), least=LEAST_WORDS)
    sizes = [_size(pieces[place]) for place in apart]
    total = sum(sizes)
    if len(apart) < FEWEST_PARTS or sizes[0] > GREATEST_PART * total:
        return ()
    return tuple(sorted(apart)) if total >= LEAST_COVERED * text.tokens.size else ()


def _spliced(text: ShingledText, others: Sequence[ShingledText], pieces: Pieces) -> tuple[int, ...]:
    least = max(LESSER_SHARE * text.tokens.size, LEAST_WORDS)
    large = [place for place, piece in enumerate(pieces) if _size(piece) >= least]
    if len(large) < 2:  # noqa: PLR2004 - it takes two
        return ()
    whole = [place for place in large if _holds(text, others[place])]
    apart = _apart(pieces, whole, least=least)
    pairs = combinations(apart, 2)
    if all(same_subject(others[one], others[other]) for one, other in pairs):
        return ()
    return tuple(sorted(apart))


def _apart(pieces: Pieces, places: Iterable[int], *, least: float) -> list[int]:
    """Choose pieces that hardly overlap, of `least` tokens each, the greatest first."""
    sizes = {place: _size(pieces[place]) for place in places}
    chosen: list[int] = []
    for place in sorted(sizes, key=lambda place: (-sizes[place], place)):
        if sizes[place] < least:
            break
        if all(_size(pieces[place] & pieces[known]) < APART * sizes[place] for known in chosen):
            chosen.append(place)
    return chosen


def _holds(text: ShingledText, other: ShingledText) -> bool:
    return _size(covered_by(other, held_by(other, text))) >= HELD * other.tokens.size


def _size(piece: NDArray[np.bool_]) -> int:
    return int(np.count_nonzero(piece))
