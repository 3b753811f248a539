"""Words by which newsrooms mark what they edit, and what surrounds a text, in the larger languages; pure."""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING

from crawler.lexicon.languages import by_language, either, words

if TYPE_CHECKING:
    from collections.abc import Mapping

_DATED = re.compile(r"\d{1,2}[:.h]\d\d|\b(19|20)\d\d\b|\d{1,2}[./-]\d{1,2}")
_MOST_LABEL_WORDS = 18
"""A line with more words than that is a sentence, whatever it begins with."""

_MOST_TIME_WORDS = 6
"""The words that a line with a time has besides it: "last updated by Ann Lee at"."""


def is_correction(sentence: str) -> bool:
    """Tell whether a sentence says that the text was corrected or withdrawn."""
    return bool(_corrections().search(sentence.casefold()))


def is_edge(sentence: str) -> bool:
    """Tell whether a line belongs to the page and not to the text: times, counters, links, adverts."""
    if len(sentence.split()) > _MOST_LABEL_WORDS:
        return False
    folded = sentence.casefold()
    return bool(_edges().match(folded) or _counters().search(folded)) or _is_time(folded)


def without_ages(sentence: str) -> str:
    """Take out how long ago something was: it changes by itself."""
    return _ages().sub(" ", sentence)


def without_label(headline: str) -> str:
    """Take off what says of a headline only that it is new: LIVE, Update, Breaking."""
    return _prefixes().sub("", headline)


def is_calendar(word: str) -> bool:
    """Tell whether a word is a day or a month, which follow-ups exchange for style."""
    return word.casefold() in _words("days")


def is_little(word: str) -> bool:
    """Tell whether a folded word says nothing by itself, such as an article."""
    return word in _words("little")


def number_words(language: str | None) -> Mapping[str, str]:
    """Return the digits of the numbers from two to twelve that a language writes out.

    One is an article in most languages, and no number here. A language that is unknown or not
    among these has none, for `once` is eleven in Spanish.
    """
    written = by_language("edits", "numbers").get(language or "", ())
    return {word: str(value) for value, word in enumerate(written, start=2)}


def _is_time(folded: str) -> bool:
    """Tell whether a line says when the text was published or changed, and nothing else."""
    if not _times().match(folded) or not _DATED.search(folded):
        return False
    others = [word for word in re.findall(r"[^\W\d_]+", folded) if not is_calendar(word)]
    return len(others) <= _MOST_TIME_WORDS


@functools.cache
def _times() -> re.Pattern[str]:
    return re.compile(rf"^\W{{0,5}}({_either('times')})(?!\w)")


@functools.cache
def _corrections() -> re.Pattern[str]:
    label = (
        rf"({_either('corrections')})(\s*\([^)]{{0,60}}\)|\s+[\d./-]{{1,12}})?\s*([:：—–|-]|[.]?$)"
    )
    labels = rf"^\W{{0,5}}({label}|({_either('corrections_unspaced')}))"
    return re.compile(rf"{labels}|\b({_either('correction_phrases')})")


@functools.cache
def _edges() -> re.Pattern[str]:
    return re.compile(rf"^\W{{0,5}}({_either('page_lines')})(?!\w)")


@functools.cache
def _counters() -> re.Pattern[str]:
    number = rf"\b\d[\d.,]{{0,12}} ?({_either('magnitudes')})?"
    return re.compile(rf"{number} ?({_either('counted')})\b", re.IGNORECASE)


@functools.cache
def _ages() -> re.Pattern[str]:
    return re.compile(_either("ages"), re.IGNORECASE)


@functools.cache
def _prefixes() -> re.Pattern[str]:
    return re.compile(rf"^\W*({_either('novelty')})\s*(\d+\s*)?[:|–—-]\s*", re.IGNORECASE)


@functools.cache
def _words(key: str) -> frozenset[str]:
    return frozenset(words("edits", key))


def _either(key: str) -> str:
    return either("edits", key)
