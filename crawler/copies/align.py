"""What two texts share, exactly: containment both ways, and the shared passages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from storage.models import Passage

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from crawler.copies.shingles import ShingledText


MAX_PASSAGES = 500


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


def measure(article: ShingledText, other: ShingledText) -> Overlap:
    """Compare two texts; swapping them swaps the shares and nothing else."""
    here, there = _covered(article, other), _covered(other, article)
    words_here, words_there = _words(article, here), _words(other, there)
    return Overlap(
        share_of_article=_share(words_here, article),
        share_of_other=_share(words_there, other),
        shared_words=min(words_here, words_there),
        figures=min(int(article.figures.sum()), int(other.figures.sum())),
        figures_shared=max(_figures_shared(article, here), _figures_shared(other, there)),
        equal=np.array_equal(article.tokens, other.tokens),
    )


def passages(article: ShingledText, other: ShingledText) -> tuple[Passage, ...]:
    """Shared runs of words in the order of the article, each as long as it goes.

    They do not overlap in the article. Where a run stands several times in the other text, the
    first one after the previous passage is taken. More than 500 are not listed: nobody reads
    them, and a text made to have very many would take very long.
    """
    order = np.argsort(other.shingles, kind="stable")
    ranked = other.shingles[order]
    first = np.searchsorted(ranked, article.shingles, side="left")
    last = np.searchsorted(ranked, article.shingles, side="right")
    found: list[Passage] = []
    here = there = 0
    for index in np.flatnonzero(first < last):
        place = int(article.places[index])
        if place < here:
            continue
        standing = other.places[np.sort(order[first[index] : last[index]])]
        start = int(standing[int(np.searchsorted(standing, there)) % standing.size])
        run = _run(article.tokens[place:], other.tokens[start:])
        found.append(_passage(article, other, place, start, run))
        here, there = place + run, start + run
        if len(found) == MAX_PASSAGES:
            break
    return tuple(found)


def _covered(text: ShingledText, other: ShingledText) -> NDArray[np.bool_]:
    """Which of a text's tokens stand in a shingle that the other text has too."""
    if not other.distinct.size:
        return np.zeros(text.tokens.size, dtype=np.bool_)
    places = np.searchsorted(other.distinct, text.shingles)
    nearest = other.distinct[np.minimum(places, other.distinct.size - 1)]
    return _under(text, nearest == text.shingles)


def _under(text: ShingledText, chosen: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Which tokens the chosen shingles cover."""
    starts = text.places[chosen]
    size = text.tokens.size
    opened = np.bincount(starts, minlength=size)
    closed = np.bincount(starts + text.widths[chosen], minlength=size)[:size]
    covered: NDArray[np.bool_] = np.cumsum(opened - closed) > 0
    return covered


def _share(words: float, text: ShingledText) -> float:
    """Share of what could be covered: near a text's end a long shingle may not fit."""
    whole = _words(text, _under(text, np.ones(text.shingles.size, dtype=np.bool_)))
    return words / whole if whole else 0.0


def _words(text: ShingledText, covered: NDArray[np.bool_]) -> float:
    return float(text.weights[covered].sum())


def _figures_shared(text: ShingledText, covered: NDArray[np.bool_]) -> float:
    count = int(text.figures.sum())
    return int((text.figures & covered).sum()) / count if count else 1.0


def _run(here: NDArray[np.uint64], there: NDArray[np.uint64]) -> int:
    """How many tokens are equal from the start on."""
    length = min(here.size, there.size)
    unequal = np.flatnonzero(here[:length] != there[:length])
    return int(unequal[0]) if unequal.size else length


def _passage(
    article: ShingledText, other: ShingledText, place: int, start: int, run: int
) -> Passage:
    return Passage(
        start=int(article.starts[place]),
        end=int(article.ends[place + run - 1]),
        other_start=int(other.starts[start]),
        other_end=int(other.ends[start + run - 1]),
    )
