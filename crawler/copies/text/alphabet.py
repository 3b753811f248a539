"""What each character counts as when texts are compared: its number, or that it ends a word; pure.

Case, width, ligatures and the many forms of one letter do not count: a character stands for its
NFKC form, case-folded. A number holds three things: in its lowest six bits whether the character
is a digit, in the seventh whether its script is written without spaces, and above them a hash. All
factors that the numbers are multiplied with are one modulo 128, so that in a sum of such products
the low bits still count the digits and the unspaced characters.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

SEPARATOR: Final = 0
DROPPED: Final = 1
TWICE_S: Final = 2
HARD: Final = 3
"""Numbers of `Alphabet.simple` up to this one are no letters' own: what parts words, what does not
count, the German letter that stands for two, and what needs the text's plain form."""

DIGITS: Final = 0x3F
UNSPACED: Final = 0x40
MARKED_BITS: Final = 7

# Scripts without word spaces: Thai, Lao, Tibetan, Myanmar, Khmer, Han, kana, bopomofo.
_UNSPACED_RANGES = (
    "\u0e01-\u0e3a\u0e40-\u0e4e\u0e81-\u0ece\u0f40-\u0fbc\u1000-\u1049\u1050-\u109d\u1780-\u17d3"
    "\u2e80-\u2fdf\u3005-\u3007\u3021-\u3029\u3041-\u3096\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff"
    "\u3105-\u312f\u31a0-\u31bf\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff66-\uff9d"
)
# Characters that are not seen: soft hyphen, zero-width and direction marks, variation selectors.
_INVISIBLE = "\u00ad\u034f\u061c\u180b-\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufe00-\ufe0f\ufeff"
_APOSTROPHES = "'\u2018\u2019\u201b\u02bc\u02b9\u2032\uff07`\u00b4"
_SHARP_S = 0xDF
_BASIC_PLANE = 0x10000
_SURROGATES = range(0xD800, 0xE000)
_HIGH_SURROGATES = range(0xD800, 0xDC00)
_EMOJI_SURROGATES = range(0xD83C, 0xD83F)
_HANGUL_TAILS = range(0x1161, 0x1200)  # jamo that join the one before them

_SEED = np.uint64(0x6A09E667F3BCC909)
_STEP = np.uint64(0x9E3779B97F4A7C15)
MIX_1 = np.uint64(0xBF58476D1CE4E5B9)
MIX_2 = np.uint64(0x94D049BB133111EB)
SHIFT_1, SHIFT_2, SHIFT_3 = np.uint64(30), np.uint64(27), np.uint64(31)
_HIGHEST = np.uint64(1 << 63)


@dataclass(frozen=True, slots=True, eq=False)
class CodeUnitTable:
    """Numbers of the UTF-16 code units, 65,536 in each array.

    `simple` suffices for texts of scripts with word spaces in which each character is one letter,
    as most are; it says HARD where it does not. `plain` is for the plain form of any text.
    `own_word` tells the units that begin a word of their own, `joins` those that go on with the
    word before them. `alone` tells the characters that are one unit of the plain form too, whatever
    stands before them.
    """

    simple: NDArray[np.uint64]
    plain: NDArray[np.uint64]
    own_word: NDArray[np.bool_]
    joins: NDArray[np.bool_]
    alone: NDArray[np.bool_]


@lru_cache(maxsize=1)
def alphabet() -> CodeUnitTable:
    """Build the tables once, from the Unicode data of this Python; about half a second."""
    unspaced, dropped = unspaced_pattern(), dropped_pattern()
    composing = _composing()
    simple = np.zeros(_BASIC_PLANE, dtype=np.uint64)
    counted = np.zeros(_BASIC_PLANE, dtype=np.bool_)
    easy = np.zeros(_BASIC_PLANE, dtype=np.bool_)
    digit = np.zeros(_BASIC_PLANE, dtype=np.bool_)
    stands_for = np.arange(_BASIC_PLANE)
    own_word = np.zeros(_BASIC_PLANE, dtype=np.bool_)
    joins = np.zeros(_BASIC_PLANE, dtype=np.bool_)
    alone = np.zeros(_BASIC_PLANE, dtype=np.bool_)
    joining = composing | _marks()
    for code in range(_BASIC_PLANE):
        if code in _SURROGATES:
            own_word[code], joins[code] = code in _HIGH_SURROGATES, code not in _HIGH_SURROGATES
            simple[code] = HARD if own_word[code] and code not in _EMOJI_SURROGATES else SEPARATOR
            counted[code] = True
            continue
        character = chr(code)
        if dropped.match(character):
            simple[code] = DROPPED
            continue
        folded = fold(character)
        alone[code] = len(folded) == 1 and code not in joining
        if not any(map(_counts, folded)):
            continue
        counted[code] = True
        simple[code] = HARD
        own_word[code] = unspaced.match(character) is not None
        joins[code] = _is_mark(character)
        if len(folded) == 1:
            stands_for[code] = ord(folded)
            digit[code] = folded.isdigit()
            easy[code] = folded.isalnum() and unicodedata.combining(character) == 0
            easy[code] &= not own_word[code] and code not in composing
    simple[_SHARP_S] = TWICE_S
    plain = np.where(counted, _numbers(stands_for, own_word, digit), np.uint64(SEPARATOR))
    return CodeUnitTable(np.where(easy, plain, simple), plain, own_word, joins, alone)


def fold(text: str) -> str:
    """Return a text's plain form: composed, without case, apostrophes and invisible characters."""
    if text.isascii():
        return text.lower().replace("'", "").replace("`", "")
    dropped = dropped_pattern()
    # Before anything else: some of them, as the digits of old computers, would become letters.
    shown = dropped.sub("", _emoji_pattern().sub(" ", text))
    shown = unicodedata.normalize("NFKC", shown).casefold()
    return dropped.sub("", unicodedata.normalize("NFKC", shown))


@lru_cache(maxsize=1)
def _emoji_pattern() -> re.Pattern[str]:
    return re.compile("[\U0001f000-\U0001fbff]")


@lru_cache(maxsize=1)
def dropped_pattern() -> re.Pattern[str]:
    """Match a character that does not count, and parts no words."""
    return re.compile(f"[{_INVISIBLE}{_APOSTROPHES}]")


@lru_cache(maxsize=1)
def unspaced_pattern() -> re.Pattern[str]:
    """Match a character of a script without word spaces."""
    return re.compile(f"[{_UNSPACED_RANGES}]")


@lru_cache(maxsize=1)
def cluster_pattern() -> re.Pattern[str]:
    """Match a character with all that may be composed with it."""
    joining = sorted(_composing() | _marks())
    ranges = "".join(re.escape(chr(code)) for code in joining)
    return re.compile(f".[{ranges}{_INVISIBLE}{_APOSTROPHES}]*", re.DOTALL)


def _counts(character: str) -> bool:
    """Whether a character is part of a word: a letter, a digit, or a mark on them."""
    return character.isalnum() or _is_mark(character)


def _is_mark(character: str) -> bool:
    return unicodedata.category(character) in ("Mn", "Mc", "Me")


def scramble(numbers: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Finish hashes in place as splitmix64 does (Steele, Lea, Flood 2014): each bit moves all."""
    numbers ^= numbers >> SHIFT_1
    numbers *= MIX_1
    numbers ^= numbers >> SHIFT_2
    numbers *= MIX_2
    numbers ^= numbers >> SHIFT_3
    return numbers


def _numbers(
    codes: NDArray[np.intp], unspaced: NDArray[np.bool_], digit: NDArray[np.bool_]
) -> NDArray[np.uint64]:
    """Return the characters' numbers: never 0, and with the low bits that the module speaks of."""
    hashes = scramble(codes.astype(np.uint64) * _STEP + _SEED) | _HIGHEST
    flags = np.where(unspaced, np.uint64(UNSPACED), np.uint64(0)) | digit.astype(np.uint64)
    return hashes >> np.uint64(MARKED_BITS) << np.uint64(MARKED_BITS) | flags


@lru_cache(maxsize=1)
def _composing() -> frozenset[int]:
    """Characters that some character is composed with, as its second part."""
    return frozenset({*_second_parts(range(_BASIC_PLANE)), *_HANGUL_TAILS})


def _second_parts(codes: Iterable[int]) -> Iterable[int]:
    for code in codes:
        parts = unicodedata.decomposition(chr(code)).split()
        if len(parts) == 2 and not parts[0].startswith("<"):  # noqa: PLR2004 - a letter and a mark
            yield int(parts[1], 16)


@lru_cache(maxsize=1)
def _marks() -> frozenset[int]:
    """Every mark, and the half-width voice marks that NFKC makes marks of."""
    codes = (code for code in range(_BASIC_PLANE) if code not in _SURROGATES)
    return frozenset(
        code for code in codes if _is_mark(unicodedata.normalize("NFKC", chr(code))[0])
    )
