"""Which figures of two texts stand for each other, and which of those are the same; pure.

Two reports of one form have their figures at the same places of the same words. A figure that only
one of two texts has there, or that stands far from what they share, is of a wrapper or of an edit,
and says nothing of a form.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from crawler.copies.text.alphabet import DIGITS
from crawler.copies.text.kernel_choice import kernels

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from crawler.copies.text.kernels import Places
    from crawler.copies.text.shingles import ShingledText

LONGEST_GAP = 30
"""Words between two shared passages, at most, for what stands there to have been replaced."""

_DIGITS = np.uint64(DIGITS)
_GAPS = np.uint64(0x9E3779B97F4A7C15)


def figures_in_place(article: ShingledText, other: ShingledText) -> tuple[int, float]:
    """Count the figures that stand for each other; and the share of them that is the same.

    Those in shared passages do, and are the same. Where a passage goes on after a short gap on both
    sides, the figures of the two gaps do, as far as they go; so do those of the two beginnings and
    ends, when they are as short. Without any, the share is 1.
    """
    first, end, standing = kernels().runs(
        article.shingles, other.shingles, article.placing, other.placing
    )
    here, there = _Gaps(article, first, end), _Gaps(other, standing, standing + end - first)
    short = here.are_short() & there.are_short()
    figures, others = here.figures(short), there.figures(short)
    same = _in_common(figures, others)
    kept = _of_passages(article, first, end) + same
    replaced = int(np.minimum(here.counts(short), there.counts(short)).sum()) - same
    return kept + replaced, kept / (kept + replaced) if kept + replaced else 1.0


class _Gaps:
    """What a text has before, between and after passages; where these jump, there is no gap."""

    def __init__(self, text: ShingledText, first: Places, end: Places) -> None:
        self._text = text
        self._begins, self._ends = np.append(0, end), np.append(first, text.tokens.size)
        self._of_figures = np.flatnonzero(text.tokens & _DIGITS)
        self._from = self._of_figures.searchsorted(self._begins)
        self._to = self._of_figures.searchsorted(self._ends)

    def are_short(self) -> NDArray[np.bool_]:
        """Say which gaps are there and short."""
        sizes: Places = self._ends - self._begins
        short: NDArray[np.bool_] = (sizes >= 0) & (sizes <= LONGEST_GAP)
        return short

    def counts(self, chosen: NDArray[np.bool_]) -> Places:
        """Count the figures in each gap; none in those that are not chosen."""
        return np.where(chosen, self._to - self._from, 0)

    def figures(self, chosen: NDArray[np.bool_]) -> NDArray[np.uint64]:
        """Return a number for each figure in the chosen gaps: equal ones in one gap have the same."""
        counts = self.counts(chosen)
        gaps = np.repeat(np.arange(counts.size), counts)
        before = np.cumsum(counts) - counts
        places = self._of_figures[np.arange(gaps.size) - before[gaps] + self._from[gaps]]
        return self._text.tokens[places] + gaps.astype(np.uint64) * _GAPS


def _of_passages(text: ShingledText, first: Places, end: Places) -> int:
    of_figures = np.flatnonzero(text.tokens & _DIGITS)
    return int((of_figures.searchsorted(end) - of_figures.searchsorted(first)).sum())


def _in_common(keys: NDArray[np.uint64], others: NDArray[np.uint64]) -> int:
    """Count what two bags of numbers have in common."""
    distinct, counts = np.unique(keys, return_counts=True)
    other_distinct, other_counts = np.unique(others, return_counts=True)
    _, here, there = np.intersect1d(
        distinct, other_distinct, assume_unique=True, return_indices=True
    )
    return int(np.minimum(counts[here], other_counts[there]).sum())
