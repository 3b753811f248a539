"""The parts of German compounds: Streik in Fährstreik, Streikrecht, Lokführerstreiks; pure.

Without a full lexicon: a part of six letters is taken where what is beside it could be a word, a
shorter one where the nearest of that is a usual part, as the lexicon lists them, and one of three
letters (Rat, Amt) only where all of it is. Umlauts do not count, so that Fähre is in Fahrplan.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache

from crawler.lexicon.languages import by_language
from scheduler.query.analysis.forms import TokenForms

_LANGUAGE = "de"
_FEWEST_LETTERS = 3
_LETTERS_OF_A_LONG_PART = 5
_LONGEST = 40
_MIDDLE_LETTERS = 6
_LINKS = ("", "s", "es", "n", "en", "er", "e")
_ENDINGS = ("", "s", "es", "e", "en", "n", "er", "ern")
_OF_SHORT_WORDS = ("", "s", "es")
_VOWEL = re.compile("[aeiouy]")
# What stands before or behind a word without being one: prefixes of verbs, endings of any word.
_NO_WORDS = frozenset(
    [
        "ver",
        "ent",
        "emp",
        "zer",
        "miss",
        "hin",
        "her",
        "dar",
        "ein",
        "aus",
        "auf",
        "vor",
        "mit",
        "bei",
        "nach",
        "uber",
        "unter",
        "um",
        "durch",
        "zuruck",
        "wider",
        "wieder",
        "ung",
        "ungen",
        "heit",
        "heiten",
        "keit",
        "keiten",
        "lich",
        "liche",
        "lichen",
        "licher",
        "liches",
        "isch",
        "ische",
        "ischen",
        "ischer",
        "isches",
        "schaft",
        "los",
        "lose",
        "losen",
        "loser",
        "loses",
        "bar",
        "bare",
        "baren",
        "barer",
        "bares",
        "sam",
        "same",
        "samen",
        "haft",
        "hafte",
        "haften",
        "ern",
        "ens",
        "end",
        "ende",
        "enden",
        "ender",
        "endes",
        "ene",
        "enen",
        "ener",
        "enes",
        "est",
        "este",
        "esten",
        "tum",
        "ismus",
        "ist",
        "isten",
        "istisch",
        "ler",
        "lern",
        "ner",
        "nern",
        "erin",
        "erinnen",
        "rin",
        "rinnen",
        "innen",
        "chen",
        "lein",
        "nis",
        "nisse",
        "igen",
        "ige",
        "iger",
        "iges",
        "igkeit",
        "et",
        "ete",
        "eten",
        "eter",
        "etes",
        "ten",
        "tet",
        "tete",
        "teten",
        "nde",
        "nden",
        "nder",
        "ndes",
        "sten",
        "ster",
        "ige",
        "iert",
        "ierte",
        "ieren",
        "ierung",
        "ierungen",
        "ung",
        "ion",
        "ionen",
    ]
)


def parts_of_compound(forms: TokenForms, language: str | None) -> frozenset[str]:
    """Return what a word of an article may be a compound of; nothing in other languages than German."""
    if language != _LANGUAGE:
        return frozenset()
    return frozenset().union(*map(compound_parts, forms.folded))


@lru_cache(maxsize=1 << 15)
def compound_parts(word: str) -> frozenset[str]:
    """Return what a folded German word may be a compound of: at its beginning, its end, or inside."""
    if len(word) > _LONGEST or not word.isalpha():
        return frozenset()
    parts = set(_beginnings(word))
    for start in range(_FEWEST_LETTERS, len(word) - _FEWEST_LETTERS + 1):
        head, tail = word[:start], word[start:]
        parts.update(part for part in _bare(tail, _ENDINGS) if _ends_compound(part, head))
        if len(tail) >= _MIDDLE_LETTERS and _is_word(head):
            parts.update(part for part in _beginnings(tail) if len(part) >= _LETTERS_OF_A_LONG_PART)
    return frozenset(parts)


def _beginnings(word: str) -> set[str]:
    """Return the parts at a word's beginning, without what links them to the rest."""
    parts: set[str] = set()
    for end in range(_FEWEST_LETTERS, len(word) - _FEWEST_LETTERS + 1):
        head, rest = word[:end], word[end:]
        parts.update(part for part in _bare(head, _LINKS) if _begins_compound(part, rest))
        if rest not in _NO_WORDS and not _usual_parts().isdisjoint(_bare(rest, _ENDINGS)):
            parts.add(f"{head}e")  # Schulhof
    return parts


def _bare(text: str, endings: tuple[str, ...]) -> Iterator[str]:
    """Yield a text without each ending that it has; a short word has few of its own."""
    for ending in endings:
        if text.endswith(ending):
            part = text[: len(text) - len(ending)]
            if len(part) > _FEWEST_LETTERS or (
                len(part) == _FEWEST_LETTERS and ending in _OF_SHORT_WORDS
            ):
                yield part


def _begins_compound(part: str, rest: str) -> bool:
    if not _is_word(rest) or len(part) > _LETTERS_OF_A_LONG_PART:
        return _is_word(rest)
    ends = range(_FEWEST_LETTERS, len(rest) + 1)
    return _has_usual_part(part, _bare(rest, _ENDINGS), (rest[:end] for end in ends))


def _ends_compound(part: str, rest: str) -> bool:
    if not _is_word(rest) or len(part) > _LETTERS_OF_A_LONG_PART:
        return _is_word(rest)
    heads = list(_bare(rest, _LINKS))
    ends = (head[start:] for head in heads for start in range(len(head) - _FEWEST_LETTERS + 1))
    return _has_usual_part(part, heads, ends)


def _has_usual_part(part: str, whole: Iterable[str], near: Iterable[str]) -> bool:
    """Tell whether what is beside a part is usual, or what of it is nearest: that says less."""
    beside = whole if len(part) == _FEWEST_LETTERS else near
    return not _usual_parts().isdisjoint(beside)


def _is_word(rest: str) -> bool:
    return len(rest) >= _FEWEST_LETTERS and rest not in _NO_WORDS and bool(_VOWEL.search(rest))


@cache
def _usual_parts() -> frozenset[str]:
    lines = by_language("forms", "compound_parts").get(_LANGUAGE, ())
    return frozenset(word for line in lines for word in line.split())
