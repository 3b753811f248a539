"""What the detector does with every word of a text, behind one Protocol with two forms; pure.

`sweeps` goes over arrays with numpy and always works; `loops` is machine code, several times
faster, where numba is installed. Both give the same, to the bit.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple, Protocol

import numpy as np

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from storage.hot.fingerprints import Sketch

    Numbers = NDArray[np.uint64]
    Places = NDArray[np.intp]
    Chosen = NDArray[np.bool_]
    Kinds = NDArray[np.uint8]


WORDS_IN_SHINGLE: Final = 4
CHARACTERS_IN_SHINGLE: Final = 8
SAMPLED_ONE_IN: Final = 16
SAMPLED_AT_LEAST: Final = 24

LIMIT: Final = np.uint64((1 << 64) // SAMPLED_ONE_IN)
BASE: Final = 0x9E3779B97F4A7C81
"""Of the polynomial that a word's number is; one modulo 128: see alphabet.py."""

FACTORS: Final = np.array(
    [
        0x9E3779B97F4A7C15,
        0xC2B2AE3D27D4EB4F,
        0x165667B19E3779F9,
        0xD6E8FEB86659FD93,
        0xA0761D6478BD642F,
        0xE7037ED1A0B428DB,
        0x8EBC6AF09C88C6E3,
        0x589965CC75374CC3,
    ],
    dtype=np.uint64,
)
"""One for each token of a shingle, so that their order counts."""


KINDS_OF_TOKENS: Final = 3
"""Words, names and particulars: see particulars.py."""

LONGEST_GAP: Final = 30
"""Tokens between two shared runs, at most, for what stands there to have been replaced."""


class Tally(NamedTuple):
    """Counts of tokens: `characters` are those of scripts without spaces, the others `words`."""

    words: int
    characters: int
    shared_words: int
    shared_characters: int


class Placement(NamedTuple):
    """Where shingles stand: the token that each begins with, and how many tokens it is long.

    Both are empty where each token begins a shingle, four tokens long.
    """

    begins: Places
    widths: Places


class Kernels(Protocol):
    """Pure functions over arrays."""

    def split(
        self, units: NDArray[np.uint16], letters: Numbers
    ) -> tuple[Numbers, Places, Places] | None:
        """Split UTF-16 units into words: their numbers, starts and ends; None where it is not easy.

        `letters` are the numbers of the units, `Alphabet.simple`. The first and the last unit are
        spaces.
        """

    def windows(self, tokens: Numbers, width: int) -> Numbers:
        """Hash the `width` tokens from each place on, as far as that many follow."""

    def sample(self, shingles: Numbers) -> Sketch:
        """Return the shingles under the limit of FracMinHash, or the least 24, if those are more."""

    def held(self, shingles: Numbers, others: Numbers) -> Chosen:
        """Say which shingles are among others, in whatever order."""

    def held_both_ways(self, shingles: Numbers, others: Numbers) -> tuple[Chosen, Chosen]:
        """Say which shingles are among others, and which of the others among them."""

    def runs(
        self, shingles: Numbers, others: Numbers, text: Placement, other: Placement
    ) -> tuple[Places, Places, Places]:
        """Return the shared runs of tokens: first, one past the last, and the first in the other.

        They are in order, as long as they go, and do not overlap in the text. A shingle that
        stands several times in the other is taken where it goes on from the last one before it
        that stands there once; else at its first place.
        """

    def replaced(
        self,
        tokens: Numbers,
        kinds: Kinds,
        others: Numbers,
        other_kinds: Kinds,
        runs: tuple[Places, Places, Places],
    ) -> Places:
        """Count, by kind, the tokens of a text that stand for tokens of another one.

        They do where a shared run goes on after a short gap on both sides, and so do those of short
        beginnings and ends. What both gaps have counts for nothing, in whatever order; nor does
        what only one of them has.
        """

    def covered(self, chosen: Chosen, text: Placement, size: int) -> Chosen:
        """Say which of `size` tokens the chosen shingles cover."""

    def tally(
        self, tokens: Numbers, text: Placement, held: Chosen, recurring: Chosen | None
    ) -> Tally:
        """Count a text's tokens, and those that the held shingles cover.

        A token that no shingle covers counts for nothing, and neither does one that a recurring
        shingle covers.
        """
