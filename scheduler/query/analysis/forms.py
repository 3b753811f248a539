"""What a word of an article is found by: folded form, stem, its parts, and what it pretends to be; pure."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache

import Stemmer

from scheduler.query.analysis import affixes
from scheduler.query.analysis.figures import singular, spelt_with_s
from scheduler.query.analysis.folding import MOST_LETTERS, fold
from scheduler.query.analysis.lookalikes import disguised_word

# What a following vowel cuts short; the word proper is behind the apostrophe.
_FRENCH = frozenset(
    ["l", "d", "j", "m", "t", "s", "n", "c", "qu", "jusqu", "lorsqu", "puisqu", "quoiqu"]
)
_ITALIAN = frozenset(
    [
        *(
            "l",
            "un",
            "d",
            "c",
            "n",
            "m",
            "t",
            "s",
            "v",
            "gl",
            "dell",
            "nell",
            "all",
            "dall",
            "sull",
        ),
        *("coll", "quell", "quest", "bell", "sant", "anch", "com", "dov", "senz", "tutt", "degl"),
    ]
)
_CATALAN = frozenset(["l", "d", "m", "n", "s", "t"])
# Where the language is not known, those that are no part of a name elsewhere.
_ANYWHERE = frozenset(["l", "d", "qu", "dell", "nell", "all", "dall", "sull"])
_ELISIONS = {"fr": _FRENCH, "it": _ITALIAN, "ca": _CATALAN, None: _ANYWHERE}

# Languages that put an apostrophe between a name and its ending: Türkiye'nin, Kennedy'ego.
_WITH_ENDINGS = frozenset({"az", "pl", "tr"})

_GERMAN = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})
_NORDIC = str.maketrans({"å": "aa", "ø": "oe"})
_SPELT_OUT = {"de": _GERMAN, **dict.fromkeys(("da", "nb", "nn", "no"), _NORDIC)}

_FEWEST_LETTERS_IN_PART = 2


def parts_of(plain: str, language: str | None) -> tuple[str, ...]:
    """Return what a folded word with an apostrophe is found by without the rest."""
    before, apostrophe, after = plain.partition("'")
    if not apostrophe:
        return ()
    if before[-1:].isdecimal():  # Danish F-16'er, Turkish F-16'lar
        return (before,)
    if before in _ELISIONS.get(language, ()):
        return (after,) if len(after) >= _FEWEST_LETTERS_IN_PART else ()
    return (before,) if language in _WITH_ENDINGS and len(before) >= _FEWEST_LETTERS_IN_PART else ()


def spelt_out(surface: str, language: str | None) -> str:
    """Return a word with umlauts as two letters, where its language writes so; else the word itself."""
    table = _SPELT_OUT.get(language or "")
    if table is None or surface.isascii():
        return surface
    return unicodedata.normalize("NFC", surface).lower().translate(table)


# ISO 639-1 to Snowball's algorithm (https://snowballstem.org). Not Arabic's, which takes وزير for
# "and a visitor", and leaves شركات and الشركات apart.
_ALGORITHMS = {
    "hy": "armenian",
    "eu": "basque",
    "ca": "catalan",
    "cs": "czech",
    "da": "danish",
    "nl": "dutch",
    "en": "english",
    "eo": "esperanto",
    "et": "estonian",
    "fi": "finnish",
    "fr": "french",
    "de": "german",
    "el": "greek",
    "hi": "hindi",
    "hu": "hungarian",
    "id": "indonesian",
    "ga": "irish",
    "it": "italian",
    "lt": "lithuanian",
    "ne": "nepali",
    "no": "norwegian",
    "nb": "norwegian",
    "nn": "norwegian",
    "fa": "persian",
    "pl": "polish",
    "pt": "portuguese",
    "ro": "romanian",
    "ru": "russian",
    "sr": "serbian",
    "st": "sesotho",
    "es": "spanish",
    "sv": "swedish",
    "ta": "tamil",
    "tr": "turkish",
    "yi": "yiddish",
}
STEMMED = (*_ALGORITHMS, *affixes.LANGUAGES)
"""The languages with rules for stems, ISO 639-1."""

_FIGURE = re.compile(r"\d")
_NO_WORD = re.compile(r"[0-9'&+#.]")
# The rules for Portuguese know -ação only with its accents, and of eleições no singular.
_PORTUGUESE_PLURAL = re.compile("(?<=..)oes$")
_PORTUGUESE_ENDING = re.compile("(?<=..)cao$")
_FEWEST_LETTERS = 2


@dataclass(frozen=True, slots=True)
class TokenForms:
    """Of one word: `plain` is folded, `raw` as written.

    `others` are folded forms that mean the same ("l'ukraine" is "ukraine" too). `disguise` is the
    folded word that this one is made to look like with letters of another script or with invisible
    characters; None for an honest word. `folded` are all folded forms by which it is found, each
    once, `stems` those of all of these.

    Of `inflected` one is the word that a topic asks for, or its stem, when all forms are asked for.
    The folded forms are among them since a word can be the stem of its other forms and yet have a
    shorter one of its own: Problem and Probleme, Газпром and Газпрома, seçim and seçimler.
    """

    plain: str
    raw: str
    folded: tuple[str, ...]
    stems: frozenset[str]
    inflected: frozenset[str]
    others: tuple[str, ...]
    disguise: str | None


@lru_cache(maxsize=1 << 15)  # articles repeat their words
def forms_of(surface: str, language: str | None) -> TokenForms:
    """Return the forms of a word as it stands in an article of that language (ISO 639-1)."""
    plain = fold(surface)
    others = parts_of(plain, language)
    if (spelt := spelt_out(surface, language)) is not surface and (other := fold(spelt)) != plain:
        others = (*others, other)
    has_figures = _FIGURE.search(surface) is not None
    if has_figures and (plural := spelt_with_s(surface)) is not None:
        others = (*others, fold(plural))
    disguise = disguised_word(surface, plain, language)
    words = {plain, *others, disguise or plain}
    stems = {stem(word, language) for word in words}
    if has_figures and (base := singular(surface, language)) is not None:
        stems.add(fold(base))
    if language in affixes.LANGUAGES and not has_figures:
        stems.update(*(affixes.bare_forms(word, language) for word in words))
    elif not surface.isascii() and disguise is None:
        stems.add(_stem_with_accents(surface, plain, language))
    folded = tuple(dict.fromkeys((plain, *others, disguise or plain)))
    return TokenForms(
        plain=plain,
        raw=as_written(surface),
        folded=folded,
        stems=frozenset(stems),
        inflected=frozenset(stems.union(folded)),
        others=others,
        disguise=disguise,
    )


def as_written(surface: str) -> str:
    """Return a word with its accents as parts of its letters, in whichever way they were encoded."""
    return unicodedata.normalize("NFC", surface)


def stem(word: str, language: str | None) -> str:
    """Return the stem of a folded word; the word itself where the language has no rules.

    So are words with figures or signs, and those of which one letter would stay: with the rules for
    Hindi माँ, mother, and में, in. Stems are Snowball's of the word without its accents: to be
    compared, not shown. Not for several threads at once without the interpreter's lock.
    """
    if language in affixes.LANGUAGES and not _NO_WORD.search(word):
        return affixes.bare(word, language)
    algorithm = _ALGORITHMS.get(language or "")
    if algorithm is None or _NO_WORD.search(word):
        return word
    spelt = _portuguese(word) if language == "pt" else word
    stemmed: str = _stemmer(algorithm).stemWord(spelt)
    if len(stemmed) < _FEWEST_LETTERS:
        stemmed = word
    # Some algorithms put letters back that folding took away: Turkish ç, Persian ک.
    return stemmed if stemmed.isascii() else fold(stemmed)


def _portuguese(word: str) -> str:
    return _PORTUGUESE_ENDING.sub("ção", _PORTUGUESE_PLURAL.sub("ao", word))


def _stem_with_accents(surface: str, plain: str, language: str | None) -> str:
    """Stem the word as it is spelt, for rules that look for an accent: wyborów, but not wyborow."""
    if language not in _ALGORITHMS or _NO_WORD.search(plain) or len(surface) > MOST_LETTERS:
        return stem(plain, language)
    spelt = unicodedata.normalize("NFC", surface).lower()
    return stem(spelt, language) or plain


@cache
def _stemmer(algorithm: str) -> Stemmer.Stemmer:
    # Without a cache of its own: the caller has one.
    return Stemmer.Stemmer(algorithm, 0)


def matches_wildcard(pattern: str, word: str) -> bool:
    """Tell whether the whole word has the pattern's shape.

    Goes back to the last `*` only, which is enough: an earlier one can't do better. At most
    len(pattern) * len(word) steps, where a backtracking expression may take a power of them.
    """
    at = place = 0
    star, resumed = -1, 0
    while place < len(word):
        sign = pattern[at] if at < len(pattern) else ""
        if sign == "*":
            star, resumed = at, place
            at += 1
        elif sign and sign in (word[place], "?"):
            at += 1
            place += 1
        elif star >= 0:
            resumed += 1
            at, place = star + 1, resumed
        else:
            return False
    return not pattern[at:].strip("*")
