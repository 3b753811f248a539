"""Other words that a word contains or is written as: l'ukraine is ukraine, müller is mueller; pure."""

from __future__ import annotations

import unicodedata

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

_FEWEST_LETTERS = 2


def parts_of(plain: str, language: str | None) -> tuple[str, ...]:
    """Return what a folded word with an apostrophe is found by without the rest."""
    before, apostrophe, after = plain.partition("'")
    if not apostrophe:
        return ()
    if before in _ELISIONS.get(language, ()):
        return (after,) if len(after) >= _FEWEST_LETTERS else ()
    return (before,) if language in _WITH_ENDINGS and len(before) >= _FEWEST_LETTERS else ()


def spelt_out(surface: str, language: str | None) -> str:
    """Return a word with umlauts as two letters, where its language writes so; else the word itself."""
    table = _SPELT_OUT.get(language or "")
    if table is None or surface.isascii():
        return surface
    return unicodedata.normalize("NFC", surface).lower().translate(table)
