"""What was typed as a word or between quotation marks becomes a phrase, a window or a gap."""

from __future__ import annotations

import re
from dataclasses import dataclass

from scheduler.watch.analysis.tokens import places, words
from scheduler.watch.language.fields import NAMES
from scheduler.watch.language.tree import Form, Near, Phrase, Query, Window, is_pattern
from storage.errors import QueryError

MOST_SLOP = 100

# Shorter ones are found in nearly every article, and a star in front can't use an ordered list.
_LEAST_LETTERS = 2
_LEAST_BEHIND_STAR = 3
_ESCAPED = re.compile(r"\\[*?\"]")
_CHUNK = re.compile(r"\S+")
_RUN = re.compile(r"[*?]+|[^*?]+")
_STARS = re.compile(r"\*+")
_GAP = "*"
_FOLDINGS = 3


@dataclass(frozen=True, slots=True)
class Scope:
    """What fields and modifiers say of the words behind them; `field` may be a filter's."""

    field: str | None = None
    form: Form | None = None


@dataclass(frozen=True, slots=True)
class Worded:
    """What some text means, and whether a question mark at its end was read as one."""

    query: Query
    questioned: bool = False


def bare(text: str, at: int, scope: Scope) -> Worded:
    """Read a word that stands without quotes; one that cuts into several is a phrase."""
    usual = Form.EXACT if scope.field in NAMES else Form.STEM
    return _worded(text, at, Scope(scope.field, scope.form or usual))


def quoted(text: str, at: int, slop: int | None, scope: Scope) -> Worded:
    """Read what stands between quotation marks; with a slop, words in any order."""
    return _worded(text, at, Scope(scope.field, scope.form or Form.EXACT), slop)


def count_words(query: Query) -> int:
    """Count the words of a leaf, or of a phrase with gaps; others are one."""
    match query:
        case Phrase(found) | Window(found):
            return len(found)
        case Near(left, right):
            return count_words(left) + count_words(right)
    return 1


def _worded(text: str, at: int, scope: Scope, slop: int | None = None) -> Worded:
    form = scope.form or Form.STEM
    if form is Form.STEM and scope.field in NAMES:
        form = Form.EXACT
    text = _ESCAPED.sub("  ", text)
    found = _raw(text, at) if form is Form.RAW else _cut(text, at)
    # A question mark that ends a word ends a question; inside one it is a wildcard.
    asked = any(piece[-1] == "?" for piece in found)
    found = [_checked(piece, at) for each in found if (piece := each.rstrip("?"))]
    kept = tuple(word for word in found if word != _GAP)
    if not kept:
        raise _no_word(text, at)
    if slop is not None:
        query = _window(kept, slop, form, scope.field)
    elif len(kept) == len(found):
        query = Phrase(kept, form, scope.field)
    else:
        query = _with_gaps(found, form, scope.field)
    return Worded(query, asked)


def _window(found: tuple[str, ...], slop: int, form: Form, field: str | None) -> Query:
    if slop == 0 or len(found) == 1:
        return Phrase(found, form, field)
    return Window(found, slop, form, field)


def _with_gaps(found: list[str], form: Form, field: str | None) -> Query:
    """Read a star that stands for a word: what is behind it begins at most so much later."""
    built: Query | None = None
    run: list[str] = []
    distance = 1
    for word in [*found, _GAP]:
        if word != _GAP:
            run.append(word)
            continue
        if run:
            part = Phrase(tuple(run), form, field)
            built = part if built is None else Near(built, part, distance, ordered=True)
            run, distance = [], 1
        distance += built is not None
    assert built is not None  # noqa: S101 - the caller saw a word
    return built


def _raw(text: str, at: int) -> list[str]:
    if "*" in text:
        raise QueryError(
            f"a wildcard can't stand in words that are searched as they are written: {text!r}",
            position=at,
            suggestion="leave out raw: or the star",
        )
    return [surface for surface, _, _ in places(text)]


def _cut(text: str, at: int) -> list[str]:
    """Give the folded words, patterns among them, and stars that stand alone."""
    if "*" not in text and "?" not in text:
        return _folded(text, at)
    found: list[str] = []
    for chunk in _CHUNK.findall(text):
        if chunk.strip("*"):
            found.extend(_shapes(chunk, at))
        else:
            found.append(_GAP)
    return found


def _shapes(chunk: str, at: int) -> list[str]:
    """Cut a run of letters and wildcards: a wildcard belongs to the words that touch it."""
    pieces: list[str] = []
    touching = False
    for run in _RUN.findall(chunk):
        if run[0] in "*?":
            sign = _STARS.sub("*", run)
            pieces[-1:] = [pieces[-1] + sign] if touching else [*pieces[-1:], sign]
            touching = True
            continue
        spots = places(run)
        for folded, (_, start, _) in zip(words(run), spots, strict=True):
            word = "".join(_folded(folded, at))
            glued = touching and start == 0
            pieces[-1:] = [pieces[-1] + word] if glued else [*pieces[-1:], word]
            touching = False
        touching = bool(spots) and spots[-1][2] == len(run)
    return pieces


def _checked(piece: str, at: int) -> str:
    """Refuse a pattern that says too little; take stars off words that are found inside others."""
    if piece == _GAP or not is_pattern(piece):
        return piece
    letters = piece.replace("*", "").replace("?", "")
    if letters and all(map(_is_unspaced, letters)):
        if is_pattern(piece.strip("*")):
            raise _inside_unspaced(piece, at)
        return letters
    least = _LEAST_BEHIND_STAR if piece[0] == "*" else _LEAST_LETTERS
    if len(letters) < least:
        raise QueryError(
            f"{piece!r} would match too many words",
            position=at,
            expected=(
                f"at least {least} letters in {'a word' if least == _LEAST_LETTERS else '*…'}",
            ),
            suggestion="write more of the word, or the words that you mean with OR",
        )
    return piece


def _is_unspaced(letter: str) -> bool:
    return len(words(letter + letter)) > 1


def _folded(text: str, at: int) -> list[str]:
    """Fold words until they stay as they are, so that a printed query reads as itself."""
    found = words(text)
    if text.isascii() and "'" not in text:
        return list(found)
    for _ in range(_FOLDINGS):
        again = words(" ".join(found))
        if again == found:
            return list(found)
        found = again
    raise _no_word(text, at)


def _no_word(text: str, at: int) -> QueryError:
    if text.strip(" *?") == "" and text.strip():
        return QueryError(
            f"{text.strip()!r} alone stands for every word",
            position=at,
            expected=("a word", "a part of a word with * or ?"),
            suggestion="leave it out, or write the beginning of a word before it: econom*",
        )
    return QueryError(
        f"{text[:40]!r} holds no word",
        position=at,
        expected=("a word", "a phrase"),
        suggestion="put at least one letter or figure there",
    )


def _inside_unspaced(piece: str, at: int) -> QueryError:
    return QueryError(
        f"a wildcard can't stand inside {piece!r}: its script has no spaces between words",
        position=at,
        suggestion="write both parts, near each other: 東京 ONEAR/3 大学",
    )
