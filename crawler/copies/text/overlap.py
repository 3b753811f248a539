"""What two texts share, exactly: containment both ways, and the shared passages; pure.

Containment is Broder's (On the resemblance and containment of documents, SEQUENCES 1997), here
exact, over all shingles of both texts and counted in words.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from crawler.copies.text.kernel_choice import kernels
from crawler.copies.text.tokens import spans
from storage.models.stories import Passage

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from crawler.copies.text.shingles import ShingledText


WORDS_IN_CHARACTER = 0.5
"""A word of a script without spaces is two characters long, roughly."""

WHOLE = 0.8
"""A text is held whole by another when this share of it stands there: the rest is edits."""

MAX_PASSAGES = 500
NOTHING: NDArray[np.uint64] = np.empty(0, dtype=np.uint64)


@dataclass(frozen=True, slots=True)
class Differences:
    """How two texts differ; swapping them changes nothing.

    `changed` is the share of what says most that stands otherwise in the same place, 0 to 1.
    `particulars` is the share of figures, days and months among the shared words. `own_first` are
    the words of its own that a text has before the shared ones begin: of the text that has fewer;
    `longer_own_first` of the longer one. `quoted` is the share of the shared words that are
    quoted, in the text that quotes more of them; `held_unquoted` the share of its words without
    quotations that a text has in common, of the text where it is greater. Of texts that hold each
    other whole neither is looked at.
    """

    changed: float
    particulars: float
    own_first: float
    longer_own_first: float
    quoted: float
    held_unquoted: float


ALIKE: Final = Differences(0.0, 0.0, 0.0, 0.0, 0.0, 1.0)
"""The differences of equal texts, but for their particulars."""


@dataclass(frozen=True, slots=True)
class Overlap:
    """How much of each of two texts stands in the other.

    Shares are of words, 0 to 1; a word is shared when a shared shingle covers it.
    `shared_words` is the lesser of the two sides' counts. `differences` are None where nobody has
    looked how the texts differ.
    """

    share_of_article: float
    share_of_other: float
    shared_words: float
    equal: bool
    differences: Differences | None = None

    @property
    def may_be_copies(self) -> bool:
        """Whether the texts share so much that it was looked how they differ."""
        return self.equal or self.differences is not None


def measure(
    article: ShingledText, other: ShingledText, recurring: NDArray[np.uint64] = NOTHING
) -> Overlap:
    """Compare two texts; swapping them swaps the shares and nothing else.

    Words that the `recurring` shingles (sorted) cover count for nothing, on either side.
    """
    held, other_held = kernels().held_both_ways(article.shingles, other.shingles)
    here, there = _Side.of(article, held, recurring), _Side.of(other, other_held, recurring)
    return Overlap(
        share_of_article=here.shared / here.words if here.words else 0.0,
        share_of_other=there.shared / there.words if there.words else 0.0,
        shared_words=min(here.shared, there.shared),
        equal=_are_equal(article.tokens, other.tokens),
    )


def held_by(text: ShingledText, other: ShingledText) -> NDArray[np.bool_]:
    """Which of a text's shingles the other text has too."""
    return kernels().held(text.shingles, other.shingles)


def covered_by(text: ShingledText, chosen: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Which tokens the chosen shingles cover."""
    return kernels().covered(chosen, text.placing, text.tokens.size)


def passages(article: ShingledText, other: ShingledText) -> tuple[Passage, ...]:
    """Shared runs of words in the order of the article, each as long as it goes.

    They do not overlap in the article. Where a run stands several times in the other text, it is
    taken to go on from the passage before it, else to be the first one. More than 500 are not
    listed: nobody reads them.
    """
    first, end, standing = kernels().runs(
        article.shingles, other.shingles, article.placing, other.placing
    )
    if not first.size:
        return ()
    first, end, standing = first[:MAX_PASSAGES], end[:MAX_PASSAGES], standing[:MAX_PASSAGES]
    here_starts, here_ends = spans(article.text, article.read, first, end)
    there_starts, there_ends = spans(other.text, other.read, standing, standing + end - first)
    columns = (here_starts, here_ends, there_starts, there_ends)
    return tuple(map(Passage, *(column.tolist() for column in columns)))


@dataclass(frozen=True, slots=True)
class _Side:
    """One text's half of a comparison, in words."""

    words: float
    shared: float

    @classmethod
    def of(
        cls, text: ShingledText, held: NDArray[np.bool_], recurring: NDArray[np.uint64]
    ) -> _Side:
        left_out = kernels().held(text.shingles, recurring) if recurring.size else None
        tally = kernels().tally(text.tokens, text.placing, held, left_out)
        return cls(
            words=_in_words(tally.words, tally.characters),
            shared=_in_words(tally.shared_words, tally.shared_characters),
        )


def _are_equal(tokens: NDArray[np.uint64], others: NDArray[np.uint64]) -> bool:
    return tokens.size == others.size and bool((tokens == others).all())


def _in_words(words: int, characters: int) -> float:
    return words + WORDS_IN_CHARACTER * characters
