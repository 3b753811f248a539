"""Runs of tokens as stable 64-bit numbers, and a sample of them to look texts up by; pure.

Sampling is FracMinHash (Irber et al. 2022, doi:10.1101/2022.01.11.475838): a shingle is kept when
its hash lies under a fixed limit, so two texts keep the same of what they share, and containment
can be seen from samples of texts of any size. Short texts keep at least their lowest hashes.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from crawler.copies.text.alphabet import UNSPACED
from crawler.copies.text.kernel_choice import kernels
from crawler.copies.text.kernels import CHARACTERS_IN_SHINGLE, WORDS_IN_SHINGLE, Placement
from crawler.copies.text.particulars import kinds_of
from crawler.copies.text.quotations import quoted_in
from crawler.copies.text.tokens import Tokens, tokenise

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from crawler.copies.text.kernels import Kinds
    from storage.hot.fingerprints import Sketch

MOST_CHARACTERS = 400_000
"""Of a text that are compared: some 65,000 words, a live blog of a week."""

_EACH = np.empty(0, dtype=np.intp)


@dataclass(frozen=True, eq=False)
class ShingledText:
    """A text ready to be compared.

    `tokens` are token numbers. `shingles[i]` is the shingle that begins with token i, for as many
    tokens as have one; it is four words long, or eight characters of a script without spaces;
    `placing` says which, when the text has any such token. Where a shingle would go on past the
    text's end, there is none.
    """

    text: str
    read: Tokens
    shingles: NDArray[np.uint64]
    placing: Placement

    @property
    def tokens(self) -> NDArray[np.uint64]:
        """Token numbers, in order."""
        return self.read.numbers

    @cached_property
    def sketch(self) -> Sketch:
        """A sample of the shingles: one in 16, and no fewer than 24 when there are as many."""
        return kernels().sample(self.shingles)

    @cached_property
    def kinds(self) -> Kinds:
        """For each token, what it is: see particulars.py."""
        return kinds_of(self.text, self.read)

    @cached_property
    def quoted(self) -> NDArray[np.bool_]:
        """For each token, whether it stands between quotation marks."""
        return quoted_in(self.text, self.read)


def shingle(text: str) -> ShingledText:
    """Split a text into tokens and hash its shingles; of an endless one that is its beginning."""
    text = text[:MOST_CHARACTERS]
    read = tokenise(text)
    tokens = read.numbers
    by_words = kernels().windows(tokens, WORDS_IN_SHINGLE)
    unspaced = (tokens & np.uint64(UNSPACED)) != 0 if read.is_plain else None
    if unspaced is None or not unspaced.any():
        return ShingledText(text, read, by_words, Placement(_EACH, _EACH))
    by_characters = kernels().windows(tokens, CHARACTERS_IN_SHINGLE)
    widths = np.where(unspaced, CHARACTERS_IN_SHINGLE, WORDS_IN_SHINGLE)
    begins = np.flatnonzero(np.arange(tokens.size) + widths <= tokens.size)
    of_characters = unspaced[begins]
    shingles = np.empty(begins.size, dtype=np.uint64)
    shingles[of_characters] = by_characters[begins[of_characters]]
    shingles[~of_characters] = by_words[begins[~of_characters]]
    return ShingledText(text, read, shingles, Placement(begins, widths[begins]))
