"""Words of a text, folded so that case, accents and width do not matter, with their places."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

# Scripts without spaces between words are cut into single characters; a word of such a script is
# then found as the run of its characters, a phrase.
_UNSPACED = (
    "\u0e00-\u0eff"  # Thai, Lao
    "\u1000-\u109f\u1780-\u17ff"  # Burmese, Khmer
    "\u3040-\u30ff"  # kana
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"  # Han
    "\U00020000-\U0003ffff"
)
_TOKEN = re.compile(
    rf"[{_UNSPACED}]|(?:(?![{_UNSPACED}])[^\W_])+(?:['\u2019](?:(?![{_UNSPACED}])[^\W_])+)*"
)
_MARKS = frozenset({"Mn", "Cf"})
# Letters that Unicode does not take apart, and that people type without their stroke.
_STROKES = str.maketrans("łŁđĐøØħĦ", "lLdDoOhH")


@dataclass(frozen=True, slots=True)
class Token:
    """A folded word and where it stands in the text as given: characters start to end."""

    word: str
    start: int
    end: int


def tokens(text: str) -> list[Token]:
    """Cut a text into its words, in order."""
    plain, places = _without_marks(text)
    return [
        Token(_folded(found.group()), places[found.start()], places[found.end() - 1] + 1)
        for found in _TOKEN.finditer(plain)
    ]


def places(text: str) -> list[tuple[str, int, int]]:
    """Cut a text into its words as they are written, each with its start and end."""
    return [(text[each.start : each.end], each.start, each.end) for each in tokens(text)]


def words(text: str) -> tuple[str, ...]:
    """Give only the folded words of a text."""
    return tuple(token.word for token in tokens(text))


def _without_marks(text: str) -> tuple[str, list[int]]:
    """Drop accents, soft hyphens and zero-width characters; say where each kept one stood."""
    if text.isascii():
        return text, list(range(len(text)))
    kept: list[str] = []
    places: list[int] = []
    for place, character in enumerate(text):
        for part in _parts(character):
            kept.append(part)
            places.append(place)
    return "".join(kept), places


@lru_cache(maxsize=8192)
def _parts(character: str) -> str:
    decomposed = unicodedata.normalize("NFKD", character.translate(_STROKES))
    return "".join(part for part in decomposed if unicodedata.category(part) not in _MARKS)


def _folded(word: str) -> str:
    return word.casefold().replace("\u2019", "'").removesuffix("'s")


def cut(text: str) -> list[str]:
    """Cut a text into its words as they are written."""
    return [surface for surface, _, _ in places(text)]
