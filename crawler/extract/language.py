"""The language of a text: what the text shows; what its page declares counts where it is too short to tell."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import cache

from crawler.lexicon.languages import by_language

_TAG = re.compile(r"([a-z]{2})(?:[-_].*)?\Z", re.IGNORECASE)
_SAMPLE = 2000  # characters; more make py3langid slower and no surer
_LEAST_GUESSED = 60  # characters, below which its guess is worth nothing
_LEAST_SHOWN = 120  # characters, below which what is declared is believed against it
_CLEAR = 30.0  # by how much the logarithm of the best guess exceeds that of what is declared

# A text shows the language that is declared when so many of its words are common ones of it, and of
# no other language many more; then no model is asked, which takes 100 MB of memory.
_SHARE = 0.1
_OF_THE_BEST = 0.7

_WORD = re.compile(r"[^\W\d_]+")
_SCRIPTS = {
    "ja": re.compile("[\u3040-\u30ff]"),
    "zh": re.compile("[\u4e00-\u9fff]"),
    "ko": re.compile("[\uac00-\ud7a3]"),
    "th": re.compile("[\u0e00-\u0e7f]"),
    "hi": re.compile("[\u0900-\u097f]"),
    "ka": re.compile("[\u10a0-\u10ff]"),
    "hy": re.compile("[\u0530-\u058f]"),
}
_LEAST_OF_SCRIPT = 0.2
# What is declared tells these apart better than their words do.
_ALIKE = (
    frozenset(("bs", "hr", "sr", "sh")),
    frozenset(("id", "ms")),
    frozenset(("no", "nb", "nn")),
)
_WRITTEN_ALIKE = {"nb": "no", "nn": "no", "bs": "hr", "sr": "hr", "ms": "id"}


def declared_language(declared: Iterable[str]) -> str | None:
    """Return the first that is a language's tag (RFC 5646), as an ISO 639-1 code; None for none."""
    tags = (_TAG.match(tag.strip()) for tag in declared)
    return next((tag[1].lower() for tag in tags if tag), None)


def language_of(declared: Sequence[str], text: str) -> str | None:
    """Return the ISO 639-1 code of a text's language, None where nothing tells it.

    `declared` are what the page says, the first that is a code counts.
    """
    told = declared_language(declared)
    sample = text[:_SAMPLE]
    if told is None:
        return _guessed(sample)[0][0] if len(sample) >= _LEAST_GUESSED else None
    if len(sample) < _LEAST_SHOWN or _shows(sample, told):
        return told
    return _weighed(told, sample)


def _shows(text: str, language: str) -> bool:
    """Tell whether a text's words or letters are those of a language."""
    if language in _SCRIPTS:
        letters = sum(map(str.isalpha, text))
        return len(_SCRIPTS[language].findall(text)) >= _LEAST_OF_SCRIPT * letters
    counts, total = _common_words(text)
    best = max(counts.values(), default=0)
    own = counts[_WRITTEN_ALIKE.get(language, language)]
    return own >= _SHARE * total and own >= _OF_THE_BEST * best


def _common_words(text: str) -> tuple[Counter[str], int]:
    """Return how many of a text's words are common ones of each language, and the number of all."""
    counts: Counter[str] = Counter()
    found = _WORD.findall(_plain(text))
    for word in found:
        counts.update(_common().get(word, ()))
    return counts, len(found)


@cache
def _common() -> Mapping[str, tuple[str, ...]]:
    languages: dict[str, tuple[str, ...]] = {}
    for language, words in by_language("language", "common").items():
        for word in words:
            languages[_plain(word)] = (*languages.get(_plain(word), ()), language)
    return languages


def _plain(text: str) -> str:
    apart = unicodedata.normalize("NFD", text.casefold())
    return "".join(letter for letter in apart if not unicodedata.combining(letter))


def _weighed(told: str, text: str) -> str:
    """Return what a model finds in a text, if it is clearly another language than what is declared."""
    guesses = _guessed(text)
    best, score = guesses[0]
    if best == told or len(best) != len(told) or any({best, told} <= kin for kin in _ALIKE):
        return told
    of_told = dict(guesses).get(told)
    return told if of_told is not None and score - of_told < _CLEAR else best


def _guessed(text: str) -> list[tuple[str, float]]:
    """Return languages with the logarithms of how probable they are, the most probable first."""
    import py3langid  # noqa: PLC0415  loads a model; only workers that need it pay

    return [(str(code), float(score)) for code, score in py3langid.rank(text)]
