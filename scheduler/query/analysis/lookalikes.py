"""Words that pretend: with letters of another script that look alike, or with invisible characters; pure.

The pairs are from Unicode's confusables (UTS #39), those that can be seen in running text. Two are
not: к is used for k all the same, and the palochka ӏ is an l, as it looks. Case counts: В looks
like B, and в like nothing Latin.
"""

from __future__ import annotations

import re
from functools import cache

from scheduler.query.analysis.folding import fold

# Of each Latin letter what is taken for it: Cyrillic, Greek, Armenian, Cherokee, and the small
# capitals and phonetic letters of Latin itself.
_TAKEN_FOR = """
a аαɑᴀ  b Ьʙ  c сᴄϲ  d ԁᴅ  e еҽᴇёѐ  f ẝꜰ  g ɡցɢ  h һհʜ  i іɪιї  j јϳᴊ  k кκᴋ
l ʟꮮӏӀ  m ᴍ  n ոռɴ  o оοօᴏσ  p рρᴘ  q ԛզ  r гʀᴦ  s ѕꜱ  t ᴛτ  u սυᴜ  v ѵνᴠ
w ԝѡաᴡ  x хχ  y уүγʏ  z ᴢ
A АΑᎪ  B ВΒᏴ  C СᏟϹ  D Ꭰ  E ЕΕᎬЁ  G ԌᏀ  H НΗᎻ  I ІΙЇ  J ЈᎫͿ  K КΚᏦ  L Ꮮ
M МΜᎷ  N Ν  O ОΟՕ  P РΡᏢ  R ᎡᏒ  S ЅՏᏚ  T ТΤᎢ  U Ս  V ѴᏙ  W ԜᏔᎳ  X ХΧ  Y ҮΥУ
Z ΖᏃ
"""
_TO_CYRILLIC = str.maketrans("aceopxykABCEHKMOPTXY", "асеорхукАВСЕНКМОРТХУ")
_UKRAINIAN = str.maketrans("iI", "іІ")

# ISO 639-1. Those that are written in both alphabets are in neither: there any word may be honest.
_WRITTEN_IN_LATIN = frozenset(
    [
        *("af", "ca", "cs", "cy", "da", "de", "en", "eo", "es", "et", "eu", "fi", "fr", "ga", "gl"),
        *("hr", "ht", "hu", "id", "is", "it", "lt", "lv", "ms", "mt", "nb", "nl", "nn", "no", "pl"),
        *("pt", "ro", "sk", "sl", "sq", "sv", "sw", "tl", "tr", "vi"),
    ]
)
_WRITTEN_IN_CYRILLIC = frozenset(["be", "bg", "kk", "ky", "mk", "mn", "ru", "tg", "uk"])
_WITH_CYRILLIC_I = frozenset({"be", "kk", "uk"})

_ONLY_LATIN = re.compile("(?=.*[a-z])[a-z0-9'&+#.]+")
_ONLY_CYRILLIC = re.compile("[\u0430-\u045f\u0491-\u04ff0-9']+")
_LATIN = re.compile("[A-Za-z]")
_CYRILLIC = re.compile("[\u0400-\u052f]")
# Letters of scripts of their own, so that a word of nothing else may be honest.
_FOREIGN = re.compile("[\u0370-\u052f\u0531-\u0587\u13a0-\u13ff\uab70-\uabbf]")
# A small Greek letter in a Latin word is a symbol (TNFα, NFκB), unless a small letter follows.
_POSING = re.compile(
    "[\u03b1-\u03c9](?=[a-z])|[\u0370-\u03b0\u03ca-\u052f\u0531-\u0587\u13a0-\u13ff\uab70-\uabbf]"
)
# Circled, squared and mathematical letters; few of them together are a formula.
_FANCY = re.compile(
    "[\u24b6-\u24e9\U0001d400-\U0001d7ff\U0001f130-\U0001f149\U0001f150-\U0001f169"
    "\U0001f170-\U0001f189]"
)
_HIDDEN = re.compile("[\u200b\u2060-\u2064\ufeff]")
# Joiners and marks of direction have a use in the scripts of Asia, inside a European word none.
_HIDDEN_IN_EUROPE = re.compile(
    "[\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff"
    "\U000e0000-\U000e007f]"
)
_EUROPEAN = re.compile("[A-Za-z\u00c0-\u024f\u0370-\u052f]")

_FEWEST_LETTERS = 3
"""Shorter words that look alike are more often honest: a foreign word, a sign of a formula."""


def disguised_word(surface: str, plain: str, language: str | None) -> str | None:
    """Return the folded word that a surface is made to look like; None for an honest word.

    `plain` is the folded surface. It is the answer itself when the disguise is invisible characters
    or fancy letters: folding has seen through those.
    """
    if surface.isascii():
        return None
    readings = [_as_latin, _as_cyrillic]
    if language in _WRITTEN_IN_CYRILLIC:
        readings.reverse()
    for reading in readings:
        if (word := reading(surface, language)) is not None:
            return word
    return plain if _hides(surface) else None


def _as_latin(surface: str, language: str | None) -> str | None:
    foreign = _FOREIGN.search(surface) is not None
    mixed = _LATIN.search(surface) is not None
    if foreign and not mixed and language not in _WRITTEN_IN_LATIN:
        return None
    shown = surface.translate(_to_latin())
    if shown == surface or (foreign and mixed and not _POSING.search(surface)):
        return None
    word = fold(shown)
    if not _ONLY_LATIN.fullmatch(word) or (not mixed and len(word) < _FEWEST_LETTERS):
        return None
    return word


def _as_cyrillic(surface: str, language: str | None) -> str | None:
    if not (_LATIN.search(surface) and _CYRILLIC.search(surface)):
        return None
    shown = surface.translate(_TO_CYRILLIC)
    if language in _WITH_CYRILLIC_I:
        shown = shown.translate(_UKRAINIAN)
    word = fold(shown)
    return word if _ONLY_CYRILLIC.fullmatch(word) else None


def _hides(surface: str) -> bool:
    hidden = _HIDDEN_IN_EUROPE if _EUROPEAN.search(surface) else _HIDDEN
    if hidden.search(surface):
        return True
    return len(_FANCY.findall(surface)) >= _FEWEST_LETTERS


@cache
def _to_latin() -> dict[int, str]:
    entries = _TAKEN_FOR.split()
    pairs = zip(entries[::2], entries[1::2], strict=True)
    return {ord(sign): letter for letter, signs in pairs for sign in signs}
