"""Pages that string other texts together, on other subjects: copies of none of them; pure."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, Final

import numpy as np

from crawler.copies.text.alphabet import UNSPACED
from crawler.copies.text.overlap import WHOLE, covered_by, held_by
from crawler.copies.verdict import LESSER_SHARE

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from crawler.copies.text.shingles import ShingledText

    Pieces = Sequence[NDArray[np.bool_]]
    "Of each other text, which tokens of the text it covers."


AKIN = 0.3
"""Share of what a text repeats, from which the other is of its subject; measured as said above."""

LONG_WORD = 5
"""Letters; shorter words are mostly those of which every text is made."""

TELLING = 10
"""Uses of repeated terms, without which a text says nothing of its subject."""

_UNSPACED = np.uint64(UNSPACED)
_PAIRING: Final = np.uint64(0x9E3779B97F4A7C15)


def same_subject(one: ShingledText, other: ShingledText) -> bool:
    """Return False where two texts are shown to be of different subjects, True where nothing shows it.

    Swapping the texts changes nothing.
    """
    terms, others = _terms(one), _terms(other)
    both = (_repeated_share(terms, others), _repeated_share(others, terms))
    shares = [share for share in both if share is not None]
    return not shares or sum(shares) / len(shares) >= AKIN


def _terms(text: ShingledText) -> NDArray[np.uint64]:
    """Return a text's long words, and pairs of characters of scripts without spaces, as numbers."""
    tokens = text.tokens
    unspaced = (tokens & _UNSPACED) != 0
    long = ~unspaced & (text.read.ends - text.read.starts >= LONG_WORD)
    pairs = tokens[:-1] * _PAIRING + tokens[1:]
    return np.concatenate([tokens[long], pairs[unspaced[:-1] & unspaced[1:]]])


def _repeated_share(terms: NDArray[np.uint64], others: NDArray[np.uint64]) -> float | None:
    """Of a text's uses of terms that it repeats, the share whose term others have; None if few."""
    distinct, counts = np.unique(terms, return_counts=True)
    repeated = counts > 1
    uses = int(counts[repeated].sum())
    if uses < TELLING:
        return None
    return int(counts[repeated][np.isin(distinct[repeated], others)].sum()) / uses


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


def parts_of(
    text: ShingledText, others: Sequence[ShingledText], later_of: Sequence[str] = ()
) -> tuple[int, ...]:
    """Say which others a text strings together: places in `others`; none when it is no round-up.

    It is one when it is made of excerpts of three texts and more, or when it holds two texts as
    good as whole that are of different subjects. Two texts of one subject that stand side by side
    in a third are taken for two parts of that. The parts lie side by side in the text; what holds
    all of the text is no part of it. Of others that share the same part, as the copies of one story
    do, the one with the most of it is named.

    `later_of` names the publisher of each other that came after the text, and is empty for the
    rest: pages of one publisher that quote a text piece by piece later on show but one part of it.
    """
    covered = [covered_by(text, held_by(text, other)) for other in others]
    nothing = np.zeros(text.tokens.size, dtype=np.bool_)
    most = WHOLE * text.tokens.size
    pieces = [piece if _size(piece) < most else nothing for piece in covered]
    return _excerpts(text, others, pieces, later_of) or _spliced(text, others, pieces)


def _excerpts(
    text: ShingledText, others: Sequence[ShingledText], pieces: Pieces, later_of: Sequence[str]
) -> tuple[int, ...]:
    apart = _apart(pieces, range(len(pieces)), least=LEAST_WORDS)
    sizes = [_size(pieces[place]) for place in apart]
    total = sum(sizes)
    if len(apart) < FEWEST_PARTS or sizes[0] > GREATEST_PART * total:
        return ()
    quoting = {place for place in apart if later_of and later_of[place]}
    quoting = {place for place in quoting if not _holds(text, others[place])}
    if len(apart) - len(quoting) + len({later_of[place] for place in quoting}) < FEWEST_PARTS:
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
