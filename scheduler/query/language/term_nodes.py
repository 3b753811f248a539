"""The nodes of what was typed as a word or between quotation marks: phrases, sloppy or with gaps; pure."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass, replace

from scheduler.query.analysis.figures import asked_for
from scheduler.query.analysis.folding import fold
from scheduler.query.analysis.forms import as_written
from scheduler.query.analysis.tokens import folded_words, token_spans, tokenize
from scheduler.query.language.fields import NAMES
from scheduler.query.language.limits import MOST_DISTANCE, MOST_LETTERS, shown
from scheduler.query.language.tree import (
    Near,
    Or,
    Phrase,
    Query,
    SloppyPhrase,
    WordForm,
    is_pattern,
)
from storage.errors import QueryError

# Shorter ones are found in nearly every article, and a star in front can't use an ordered list.
_LEAST_LETTERS = 2
_LEAST_BEHIND_STAR = 3
_ESCAPED = re.compile(r"\\[*?\"]")
_CHUNK = re.compile(r"\S+")
_RUN = re.compile(r"[*?]+|[^*?]+")
_STARS = re.compile(r"\*+")
_GAP = "*"
_TWO = 2


@dataclass(frozen=True, slots=True)
class FieldScope:
    """What fields and modifiers say of the words behind them; `field` may be a filter's."""

    field: str | None = None
    form: WordForm | None = None


@dataclass(frozen=True, slots=True)
class TermNode:
    """The node of some text, and whether a question mark at its end was taken for one of a question."""

    query: Query
    questioned: bool = False


def word_node(text: str, at: int, scope: FieldScope) -> TermNode:
    """Return the node of a word without quotes; one that is several tokens is a phrase.

    Raises QueryError for what holds no word, and for wildcards that match too much.
    """
    usual = WordForm.EXACT if scope.field in NAMES else WordForm.STEM
    term = _term_node(text, at, FieldScope(scope.field, scope.form or usual))
    if isinstance(term.query, Phrase) and term.query.form is WordForm.STEM:
        return replace(term, query=_with_plurals(text, term.query))
    return term


def quoted_node(text: str, at: int, slop: int | None, scope: FieldScope) -> TermNode:
    """Return the node of what stands between quotation marks; with a slop, words in any order.

    Raises QueryError as `word_node`.
    """
    return _term_node(text, at, FieldScope(scope.field, scope.form or WordForm.EXACT), slop)


def count_words(query: Query) -> int:
    """Return the number of words of a leaf, a phrase with gaps, or a plural; of others it is one."""
    match query:
        case Phrase(found) | SloppyPhrase(found):
            return len(found)
        case Near(left, right):
            return count_words(left) + count_words(right)
        case Or(parts):
            return sum(map(count_words, parts))
    return 1


def _term_node(text: str, at: int, scope: FieldScope, slop: int | None = None) -> TermNode:
    form = scope.form or WordForm.STEM
    if form in (WordForm.STEM, WordForm.COMPOUND) and scope.field in NAMES:
        form = WordForm.EXACT
    text = _ESCAPED.sub("  ", text)
    found = _raw(text, at) if form is WordForm.RAW else _cut(text)
    # A question mark that ends a word ends a question; inside one it is a wildcard.
    asked = any(piece[-1] == "?" for piece in found)
    found = [_checked(piece, at) for each in found if (piece := each.rstrip("?"))]
    kept = tuple(word for word in found if word != _GAP)
    if not kept:
        raise _no_word(text, at)
    if slop is not None:
        typed = [_cut(each.group()) for each in _CHUNK.finditer(text)]
        query = _window(kept, slop, form, scope.field)
        if len(typed) == _TWO < len(kept) == sum(map(len, typed)) and isinstance(
            query, SloppyPhrase
        ):
            query = _both_near(query, len(typed[0]))
    elif len(kept) == len(found):
        query = Phrase(kept, form, scope.field)
    else:
        query = _with_gaps(found, form, scope.field, at)
    return TermNode(query, asked)


def _with_plurals(text: str, phrase: Phrase) -> Query:
    """Ask for what is meant by words with figures: F-16 by F-16s."""
    asked = [asked_for(surface) for surface in tokenize(text)]
    if not any(asked) or len(asked) != len(phrase.words):
        return phrase
    if len(asked) == 1:
        ways = tuple(replace(phrase, words=(fold(way),)) for way in asked[0])
        return ways[0] if len(ways) == 1 else Or(ways)
    meant = (fold(way[-1]) if way else word for way, word in zip(asked, phrase.words, strict=True))
    return replace(phrase, words=tuple(meant))


def _window(found: tuple[str, ...], slop: int, form: WordForm, field: str | None) -> Query:
    if slop == 0 or len(found) == 1:
        return Phrase(found, form, field)
    return SloppyPhrase(found, slop, form, field)


def _both_near(window: SloppyPhrase, first: int) -> Query:
    """Keep each of two typed words whole that are cut into several: 東京 is found as it stands."""
    left, right = window.words[:first], window.words[first:]
    sides = Phrase(left, window.form, window.field), Phrase(right, window.form, window.field)
    return Near(*sides, min(window.slop + 1, MOST_DISTANCE))


def _with_gaps(found: list[str], form: WordForm, field: str | None, at: int) -> Query:
    """Read stars that stand for a word each: what is behind them begins at most so much later."""
    distance = 1
    parts: list[tuple[int, Query]] = []
    for is_gap, run in itertools.groupby(found, lambda word: word == _GAP):
        if is_gap:
            distance = 1 + len(list(run))
        else:
            parts.append((distance, Phrase(tuple(run), form, field)))
    (_, query), *others = parts
    for distance, part in others:
        if distance > MOST_DISTANCE:
            raise QueryError(
                f"{distance - 1} stars in a row reach too far",
                position=at,
                expected=(f"at most {MOST_DISTANCE - 1} stars",),
                suggestion="write AND for anywhere in the article",
            )
        query = Near(query, part, distance, ordered=True)
    return query


def _raw(text: str, at: int) -> list[str]:
    if "*" in text:
        raise QueryError(
            f"a wildcard can't stand in words that are searched as they are written: {shown(text)}",
            position=at,
            suggestion="leave out raw: or the star",
        )
    return [as_written(surface) for surface, _, _ in token_spans(text)]


def _cut(text: str) -> list[str]:
    """Return the folded words, patterns among them, and stars that stand alone."""
    if "*" not in text and "?" not in text:
        return list(folded_words(text))
    found: list[str] = []
    for chunk in _CHUNK.findall(text):
        if chunk.strip("*"):
            found.extend(_shapes(chunk))
        else:
            found.append(_GAP)
    return found


def _shapes(chunk: str) -> list[str]:
    """Cut a run of letters and wildcards: a wildcard belongs to the words that touch it."""
    pieces: list[list[str]] = []
    touching = False
    for run in _RUN.findall(chunk):
        wild = run[0] in "*?"
        spots = [(_STARS.sub("*", run), 0, len(run))] if wild else _spots(run)
        for word, start, _ in spots:
            if touching and start == 0:
                pieces[-1].append(word)
            else:
                pieces.append([word])
            touching = False
        touching = bool(spots) and spots[-1][2] == len(run)
    return ["".join(parts) for parts in pieces]


def _spots(text: str) -> list[tuple[str, int, int]]:
    """Return the folded words of a text with their starts and ends."""
    return [
        (word, start, end)
        for word, (_, start, end) in zip(folded_words(text), token_spans(text), strict=True)
    ]


def _checked(piece: str, at: int) -> str:
    """Refuse a pattern that says too little; take stars off words that are found inside others."""
    if piece == _GAP or not is_pattern(piece):
        return piece
    letters = piece.replace("*", "").replace("?", "")
    if letters and all(map(_is_unspaced, letters)):
        if is_pattern(piece.strip("*")):
            raise _inside_unspaced(piece, at)
        return letters
    if len(piece) > MOST_LETTERS:
        raise QueryError(
            f"{shown(piece)} is longer than any word",
            position=at,
            expected=(f"at most {MOST_LETTERS} characters in a word with wildcards",),
            suggestion="write the beginning of the word and one star",
        )
    least = _LEAST_BEHIND_STAR if piece[0] == "*" else _LEAST_LETTERS
    if len(letters) < least:
        raise QueryError(
            f"{shown(piece)} would match too many words",
            position=at,
            expected=(
                f"at least {least} letters in {'a word' if least == _LEAST_LETTERS else '*…'}",
            ),
            suggestion="write more of the word, or the words that you mean with OR",
        )
    return piece


def _is_unspaced(letter: str) -> bool:
    return len(folded_words(letter + letter)) > 1


def _no_word(text: str, at: int) -> QueryError:
    if text.strip(" *?") == "" and text.strip():
        return QueryError(
            f"{shown(text.strip())} alone stands for every word",
            position=at,
            expected=("a word", "a part of a word with * or ?"),
            suggestion="leave it out, or write the beginning of a word before it: econom*",
        )
    return QueryError(
        f"{shown(text)} holds no word",
        position=at,
        expected=("a word", "a phrase"),
        suggestion="put at least one letter or figure there",
    )


def _inside_unspaced(piece: str, at: int) -> QueryError:
    return QueryError(
        f"a wildcard can't stand inside {shown(piece)}: its script has no spaces between words",
        position=at,
        suggestion="write both parts, near each other: 東京 ONEAR/3 大学",
    )
