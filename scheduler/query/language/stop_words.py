"""Words that stand in nearly every article of their language, so that they say nothing alone; pure."""

from __future__ import annotations

import functools

from crawler.lexicon.languages import words
from scheduler.query.language.tree import (
    And,
    AtLeast,
    DateRange,
    Filter,
    Near,
    Not,
    Or,
    Phrase,
    Query,
    QueryReference,
    SloppyPhrase,
    WordForm,
    children,
)


@functools.cache
def _stop_words() -> frozenset[str]:
    return frozenset(words("queries", "stop_words"))


def is_stop_word(query: Query) -> bool:
    """Tell whether a leaf says nothing: one such word, or a window of them; as written it tells."""
    match query:
        case Phrase((word,), form, field):
            return _says_nothing((word,), form, field)
        case SloppyPhrase(found, _, form, field):
            return _says_nothing(found, form, field)
    return False


def tells(query: Query) -> bool:
    """Tell whether something in a query that must hold is more than a stop word."""
    match query:
        case Not() | DateRange():
            return False
        case Filter():
            return True
        case And() | Or() | Near() | AtLeast() | QueryReference():
            return any(map(tells, children(query)))
    return not is_stop_word(query)


def _says_nothing(found: tuple[str, ...], form: WordForm, field: str | None) -> bool:
    if form is WordForm.RAW or field in ("author", "source", "url"):
        return False
    return all(word in _stop_words() for word in found)
