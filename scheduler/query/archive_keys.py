"""The keys of the archive's index: those that it keeps of an article, and those that a query asks for.

The index may name an article too many, never one too few: what it can't tell is left out here, and
read off the article itself.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Iterable

from scheduler.query.analysis.forms import STEMMED, forms_of, stem
from scheduler.query.analysis.tokens import tokenize
from scheduler.query.language.tree import (
    And,
    AtLeast,
    Filter,
    Near,
    Or,
    Phrase,
    Query,
    QueryReference,
    SloppyPhrase,
    WordForm,
    is_pattern,
)
from scheduler.query.matching.document import Document
from storage.stories.archive_keys import (
    AllOf,
    AnyOf,
    ArchiveKey,
    ArchiveKeyKind,
    ArchiveKeys,
    Narrowing,
)

_INDEXED = (None, "title", "lead", "text")


def keys_of(document: Document) -> ArchiveKeys:
    """Return all keys of an article's title and text."""
    surfaces = {*tokenize(document.title), *tokenize(document.text)}
    forms = [forms_of(surface, document.language) for surface in surfaces]
    return ArchiveKeys(
        words=frozenset(word for each in forms for word in each.folded),
        stems=frozenset(stem for each in forms for stem in each.stems),
        language=document.language,
    )


def narrowing_of(query: Query) -> Narrowing | None:
    """Return by what the articles that may match are found; None when any may."""
    match query:
        case Phrase(words, form, field) | SloppyPhrase(words, _, form, field):
            narrowing = None if field not in _INDEXED else _all(_of_word(w, form) for w in words)
        case Near(left, right):
            narrowing = _all(map(narrowing_of, (left, right)))
        case AtLeast(part, _) | QueryReference(_, part):
            narrowing = narrowing_of(part)
        case And(parts):
            narrowing = _all(map(narrowing_of, parts))
        case Or(parts):
            narrowing = _any(map(narrowing_of, parts))
        case Filter("lang", value):
            narrowing = ArchiveKey(ArchiveKeyKind.LANGUAGE, value)
        case _:
            narrowing = None
    return narrowing


def _of_word(word: str, form: WordForm) -> Narrowing | None:
    if is_pattern(word):
        start = word[: min(word.find(sign) for sign in "*?" if sign in word)]
        return ArchiveKey(ArchiveKeyKind.PREFIX, start) if start else None
    if form is WordForm.COMPOUND:
        return None  # the index does not know the parts of words
    if form is WordForm.RAW:
        return _any(ArchiveKey(ArchiveKeyKind.WORD, plain) for plain in _plain_forms(word))
    if form is WordForm.EXACT:
        return ArchiveKey(ArchiveKeyKind.WORD, word)
    # As `Forms.inflected` has it; a stem by no language's rules is the word.
    inflected = itertools.product((ArchiveKeyKind.WORD, ArchiveKeyKind.STEM), _stems(word))
    return _any(itertools.starmap(ArchiveKey, inflected))


@functools.lru_cache(maxsize=4096)
def _plain_forms(word: str) -> tuple[str, ...]:
    return tuple(sorted({forms_of(word, language).plain for language in (None, *STEMMED)}))


@functools.lru_cache(maxsize=4096)
def _stems(word: str) -> tuple[str, ...]:
    return tuple(sorted({stem(word, language) for language in (None, *STEMMED)}))


def _all(parts: Iterable[Narrowing | None]) -> Narrowing | None:
    """Join what narrows; what does not is left to the evaluation."""
    narrowings = tuple(dict.fromkeys(part for part in parts if part is not None))
    return _lone(narrowings) or (AllOf(narrowings) if narrowings else None)


def _any(parts: Iterable[Narrowing | None]) -> Narrowing | None:
    """Join alternatives; with one that any article may match, any may."""
    alternatives = tuple(dict.fromkeys(parts))
    if None in alternatives:
        return None
    kept = tuple(part for part in alternatives if part is not None)
    return _lone(kept) or AnyOf(kept)


def _lone(parts: tuple[Narrowing, ...]) -> Narrowing | None:
    return parts[0] if len(parts) == 1 else None
