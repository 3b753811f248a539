"""What people are shown of an article that matched: a passage with its marks, and words in disguise; pure."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from crawler.extract.markup.clean_text import visible
from storage.models.articles import Article, Revision
from storage.models.matches import Highlight

_BEFORE, _AFTER = 160, 320  # characters of a passage before and after its first highlight
_ALPHABETS = ("Armenian", "Cherokee", "Cyrillic", "Greek", "Latin")


@dataclass(frozen=True, slots=True)
class PassagePart:
    """A part of a passage; `marked` when the query asked for it."""

    text: str
    marked: bool


@dataclass(frozen=True, slots=True)
class Disguise:
    """A word that only looks like another one; `by` names what it does so with."""

    written: str
    word: str
    by: str

    def __str__(self) -> str:
        return f"{self.written} stands for {self.word}, by {self.by}"


def passage(
    article: Article | Revision, highlights: Iterable[Highlight]
) -> tuple[PassagePart, ...]:
    """Cut the passage with the first highlight out of the text; its beginning when there is none."""
    marks = _marks(highlights, len(article.text))
    first = marks[0][0] if marks else 0
    start, end = _window(article.text, first)
    shown = [(max(start, s), min(end, e)) for s, e in marks if s < end and e > start]
    parts = [PassagePart("… ", marked=False)] if start > 0 else []
    at = start
    for mark_start, mark_end in shown:
        parts.append(PassagePart(visible(article.text[at:mark_start]), marked=False))
        parts.append(PassagePart(visible(article.text[mark_start:mark_end]), marked=True))
        at = mark_end
    parts.append(PassagePart(visible(article.text[at:end]), marked=False))
    if end < len(article.text):
        parts.append(PassagePart(" …", marked=False))
    return tuple(part for part in parts if part.text)


def _marks(highlights: Iterable[Highlight], length: int) -> list[tuple[int, int]]:
    """Put the text's highlights in order, joined where they overlap."""
    joined: list[tuple[int, int]] = []
    for mark in sorted(highlights, key=lambda highlight: (highlight.start, highlight.end)):
        if mark.part != "text" or not 0 <= mark.start < mark.end <= length:
            continue
        if joined and mark.start < joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], mark.end))
        else:
            joined.append((mark.start, mark.end))
    return joined


def _window(text: str, first: int) -> tuple[int, int]:
    """Return where a passage begins and ends, at the edges of words."""
    start, end = max(0, first - _BEFORE), min(len(text), first + _AFTER)
    if start > 0:
        start = next((i + 1 for i in range(start, first) if text[i].isspace()), start)
    if end < len(text):
        end = next((i for i in range(end, first, -1) if text[i].isspace()), end)
    return start, end


def disguises(article: Article | Revision, highlights: Iterable[Highlight]) -> tuple[Disguise, ...]:
    """Return the words of an article that matched by what they look like, each once."""
    texts = {"title": article.title, "text": article.text}
    words = (
        Disguise(written, mark.disguised, _by(written, mark.disguised))
        for mark in highlights
        if mark.disguised and (written := texts[mark.part][mark.start : mark.end])
    )
    return tuple(dict.fromkeys(words))


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
