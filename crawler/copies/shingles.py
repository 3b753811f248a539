"""Runs of tokens as stable 64-bit numbers, and a sample of them to look texts up by.

Sampling is FracMinHash (Irber et al. 2022, doi:10.1101/2022.01.11.475838): a shingle is kept when
its hash lies under a fixed limit, so two texts keep the same of what they share, and containment
can be seen from samples of texts of any size. Short texts keep at least their lowest hashes.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from typing import TYPE_CHECKING

import numpy as np

from crawler.copies.normalise import USUAL_LENGTH, is_unspaced, tokenise

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from storage.fingerprints import Sketch

WORDS_IN_SHINGLE = 4
CHARACTERS_IN_SHINGLE = 8
WORDS_IN_CHARACTER = 0.5  # a word of an unspaced script is two characters long, roughly
SAMPLED_ONE_IN = 8
SAMPLED_AT_LEAST = 32

_MIX_1 = np.uint64(0xBF58476D1CE4E5B9)
_MIX_2 = np.uint64(0x94D049BB133111EB)
_STEP = np.uint64(0x9E3779B97F4A7C15)


@dataclass(frozen=True, slots=True, eq=False)
class ShingledText:
    """A text ready to be compared.

    `tokens` are token hashes; `starts`, `ends` their characters; `weights` what each counts in
    words; `figures` which of them hold a digit. `shingles[i]` is the shingle that begins with
    token `places[i]` and is `widths[i]` tokens long; `distinct` are the shingles sorted, without
    repeats.
    """

    tokens: NDArray[np.uint64]
    starts: NDArray[np.int32]
    ends: NDArray[np.int32]
    weights: NDArray[np.float64]
    figures: NDArray[np.bool_]
    shingles: NDArray[np.uint64]
    places: NDArray[np.int64]
    widths: NDArray[np.int64]
    distinct: NDArray[np.uint64]


def shingle(text: str) -> ShingledText:
    """Split a text into tokens and hash its shingles."""
    read = tokenise(text)
    known = {word: _facts(word) for word in set(read.words)}
    facts = [known[word] for word in read.words]
    tokens = np.array([fact[0] for fact in facts], dtype=np.uint64)
    unspaced = np.array([fact[1] for fact in facts], dtype=np.bool_)
    widths = np.where(unspaced, CHARACTERS_IN_SHINGLE, WORDS_IN_SHINGLE)
    places = np.flatnonzero(np.arange(tokens.size) + widths <= tokens.size)
    shingles = _windows(tokens, WORDS_IN_SHINGLE)
    if unspaced.any():
        shingles = np.where(unspaced, _windows(tokens, CHARACTERS_IN_SHINGLE), shingles)
    return ShingledText(
        tokens=tokens,
        starts=read.starts,
        ends=read.ends,
        weights=np.where(unspaced, WORDS_IN_CHARACTER, 1.0),
        figures=np.array([fact[2] for fact in facts], dtype=np.bool_),
        shingles=shingles[places],
        places=places,
        widths=widths[places],
        distinct=_distinct(shingles[places]),
    )


def sketch_of(text: ShingledText) -> Sketch:
    """Sample a text's shingles: one in 8, and no fewer than 32 when there are as many."""
    limit = np.uint64((1 << 64) // SAMPLED_ONE_IN)
    kept = int(np.searchsorted(text.distinct, limit))
    return text.distinct[: max(kept, SAMPLED_AT_LEAST)]


def _facts(word: str) -> tuple[int, bool, bool]:
    return _usual_facts(word) if len(word) <= USUAL_LENGTH else _token_facts(word)


@lru_cache(maxsize=1 << 16)
def _usual_facts(word: str) -> tuple[int, bool, bool]:
    return _token_facts(word)


def _token_facts(word: str) -> tuple[int, bool, bool]:
    """Give a token's hash, whether its script is unspaced, whether it holds a digit."""
    number = int.from_bytes(
        blake2b(word.encode(errors="surrogatepass"), digest_size=8).digest(), "little"
    )
    return number, is_unspaced(word), any(character.isdigit() for character in word)


def _windows(tokens: NDArray[np.uint64], width: int) -> NDArray[np.uint64]:
    """Hash of the `width` tokens from each place on; places too near the end are padded."""
    padded = np.concatenate([tokens, np.zeros(width, dtype=np.uint64)])
    mixed = np.zeros(tokens.size, dtype=np.uint64)
    for offset in range(width):
        mixed = _scramble(mixed + padded[offset : offset + tokens.size] + _STEP)
    return mixed


def _distinct(shingles: NDArray[np.uint64]) -> NDArray[np.uint64]:
    ranked = np.sort(shingles)  # np.unique hashes first, which is slower at this size
    first = np.ones(ranked.size, dtype=np.bool_)
    np.not_equal(ranked[1:], ranked[:-1], out=first[1:])
    return ranked[first]


def _scramble(numbers: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Finish a hash as splitmix64 does (Steele, Lea, Flood 2014): each bit in moves each bit out."""
    numbers = (numbers ^ (numbers >> np.uint64(30))) * _MIX_1
    numbers = (numbers ^ (numbers >> np.uint64(27))) * _MIX_2
    return numbers ^ (numbers >> np.uint64(31))
