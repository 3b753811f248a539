"""Words with signs on them, as people type them: =exact, #tag, an address, /regex/, fuzzy~; pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from scheduler.query.language import fields
from scheduler.query.language.limits import shown
from scheduler.query.language.term_nodes import FieldScope
from scheduler.query.language.tree import WordForm
from storage.errors import QueryError

_NAME = re.compile(r"@(\w[\w-]*)")
_PREFIX = re.compile(r"([^\W\d_][\w-]{0,29}):")
_REPEAT = re.compile(r"repeat(\d{1,9})")
_ADDRESS = re.compile(r"[a-z][a-z0-9+.\-]{0,19}://\S+", re.IGNORECASE)
_SCHEME = re.compile(r"[a-z][a-z0-9+.\-]*://(?:www\.)?", re.IGNORECASE)
_FUZZY = re.compile(r"[^~]+~[\d.]*")
_REGEX = re.compile(r"/[^/]+/[a-z]{0,6}")
_LONE = frozenset(",;.\u2026\u2013\u2014\u00b7\u2022")
_SMALL = {"and": "AND", "or": "OR", "not": "NOT"}


@dataclass(frozen=True, slots=True)
class PlainWord:
    """A word without its signs; with `exact_follows` the sign goes for what comes next."""

    text: str
    scope: FieldScope
    notes: tuple[str, ...] = ()
    exact_follows: bool = False


def is_punctuation(word: str) -> bool:
    """Tell whether a piece of text is a sign between words, that says nothing."""
    return len(word) == 1 and word in _LONE


def reference_name(word: str, at: int) -> str | None:
    """Return the name of a kept query, @name; None for another word.

    Raises QueryError for an @ with what can't be a name behind it.
    """
    found = _NAME.match(word)
    if found is None:
        return None
    if word[found.end() :].strip(",;."):
        raise QueryError(
            f"{shown(word)} is no name of a query",
            position=at,
            expected=("@ and letters, figures, - or _",),
            suggestion=f'write {found[0]}, or put it in quotes to search for it: "{found[1]}"',
        )
    return found[1]


def field_prefix(word: str) -> str | None:
    """Return what stands before a word's first colon, when it looks like a field's name."""
    found = _PREFIX.match(word)
    if found is None or word.startswith("//", found.end()):
        return None
    return found[1]


def repeat_count(name: str) -> int | None:
    """Return the count of GDELT's repeat3: field."""
    found = _REPEAT.fullmatch(name)
    return int(found[1]) if found else None


def check_unknown(name: str, word: str, at: int) -> None:
    """Refuse a name before a colon that other tools know, or a slip of a known one.

    Raises QueryError.
    """
    if name.lower() in fields.NOT_OFFERED:
        reason, advice = fields.NOT_OFFERED[name.lower()]
        raise QueryError(f"{name}: is not offered: {reason}", position=at, suggestion=advice)
    meant = fields.meant_by(name.lower())
    if meant is not None:
        raise QueryError(
            f"there is no field {name}:",
            position=at,
            expected=(f"{meant}:",),
            suggestion=f'write {meant}:, or put it in quotes to search for it: "{word[:40]}"',
        )


def is_prose_colon(word: str, name: str) -> bool:
    """Tell whether the colon behind a name only ends a word, as in prose."""
    return len(word) == len(name) + 1


def strip_signs(word: str, at: int, scope: FieldScope, *, quotes_follow: bool) -> PlainWord:
    """Return a word without its signs, and what they mean. Raises QueryError for what is not offered."""
    if word[0] == "=":
        scope = replace(scope, form=WordForm.EXACT)
        if word == "=" and quotes_follow:
            return PlainWord("", scope, exact_follows=True)
        return PlainWord(word[1:], scope)
    if _ADDRESS.fullmatch(word) and scope.field in (None, "url"):
        word, scope = _SCHEME.sub("", word, count=1), replace(scope, field="url")
    if scope.field == "url":
        # A question mark belongs to an address; it is no wildcard there.
        return PlainWord(word.replace("?", " "), scope)
    _check_signs(word, at)
    return PlainWord(word, scope, tuple(_notes(word)))


def _check_signs(word: str, at: int) -> None:
    if _FUZZY.fullmatch(word):
        raise QueryError(
            f"{shown(word)}: fuzzy words are not offered",
            position=at,
            suggestion="write the spellings with OR, or a wildcard: col*r, organi?ation",
        )
    if _REGEX.fullmatch(word):
        raise QueryError(
            f"{shown(word)}: regular expressions are not offered",
            position=at,
            suggestion="write a wildcard, or the words that you mean with OR: wom?n, econom*",
        )
    if word[0] in "[]":
        raise QueryError(
            f"{word[0]!r} does not group words",
            position=at,
            expected=("(",),
            suggestion="write round brackets, or quotes for a phrase",
        )


def _notes(word: str) -> list[str]:
    operator = _SMALL.get(word.lower())
    if operator:
        return [
            f"{shown(word)} is a word here, since it is not in capitals; for the operator write {operator}"
        ]
    if word[0] in "'`\u2018\u201a\u2032\u2033\u00b4":
        return ['single quotation marks make no phrase; write "…" for words side by side']
    return []
