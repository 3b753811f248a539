"""What two texts share, exactly: containment both ways, and the shared passages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from crawler.copies.normalise import spans
from crawler.copies.shingles import SLOT_BITS, WORDS_IN_SHINGLE
from storage.models import Passage

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from crawler.copies.shingles import ShingledText


MAX_PASSAGES = 500
NOTHING: NDArray[np.uint64] = np.empty(0, dtype=np.uint64)


@dataclass(frozen=True, slots=True)
class Overlap:
    """How much of each of two texts stands in the other.

    Shares are of words, 0 to 1; a word is shared when a shared shingle covers it.
    `shared_words` is the lesser of the two sides' counts. `figures` counts the words with digits
    on the side with fewer; `figures_shared` is the share of them that is shared, on the side
    where it is greater.
    """

    share_of_article: float
    share_of_other: float
    shared_words: float
    figures: int
    figures_shared: float
    equal: bool


def measure(
    article: ShingledText, other: ShingledText, recurring: NDArray[np.uint64] = NOTHING
) -> Overlap:
    """Compare two texts; swapping them swaps the shares and nothing else.

    Words that the `recurring` shingles (sorted) cover count for nothing, on either side.
    """
    here = _Side.of(article, other, recurring)
    there = _Side.of(other, article, recurring)
    return Overlap(
        share_of_article=here.shared / here.words if here.words else 0.0,
        share_of_other=there.shared / there.words if there.words else 0.0,
        shared_words=min(here.shared, there.shared),
        figures=min(here.figures, there.figures),
        figures_shared=max(here.figures_shared, there.figures_shared),
        equal=np.array_equal(article.tokens, other.tokens),
    )


def held_by(text: ShingledText, other: ShingledText) -> NDArray[np.bool_]:
    """Which of a text's shingles the other text has too."""
    slots = other.slots
    if slots is None or not other.distinct.size:
        return _among(text.shingles, other.distinct)
    place = slots.take((text.shingles & SLOT_BITS).view(np.intp))
    at = np.subtract(place, 1, dtype=np.intp)
    found: NDArray[np.bool_] = other.distinct.take(at, mode="clip") == text.shingles
    unsure = np.flatnonzero((place > 0) & ~found)  # another shingle has its slot, perhaps
    if unsure.size:
        found[unsure] = _among(text.shingles[unsure], other.distinct)
    return found


def _among(shingles: NDArray[np.uint64], others: NDArray[np.uint64]) -> NDArray[np.bool_]:
    """Which shingles are among others (sorted, without repeats)."""
    if not shingles.size or not others.size:
        return np.zeros(shingles.size, dtype=np.bool_)
    found: NDArray[np.bool_] = others.take(others.searchsorted(shingles), mode="clip") == shingles
    return found


def covered_by(text: ShingledText, chosen: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Which tokens the chosen shingles cover."""
    size = text.tokens.size
    covered = np.zeros(size, dtype=np.bool_)
    if text.widths is None:
        for offset in range(WORDS_IN_SHINGLE if chosen.size else 0):
            covered[offset : offset + chosen.size] |= chosen
        return covered
    starts = text.places[chosen]
    opened = np.bincount(starts, minlength=size)
    closed = np.bincount(starts + text.widths[chosen], minlength=size)[:size]
    np.greater(np.cumsum(opened - closed), 0, out=covered)
    return covered


def passages(article: ShingledText, other: ShingledText) -> tuple[Passage, ...]:
    """Shared runs of words in the order of the article, each as long as it goes.

    They do not overlap in the article. Where a run stands several times in the other text, it is
    taken to go on from the passage before it, else to be the first one. More than 500 are not
    listed: nobody reads them.
    """
    if not article.shingles.size or not other.shingles.size:
        return ()
    index, standing = _standing(article, other)
    if not index.size:
        return ()
    here, there = article.places[index], other.places[standing]
    breaks = np.flatnonzero((np.diff(here) != 1) | (np.diff(there) != 1))
    first, last = np.append(0, breaks + 1), np.append(breaks, index.size - 1)
    begins = here[first]
    ends = here[last] + (
        article.widths[index[last]] if article.widths is not None else WORDS_IN_SHINGLE
    )
    shift = there[first] - begins
    begins[1:] = np.maximum(begins[1:], np.maximum.accumulate(ends)[:-1])
    kept = np.flatnonzero(begins < ends)[:MAX_PASSAGES]
    return _as_passages(article, other, begins[kept], ends[kept], shift[kept])


def _standing(
    article: ShingledText, other: ShingledText
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Pair the article's shared shingles with where they stand in the other text.

    A shingle that stands there several times is taken where it goes on from the shared shingle
    before it that stands there once; else at its first place.
    """
    order = np.argsort(other.shingles, kind="stable")
    ranked = other.shingles.take(order)
    place = ranked.searchsorted(article.shingles)
    index = np.flatnonzero(ranked.take(place, mode="clip") == article.shingles)
    place = place[index]
    standing = order[place]
    following = np.minimum(place + 1, ranked.size - 1)
    repeated = (following > place) & (ranked[following] == ranked[place])
    if repeated.any() and index.size:
        standing = _going_on(article, other, index, standing, repeated)
    return index, standing


def _going_on(
    article: ShingledText,
    other: ShingledText,
    index: NDArray[np.intp],
    standing: NDArray[np.intp],
    repeated: NDArray[np.bool_],
) -> NDArray[np.intp]:
    known = np.where(repeated, -1, np.arange(index.size))
    known = np.maximum.accumulate(known)
    anchor = np.maximum(known, 0)
    guess = standing[anchor] + index - index[anchor]
    inside = (known >= 0) & (guess < other.shingles.size)
    guess = np.where(inside, guess, 0)
    holds = inside & (other.shingles[guess] == article.shingles[index])
    return np.where(repeated & holds, guess, standing)


def _as_passages(
    article: ShingledText,
    other: ShingledText,
    begins: NDArray[np.intp],
    ends: NDArray[np.intp],
    shift: NDArray[np.intp],
) -> tuple[Passage, ...]:
    here_starts, here_ends = spans(article.text, article.read)
    there_starts, there_ends = spans(other.text, other.read)
    columns = (
        here_starts[begins],
        here_ends[ends - 1],
        there_starts[begins + shift],
        there_ends[ends - 1 + shift],
    )
    return tuple(map(Passage, *(column.tolist() for column in columns)))


@dataclass(frozen=True, slots=True)
class _Side:
    """One text's half of a comparison, in words."""

    words: float
    shared: float
    figures: int
    figures_shared: float

    @classmethod
    def of(cls, text: ShingledText, other: ShingledText, recurring: NDArray[np.uint64]) -> _Side:
        covered = covered_by(text, held_by(text, other))
        counted = _coverable(text)
        if recurring.size:
            counted = counted & ~covered_by(text, _among(text.shingles, recurring))
            covered &= counted
        figures = text.figures & counted
        count = int(np.count_nonzero(figures))
        shared = int(np.count_nonzero(figures & covered))
        return cls(
            words=_words(text, counted),
            shared=_words(text, covered),
            figures=count,
            figures_shared=shared / count if count else 1.0,
        )


def _coverable(text: ShingledText) -> NDArray[np.bool_]:
    """Which tokens could be shared: near a text's end a long shingle may not fit."""
    if text.widths is None:
        return np.full(text.tokens.size, text.shingles.size > 0, dtype=np.bool_)
    return covered_by(text, np.ones(text.shingles.size, dtype=np.bool_))


def _words(text: ShingledText, chosen: NDArray[np.bool_]) -> float:
    if text.weights is None:
        return float(np.count_nonzero(chosen))
    return float(text.weights[chosen].sum())
