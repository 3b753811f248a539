"""How two texts that share words differ: what stands in the same place, and what lies round it; pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from crawler.copies.text.alphabet import UNSPACED
from crawler.copies.text.kernel_choice import kernels
from crawler.copies.text.overlap import WHOLE, WORDS_IN_CHARACTER, Differences, covered_by
from crawler.copies.text.particulars import PARTICULAR

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from crawler.copies.text.shingles import ShingledText

WEIGHTS: Final = np.array([0.03, 0.4, 1.0])
"""How rarely a copy changes a word, a name and a particular: what each says when it was replaced.

Of edited copies and of later reports of one form, read by people: chosen by cross-validation.
"""

BEGUN: Final = 20
"""Shared words, with which what two texts share has begun: a phrase may stand anywhere."""


def differences(one: ShingledText, two: ShingledText) -> Differences:
    """Return how two texts differ."""
    text, other = sorted((one, two), key=lambda each: (each.tokens.size, each.text), reverse=True)
    runs = kernels().runs(text.shingles, other.shingles, text.placing, other.placing)
    held, other_held = kernels().held_both_ways(text.shingles, other.shingles)
    longer, shorter = (
        _Side(text, covered_by(text, held)),
        _Side(other, covered_by(other, other_held)),
    )
    replaced = kernels().replaced(text.tokens, text.kinds, other.tokens, other.kinds, runs)
    kept = np.minimum(longer.kinds_shared(), shorter.kinds_shared())
    changed, all_weights = float(replaced @ WEIGHTS), float((replaced + kept) @ WEIGHTS)
    is_whole = longer.share >= WHOLE  # then the rest is edits, whatever is quoted
    longer_own_first = longer.own_first()
    return Differences(
        changed=changed / all_weights if replaced[1:].any() else 0.0,
        particulars=float(kept[PARTICULAR] / max(kept.sum(), 1)),
        own_first=min(longer_own_first, shorter.own_first()),
        longer_own_first=longer_own_first,
        quoted=0.0 if is_whole else max(longer.quoted(), shorter.quoted()),
        held_unquoted=1.0 if is_whole else max(longer.held_unquoted(), shorter.held_unquoted()),
    )


@dataclass(frozen=True, slots=True)
class _Side:
    """One text, and which of its tokens it shares."""

    text: ShingledText
    shared: NDArray[np.bool_]

    @property
    def share(self) -> float:
        """The share of its tokens that is shared."""
        size = self.shared.size
        return int(np.count_nonzero(self.shared)) / size if size else 0.0

    def kinds_shared(self) -> NDArray[np.intp]:
        """Count the shared tokens, by kind."""
        return np.bincount(self.text.kinds[self.shared], minlength=WEIGHTS.size)

    def own_first(self) -> float:
        """Count the words of its own before the shared ones begin."""
        is_spaced = not self.text.placing.begins.size
        if is_spaced and self.shared[:BEGUN].all():
            return 0.0  # as in most copies
        weights = np.where(self.text.tokens & np.uint64(UNSPACED), WORDS_IN_CHARACTER, 1.0)
        shared = np.cumsum(weights * self.shared)
        least = min(float(BEGUN), float(shared[-1]) if shared.size else 0.0)
        begun = int(np.searchsorted(shared, least))
        return float(weights[: begun + 1][~self.shared[: begun + 1]].sum())

    def quoted(self) -> float:
        """Return the share of the shared tokens that are quoted."""
        return _share(self.shared & self.text.quoted, self.shared)

    def held_unquoted(self) -> float:
        """Return the share of the tokens outside quotations that are shared."""
        return _share(self.shared & ~self.text.quoted, ~self.text.quoted)


def _share(part: NDArray[np.bool_], whole: NDArray[np.bool_]) -> float:
    size = int(np.count_nonzero(whole))
    return int(np.count_nonzero(part)) / size if size else 0.0
