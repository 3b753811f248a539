"""The numbers by which words and shingles are hashed and sampled: other numbers, other sketches; pure.

Whoever changes one raises `known_texts.FORM`, so that no snapshot of the old ones is read.
"""

from __future__ import annotations

from typing import Final

import numpy as np

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
