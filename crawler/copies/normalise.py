"""Text to comparable tokens: case, quotes, dashes and invisible characters no longer matter.

A token is a word, or one character of a script that is written without spaces. Each keeps where it
stands in the text as stored, so that what is found can be shown.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Scripts without word spaces: Han, kana, bopomofo, Thai, Lao, Tibetan, Myanmar, Khmer.
_UNSPACED = (
    "\u0e01-\u0e3a\u0e40-\u0e4e\u0e81-\u0ece\u0f40-\u0fbc\u1000-\u1049\u1050-\u109d\u1780-\u17d3"
    "\u2e80-\u2fdf\u3005-\u3007\u3021-\u3029\u3041-\u3096\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff"
    "\u3105-\u312f\u31a0-\u31bf\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff66-\uff9d"
    "\U00020000-\U0003ffff"
)
# Marks that belong to the letter before them, and are not letters to Python's \w.
_MARKS = (
    "\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a"
    "\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed\u0711\u0730-\u074a"
    "\u07a6-\u07b0\u0900-\u0903\u093a-\u093c\u093e-\u094f\u0951-\u0957\u0962\u0963\u0981-\u0983"
    "\u09bc-\u09cd\u09d7\u0a01-\u0a03\u0a3c-\u0a51\u0a70\u0a71\u0a81-\u0a83\u0abc-\u0acd\u0b01-\u0b03"
    "\u0b3c-\u0b57\u0b82\u0bbe-\u0bd7\u0c00-\u0c04\u0c3c-\u0c56\u0c81-\u0c83\u0cbc-\u0cd6\u0d00-\u0d03"
    "\u0d3b-\u0d4d\u0d57\u0d81-\u0d83\u0dca-\u0ddf\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20f0"
    "\u3099\u309a\uff9e\uff9f\ufe20-\ufe2f"
)
# Characters that are not seen: soft hyphen, zero-width and direction marks, variation selectors.
_INVISIBLE = "\u00ad\u034f\u061c\u180b-\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufe00-\ufe0f\ufeff"
_APOSTROPHES = "'\u2018\u2019\u201b\u02bc\u02b9\u2032\uff07`\u00b4"

USUAL_LENGTH = 32
"""Longer words are not remembered: a hostile page may hold megabytes of them."""

_DROPPED = re.compile(f"[{_INVISIBLE}{_APOSTROPHES}]")


@dataclass(frozen=True, slots=True, eq=False)
class Tokens:
    """The tokens of a text in order, and the characters of the text where each starts and ends."""

    words: list[str]
    starts: NDArray[np.int32]
    ends: NDArray[np.int32]


def tokenise(text: str) -> Tokens:
    """Split a text into folded tokens (NFKC, casefold), with their places in it."""
    parts = _token_pattern().split(text)  # what lies between tokens, and tokens, by turns
    edges = np.cumsum(np.fromiter(map(len, parts), dtype=np.int32, count=len(parts)))
    raw = parts[1::2]
    folded = {word: fold(word) for word in set(raw)}
    return Tokens(
        words=[folded[word] for word in raw],
        starts=edges[:-1:2].astype(np.int32),
        ends=edges[1::2].astype(np.int32),
    )


def is_unspaced(word: str) -> bool:
    """Whether a token is a character of a script without word spaces."""
    return not word.isascii() and _unspaced_pattern().match(word) is not None


def fold(word: str) -> str:
    """One word as it is compared: composed, without case, apostrophes and invisible characters."""
    return _fold_usual(word) if len(word) <= USUAL_LENGTH else _fold(word)


@lru_cache(maxsize=1 << 15)
def _fold_usual(word: str) -> str:
    return _fold(word)


def _fold(word: str) -> str:
    if word.isascii():
        return word.lower().replace("'", "").replace("`", "")
    shown = _DROPPED.sub("", unicodedata.normalize("NFKC", _DROPPED.sub("", word)))
    return unicodedata.normalize("NFKC", shown.casefold())


@lru_cache(maxsize=1)
def _token_pattern() -> re.Pattern[str]:
    letters = f"[^\\W_\u02b9\u02bc{_UNSPACED}]"
    word = f"{letters}+(?:[{_MARKS}{_INVISIBLE}]+{letters}*)*"
    return re.compile(f"({word}(?:[{_APOSTROPHES}]{word})*|[{_UNSPACED}][{_MARKS}{_INVISIBLE}]*)")


@lru_cache(maxsize=1)
def _unspaced_pattern() -> re.Pattern[str]:
    return re.compile(f"[{_UNSPACED}]")
