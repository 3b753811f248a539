"""Which characters make words: the classes of the expression that cuts texts; pure."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

APOSTROPHES = "'\u2019\u2018\u201b\u02bb-\u02bf\u05f3\uff07"
"""Signs that stand inside names: as a class, with what Unicode calls letters (Ukrainian, Hawaiian)."""

INVISIBLE = (
    "\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff"
    "\U000e0000-\U000e007f"
)
"""Soft hyphens, characters without width and marks of direction: as a class."""

# Scripts without spaces between words. Korean has some, but glues particles to its nouns.
_UNSPACED = (
    (0x0E00, 0x0EFF),  # Thai, Lao
    (0x1000, 0x109F),  # Burmese
    (0x1100, 0x11FF),  # Hangul, taken apart
    (0x1780, 0x17FF),  # Khmer
    (0x1950, 0x19DF),  # Tai Le, New Tai Lue
    (0x1A20, 0x1AAF),  # Tai Tham
    (0x2E80, 0x2FDF),  # radicals, as copied out of PDF
    (0x3000, 0x31FF),  # kana, Bopomofo, Hangul letters
    (0x3400, 0x4DBF),  # Han
    (0x4E00, 0x9FFF),
    (0xA960, 0xA97F),
    (0xAA60, 0xAA7F),
    (0xAC00, 0xD7FF),  # Hangul
    (0xF900, 0xFAFF),
    (0xFF66, 0xFFDC),  # half-width kana and Hangul
)
# Beyond the first plane whole blocks stand for their letters: each range there costs every look-up.
_FAR_LETTERS = (
    "\U00010000-\U00016fff\U0001d400-\U0001d7ff\U0001df00-\U0001eeff\U0001f130-\U0001f189"
)
_FAR_FIGURES = "\U0001d7ce-\U0001d7ff"  # the others fold to no other figures
_FAR_UNSPACED = "\U00017000-\U0001b16f\U00020000-\U0003ffff"
_FAR_MARKS = "\U000e0100-\U000e01ef"

_CIRCLED = range(0x24B6, 0x24EA)
_RADICALS = range(0x2E80, 0x2FE0)
_TATWEEL = 0x0640
# Vowels and final consonants of Hangul that is taken apart, and half-width voice marks.
_JOINED_ON = frozenset(
    [*range(0x1161, 0x1200), *range(0xD7B0, 0xD7FC), 0xFF9E, 0xFF9F]
)  # fmt: skip
_NO_LETTERS = frozenset(
    [
        *range(0x02BB, 0x02C0),  # apostrophes
        *(0x115F, 0x1160, 0x3164, 0xFFA0),  # fillers: they show as nothing
        _TATWEEL,  # stretches a letter, as a mark
    ]
)


@dataclass(frozen=True, slots=True)
class Alphabet:
    """Contents of character classes.

    `letters` also has the `figures`; `unspaced` are characters that are words by themselves, with
    the `joined_on` that follow, of which `marks` are a part.
    """

    letters: str
    figures: str
    marks: str
    unspaced: str
    joined_on: str


@cache
def alphabet() -> Alphabet:
    """Return the classes by the interpreter's Unicode; worked out once, in about 20 ms."""
    letters: list[int] = []
    figures: list[int] = []
    marks: list[int] = []
    unspaced: list[int] = []
    blocks = frozenset(code for first, last in _UNSPACED for code in range(first, last + 1))
    for code in range(0x10000):
        category = unicodedata.category(chr(code))
        if category[0] == "M" or code == _TATWEEL:
            marks.append(code)
        elif code in _NO_LETTERS or not _is_letter(code, category):
            continue
        elif code in blocks and category != "Nd":
            unspaced.append(code)
        else:
            letters.append(code)
            if category in ("Nd", "No"):
                figures.append(code)
    return Alphabet(
        letters=_as_class(letters) + _FAR_LETTERS,
        figures=_as_class(figures) + _FAR_FIGURES,
        marks=_as_class(marks) + _FAR_MARKS,
        unspaced=_as_class(code for code in unspaced if code not in (0xFF9E, 0xFF9F))
        + _FAR_UNSPACED,
        joined_on=_as_class(sorted({*marks, *_JOINED_ON})) + _FAR_MARKS,
    )


def _is_letter(code: int, category: str) -> bool:
    if code in _CIRCLED or code in _RADICALS:
        return category == "So"
    return category[0] == "L" or category in ("Nd", "Nl", "No")


def _as_class(codes: Iterable[int]) -> str:
    """Write sorted code points as ranges."""
    runs: list[list[int]] = []
    for code in codes:
        if runs and code == runs[-1][1] + 1:
            runs[-1][1] = code
        else:
            runs.append([code, code])
    return "".join(f"\\u{first:04x}-\\u{last:04x}" for first, last in runs)
