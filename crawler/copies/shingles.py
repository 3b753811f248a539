"""Runs of tokens as stable 64-bit numbers, and a sample of them to look texts up by.

Sampling is FracMinHash (Irber et al. 2022, doi:10.1101/2022.01.11.475838): a shingle is kept when
its hash lies under a fixed limit, so two texts keep the same of what they share, and containment
can be seen from samples of texts of any size. Short texts keep at least their lowest hashes.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from crawler.copies.alphabet import DIGITS, UNSPACED, scramble
from crawler.copies.normalise import Tokens, tokenise

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from storage.fingerprints import Sketch

WORDS_IN_SHINGLE = 4
CHARACTERS_IN_SHINGLE = 8
WORDS_IN_CHARACTER = 0.5  # a word of an unspaced script is two characters long, roughly
SAMPLED_ONE_IN = 16
SAMPLED_AT_LEAST = 24

SLOTS = 1 << 14
SLOT_BITS = np.uint64(SLOTS - 1)
MOST_IN_SLOTS = SLOTS // 4

_LIMIT = np.uint64((1 << 64) // SAMPLED_ONE_IN)
_FACTORS = np.array(
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


@dataclass(frozen=True, eq=False)
class ShingledText:
    """A text ready to be compared.

    `tokens` are token numbers. `shingles[i]` is the shingle that begins with token i, for as many
    tokens as have one; it is four words long, or eight characters of a script without spaces
    (`widths[i]`, when the text has any such token). Where a shingle would go on past the text's
    end, there is none: `begins` holds the tokens that begin one, or None when all the first do.
    """

    text: str
    read: Tokens
    shingles: NDArray[np.uint64]
    begins: NDArray[np.intp] | None
    widths: NDArray[np.intp] | None

    @property
    def tokens(self) -> NDArray[np.uint64]:
        """Token numbers, in order."""
        return self.read.numbers

    @cached_property
    def places(self) -> NDArray[np.intp]:
        """The token that each shingle begins with."""
        return np.arange(self.shingles.size) if self.begins is None else self.begins

    @cached_property
    def distinct(self) -> NDArray[np.uint64]:
        """The shingles sorted, without repeats."""
        ranked = np.sort(self.shingles)  # np.unique hashes first, which is slower at this size
        first = np.ones(ranked.size, dtype=np.bool_)
        np.not_equal(ranked[1:], ranked[:-1], out=first[1:])
        return ranked if first.all() else ranked[first]

    @cached_property
    def sketch(self) -> Sketch:
        """A sample of the shingles: one in 16, and no fewer than 24 when there are as many."""
        low = self.shingles[self.shingles < _LIMIT]
        low.sort()
        if low.size > 1:
            repeated = low[1:] == low[:-1]
            if repeated.any():
                low = low[np.append(True, ~repeated)]
        return low if low.size >= SAMPLED_AT_LEAST else self.distinct[:SAMPLED_AT_LEAST].copy()

    @cached_property
    def slots(self) -> NDArray[np.uint16] | None:
        """A hash table of `distinct`: place plus one by a shingle's low bits; None for a long text.

        Of shingles with the same low bits, the greatest one has the slot.
        """
        if self.distinct.size > MOST_IN_SLOTS:
            return None
        table = np.zeros(SLOTS, dtype=np.uint16)
        table[(self.distinct & SLOT_BITS).view(np.intp)] = np.arange(1, self.distinct.size + 1)
        return table

    @cached_property
    def figures(self) -> NDArray[np.bool_]:
        """Which tokens hold a digit."""
        held: NDArray[np.bool_] = (self.tokens & np.uint64(DIGITS)) != 0
        return held

    @cached_property
    def weights(self) -> NDArray[np.float64] | None:
        """What each token counts in words; None when each is a word."""
        if self.widths is None:
            return None
        unspaced = (self.tokens & np.uint64(UNSPACED)) != 0
        return np.where(unspaced, WORDS_IN_CHARACTER, 1.0)


def shingle(text: str) -> ShingledText:
    """Split a text into tokens and hash its shingles."""
    read = tokenise(text)
    tokens = read.numbers
    by_words = _windows(tokens, WORDS_IN_SHINGLE)
    unspaced = (tokens & np.uint64(UNSPACED)) != 0 if read.is_plain else None
    if unspaced is None or not unspaced.any():
        return ShingledText(text, read, by_words, None, None)
    by_characters = _windows(tokens, CHARACTERS_IN_SHINGLE)
    widths = np.where(unspaced, CHARACTERS_IN_SHINGLE, WORDS_IN_SHINGLE)
    begins = np.flatnonzero(np.arange(tokens.size) + widths <= tokens.size)
    of_characters = unspaced[begins]
    shingles = np.empty(begins.size, dtype=np.uint64)
    shingles[of_characters] = by_characters[begins[of_characters]]
    shingles[~of_characters] = by_words[begins[~of_characters]]
    return ShingledText(text, read, shingles, begins, widths[begins])


def _windows(tokens: NDArray[np.uint64], width: int) -> NDArray[np.uint64]:
    """Hash of the `width` tokens from each place on, as far as that many follow."""
    count = tokens.size - width + 1
    if count <= 0:
        return np.empty(0, dtype=np.uint64)
    mixed = tokens[:count] * _FACTORS[0]
    for offset in range(1, width):
        mixed += tokens[offset : offset + count] * _FACTORS[offset]
    return scramble(mixed)
