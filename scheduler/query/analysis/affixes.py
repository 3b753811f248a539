"""Arabic, Hebrew and Urdu words without what is written on them: conjunctions, prepositions, articles, endings; pure.

For Arabic after light10 (Larkey, Ballesteros and Connell, "Improving stemming for Arabic information
retrieval", SIGIR 2002; Lucene's ArabicStemmer), with the letters و ف ب ك ل too. Those begin many words
of their own (وزير is no "and a visitor"): the lexicon lists them, and only a text's words are tried
without such a letter, never those that a topic asks for. Which words are common was looked up in wordfreq
(Robyn Speer, data under CC BY-SA 4.0); which of them own their first letter is our reading.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache

from crawler.lexicon.languages import by_language
from scheduler.query.analysis.folding import fold

_FEWEST_LETTERS = 3  # of what is left of a word
_FEWEST_BEHIND_ARTICLE = 2
_FEWEST_BEFORE_T = 4

_ARABIC_ARTICLE = re.compile("(?:[وف]?[بك]?ال|[وف]?لل)(?=..)")
_ARABIC_OWNERS = re.compile("(?<=...)(?:ها|هم|هن|هما|نا|كم)$")
_ARABIC_NUMBERS = re.compile("(?:(?<=...)(?:ان|ين|ون|يه|ية)|(?<=..)ات)$")
_ARABIC_LAST = re.compile("(?:(?<=..)[ةه]|(?<=...)ي)$")
_HEBREW_ENDING = re.compile("(?<=...)(?:יים|ים|יות|ות|ה|ת)$")
_HEBREW_FINALS = str.maketrans("ךםןףץ", "כמנפצ")
_HEBREW_TOGETHER = ("לכש", "כש", "מש")


def _folded(*endings: str) -> str:
    return "|".join(map(fold, endings))


_URDU_FEMININE = re.compile(f"(?<=..)(?:{_folded('یاں', 'یوں')})$")
_URDU_SINGULAR = re.compile(f"(?<=..)(?:{_folded('ے', 'ا', 'ہ')})$")
_URDU_PLURAL = re.compile(f"(?<=..)(?:{_folded('یں', 'وں')})$")


def bare(word: str, language: str) -> str:
    """Return the stem of a folded word in one of LANGUAGES; words of one stem are forms of one word."""
    return next(iter(_BARE[language](word)))


def bare_forms(word: str, language: str) -> frozenset[str]:
    """Return all stems that a folded word of a text may have, with the letters before it and without."""
    before = _BEFORE.get(language)
    words = {word, *before(word)} if before else {word}
    return frozenset(stem for each in words for stem in _BARE[language](each))


def _bare_arabic(word: str) -> tuple[str, ...]:
    """Return the stem without article and endings; a second one where a ت may be the word's own."""
    article = _ARABIC_ARTICLE.match(word)
    rest = word[article.end() :] if article and not _is_own("ar", word) else word
    rest = rest[:-1] + "ي" if rest.endswith("ى") else rest
    if rest in _own("ar", "endings"):
        return (rest,)
    stem = _without_arabic_endings(rest)
    if stem != rest and stem.endswith("ت") and len(stem) >= _FEWEST_BEFORE_T:
        return (stem[:-1], stem)
    return (stem,)


def _without_arabic_endings(word: str) -> str:
    return _ARABIC_LAST.sub("", _ARABIC_NUMBERS.sub("", _ARABIC_OWNERS.sub("", word)))


def _before_arabic(word: str) -> Iterator[str]:
    """Yield a word without conjunction, preposition and article, as far as they may be there."""
    words = [word]
    if word[:1] in ("و", "ف") and _may_go("ar", word):
        words.append(word[1:])
        yield word[1:]
    for each in words:
        if each[:1] in ("ب", "ك", "ل") and _may_go("ar", each):
            yield each[1:]
    article = _ARABIC_ARTICLE.match(word)
    if article and not _is_own("ar", word):
        yield word[article.end() :]  # which may begin with ال itself: الإلكترونية


def _bare_hebrew(word: str) -> tuple[str, ...]:
    rest = word[1:] if _has_hebrew_article(word) else word
    return (_without_hebrew_endings(rest),)


def _has_hebrew_article(word: str) -> bool:
    return word[:1] == "ה" and _may_go("he", word, _FEWEST_BEHIND_ARTICLE)


def _without_hebrew_endings(word: str) -> str:
    return _HEBREW_ENDING.sub("", word).translate(_HEBREW_FINALS)


def _before_hebrew(word: str) -> Iterator[str]:
    """Yield a word without ו, then without ש and its like, then without ב, כ, ל, מ, then without ה."""
    words = [word]
    for letters in (("ו",), (*_HEBREW_TOGETHER, "ש"), ("ב", "כ", "ל", "מ")):
        for each in tuple(words):
            prefix = next((letter for letter in letters if each.startswith(letter)), "")
            if prefix and _may_go("he", each, _FEWEST_LETTERS + len(prefix) - 1):
                words.append(each[len(prefix) :])
    yield from words[1:]
    yield from (each[1:] for each in words if _has_hebrew_article(each))


def _bare_urdu(word: str) -> tuple[str, ...]:
    """Return the stem; a plural in وں may be of a word that ends in a vowel, or of one that does not."""
    feminine = _URDU_FEMININE.sub(fold("ی"), word)
    if feminine != word:
        return (feminine,)
    singular = _URDU_PLURAL.sub("", word)
    if singular != word:
        return (singular, singular + fold("ہ"))
    return (_URDU_SINGULAR.sub(fold("ہ"), word),)


def _may_go(language: str, word: str, fewest: int = _FEWEST_LETTERS) -> bool:
    return len(word) > fewest and not _is_own(language, word)


def _is_own(language: str, word: str) -> bool:
    """Tell whether the first letter is the word's own, by the lexicon; its other forms count too."""
    own = _own(language, "beginnings")
    return word in own or _WITHOUT_ENDINGS[language](word) in own


@cache
def _own(language: str, part: str) -> frozenset[str]:
    lines: Iterable[str] = by_language("forms", f"own_{part}").get(language, ())
    words = [word for line in lines for word in line.split()]
    return frozenset((*words, *(word.translate(_HEBREW_FINALS) for word in words)))


_WITHOUT_ENDINGS: dict[str, Callable[[str], str]] = {
    "ar": _without_arabic_endings,
    "he": _without_hebrew_endings,
}
_BARE: dict[str, Callable[[str], tuple[str, ...]]] = {
    "ar": _bare_arabic,
    "he": _bare_hebrew,
    "ur": _bare_urdu,
}
_BEFORE: dict[str, Callable[[str], Iterator[str]]] = {"ar": _before_arabic, "he": _before_hebrew}
LANGUAGES = tuple(_BARE)
"""The languages with such rules, ISO 639-1."""
