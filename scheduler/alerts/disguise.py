"""Words in disguise, told to people: as written, what they are read as, and what gives them away; pure."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from storage.models.articles import Article, Revision
from storage.models.matches import Highlight

_ALPHABETS = ("Armenian", "Cherokee", "Cyrillic", "Greek", "Latin")


@dataclass(frozen=True, slots=True)
class Disguise:
    """A word that only looks like another one; `by` names what it does so with."""

    written: str
    word: str
    by: str

    def __str__(self) -> str:
        return f"{self.written} stands for {self.word}, by {self.by}"


def disguises(article: Article | Revision, highlights: Iterable[Highlight]) -> tuple[Disguise, ...]:
    """Return the words of an article that matched by what they look like, each once."""
    parts = {"title": article.title, "text": article.text}
    found = (
        Disguise(written, place.disguised, _by(written, place.disguised))
        for place in highlights
        if place.disguised and (written := parts[place.part][place.start : place.end])
    )
    return tuple(dict.fromkeys(found))


def _by(written: str, word: str) -> str:
    foreign = dict.fromkeys(_foreign(written, word))
    return " and ".join(foreign) or "letters that look alike"


def _foreign(written: str, word: str) -> Iterator[str]:
    """Name the characters that are not of the word's own alphabet."""
    home = next((_alphabet(letter) for letter in word if letter.isalpha()), "Latin")
    for character in written:
        if unicodedata.category(character) == "Cf":
            yield "invisible characters"
        elif character.isalpha() and (alphabet := _alphabet(character)) != home:
            yield f"{alphabet} letters"


def _alphabet(letter: str) -> str:
    first = unicodedata.name(letter, "").partition(" ")[0].capitalize()
    return first if first in _ALPHABETS else "ornamental"
