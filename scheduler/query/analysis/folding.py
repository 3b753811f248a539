"""One word without case, accents, width and signs: as topics and articles are compared; pure.

Unicode's case folding and compatibility forms (UAX #15, NFKC), and what they leave apart that people
type as one.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from scheduler.query.analysis.alphabet import APOSTROPHES, INVISIBLE, alphabet

MOST_LETTERS = 200
"""Characters of a word that count, after invisible ones and floods of marks are taken out."""

MOST_BESIDE_AND = 2
"""Letters on each side of an & that make one word of it: AT&T, but not Tom&Jerry."""

_MARKS_OF_ONE = 4

# Marks that are dropped wherever they did not become part of a letter: accents, variation
# selectors, Hebrew points, Arabic vowels, and the dot of Hindi, which writers leave out at will.
_DROPPED = re.compile(
    "[\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06e4"
    "\u06e7-\u06ed\u0711\u0730-\u074a\u08ca-\u08ff\u093c\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff"
    "\ufe00-\ufe0f\ufe20-\ufe2f\U000e0100-\U000e01ef]"
)
# Scripts whose letters lose their accents. Elsewhere an accent makes another letter: й, が.
_BARE = re.compile("[\u0000-\u024f\u0370-\u03ff\u0590-\u05ff\u0627]")
# Letters that Unicode does not take apart, or not as people type them.
_SPECIAL = {
    **dict(zip("łđøħıŧɓɗƙƴ", "ldohitbdky", strict=True)),
    "æ": "ae",
    "œ": "oe",
    "ð": "d",
    "þ": "th",
    "ŉ": "n",
    "ŀ": "l",
    "ё": "е",
    "ѐ": "е",
    "ѝ": "и",
    # White letters on black, of which Unicode knows no plain form.
    **{
        chr(start + place): chr(0x61 + place) for start in (0x1F150, 0x1F170) for place in range(26)
    },
    **dict.fromkeys("أإآٱ", "ا"),
    "ۀ": "ه",
    "ی": "ي",
    "ک": "ك",
}
# Signs and marks inside words: what they fold to.
_SIGNS = {
    **dict.fromkeys("\u00a0\u202f\u066c", "'"),  # between thousands
    **dict.fromkeys("\uff0e\u066b", "."),
    **dict.fromkeys('"\u05f4\u201c\u201d\u00b7', ""),
    "\uff0c": ",",
    "\uff06": "&",
    "\uff9e": "\u3099",  # half-width voice marks
    "\uff9f": "\u309a",
    "\u0901": "\u0902",  # Hindi writes either for a nasal
}
_NUMBER = re.compile(
    r"([1-9][0-9]{0,2}(?:(?:,[0-9]{2,3}){0,8},[0-9]{3}|(?:\.[0-9]{3}){1,9}|(?:'[0-9]{3}){1,9}))"
    r"(?![0-9])(?:[.,](?=[0-9]))?"
)


def fold(surface: str) -> str:
    """Return one word of a text, folded. Folding a second time changes nothing.

    Numbers lose the separators of thousands and have a decimal point; acronyms lose their dots,
    words the possessive 's. Beyond MOST_LETTERS a word is its beginning.
    """
    if len(surface) > MOST_LETTERS:
        surface = _shortened(surface)
    word = surface.lower() if surface.isascii() else _without_accents(surface)
    return word if word.isalnum() else _without_signs(word)


def _shortened(surface: str) -> str:
    """Cut a word that is too long; before that, what may hide a word in one that is not."""
    return _flood().sub(r"\1", re.sub(f"[{INVISIBLE}]+", "", surface))[:MOST_LETTERS]


@cache
def _flood() -> re.Pattern[str]:
    marks = alphabet().marks
    return re.compile(f"([{marks}]{{{_MARKS_OF_ONE}}})[{marks}]+")


def _without_accents(surface: str) -> str:
    composed = unicodedata.normalize("NFC", surface).translate(_letters())
    return unicodedata.normalize("NFC", composed)[:MOST_LETTERS]


def _without_signs(word: str) -> str:
    if word[:1].isdecimal():
        word = _number(word)
    elif "." in word:
        word = word.replace(".", "")
    if "&" in word and max(map(len, word.split("'")[0].split("&"))) > MOST_BESIDE_AND:
        word = word.replace("&", "")  # one letter became several: Œ&A
    while (shorter := word.rstrip("'&").removesuffix("'s")) != word:
        word = shorter
    return word


def _number(word: str) -> str:
    """Write a number with figures and one point."""
    grouped = _NUMBER.match(word)
    if grouped is None:
        return word.replace(",", ".", 1)
    whole = re.sub("[,.']", "", grouped[1])
    point = "." if grouped.end() > grouped.end(1) else ""
    return whole + point + word[grouped.end() :]


class _LetterFolds(dict[int, str]):
    """What each character folds to: worked out when it is first seen, by its code point."""

    def __missing__(self, code: int) -> str:
        self[code] = folded = _letter(chr(code))
        return folded


@cache
def _letters() -> _LetterFolds:
    letters = _LetterFolds()
    letters.update((ord(sign), folded) for sign, folded in _SIGNS.items())
    return letters


def _letter(character: str) -> str:
    apostrophe, invisible, spaced, unspaced = _kinds()
    if apostrophe.match(character):
        return "'"
    if invisible.match(character) or _DROPPED.match(character):
        return ""
    folded = _bare(character)
    # A form that is several words (a fraction, an Arabic formula) would not be found again.
    kind = unspaced if unspaced.match(character) else spaced
    return folded if kind.fullmatch(folded) else character


@cache
def _kinds() -> tuple[re.Pattern[str], ...]:
    kinds = alphabet()
    return (
        re.compile(f"[{APOSTROPHES}]"),
        re.compile(f"[{INVISIBLE}]"),
        re.compile(f"[{kinds.letters}][{kinds.letters}{kinds.marks}]*"),
        re.compile(f"[{kinds.unspaced}][{kinds.joined_on}]*"),
    )


def _bare(character: str) -> str:
    if (figure := unicodedata.decimal(character, None)) is not None:
        return str(figure)
    apart = unicodedata.normalize("NFKD", _special(character.casefold()))
    if _BARE.match(apart):
        apart = _DROPPED.sub("", apart)
    composed = _DROPPED.sub("", unicodedata.normalize("NFKC", apart))
    return _special(composed.casefold())


def _special(letters: str) -> str:
    return "".join(_SPECIAL.get(letter, letter) for letter in letters)
