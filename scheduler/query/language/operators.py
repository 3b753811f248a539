"""Operators as they are typed: what a word is when it is one, or a slip of one; pure."""

from __future__ import annotations

import re

from scheduler.query.language.limits import MOST_DISTANCE, MOST_MENTIONS, shown
from storage.errors import QueryError

USUAL_DISTANCE = 4
"""What NEAR means without a number."""

WORD_OPERATORS = {"AND": "_AND", "OR": "_OR", "NOT": "NOT"}
SIGN_OPERATORS = {"&": "_AND", "&&": "_AND", "|": "_OR", "||": "_OR", "!": "NOT"}

_NEAR = re.compile(
    r"(?P<slashed>o?near|around|n?w|n|pre|p|adj|within|)/(?P<number>[^/]*)"
    r"|(?P<joined>o?near|pre|adj|within)(?P<joined_number>\d+)"
    r"|(?P<alone>O?NEAR|AROUND|WITHIN)",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"(\d{1,9})(f?)", re.IGNORECASE)
_BEHIND = re.compile(r"\s*\(\s*(\d{1,9})\s*\)|\s+(\d{1,3})(?:\s+WORDS(?:\s+OF)?)?(?=\s+[^\s)])")
_USUAL = re.compile(r"(?:o?near|w|pre)/\d+f?|O?NEAR\d*|AROUND.*", re.IGNORECASE)
_AT_LEAST = re.compile(r"atleast/(\d{1,9})|ATLEAST(\d{1,9})", re.IGNORECASE)
_COUNT = re.compile(r"\{\s*(\d{1,9})\s*,?\s*\}")
_ORDERED = ("onear", "pre", "p")
_SPOTS = re.compile(
    r"(?:w|nw|n|near|pre|adj|)/(?:s|p|seg|sent|sentence|para|paragraph)", re.IGNORECASE
)

_LETTERS_OF_A_WORD = 2

Proximity = tuple[int, bool]


def proximity(word: str, text: str, end: int, at: int) -> tuple[Proximity, int] | None:
    """Return a proximity operator's (distance, ordered), and the position at which it ends.

    `text` from `end` on is what follows the word: "AROUND (5)". None for a word that is none.
    Raises QueryError.
    """
    if _SPOTS.fullmatch(word):
        raise QueryError(
            f"{word} is not offered: sentences and paragraphs are not told apart",
            position=at,
            suggestion="write NEAR/20",
        )
    found = _NEAR.fullmatch(word)
    if found is None:
        return None
    if found["alone"]:
        return _without_slash(word, text, end, at)
    name = found["slashed"] if found["joined"] is None else found["joined"]
    number = found["number"] if found["joined"] is None else found["joined_number"]
    if len(name) <= _LETTERS_OF_A_WORD and not number[:1].isdigit():
        return None  # w/o is a word
    if name.lower() == "nw":
        raise QueryError(
            f"{word} is not offered: what is not near",
            position=at,
            suggestion="write a NOT (a NEAR/5 b)",
        )
    distance, forward = _distance(number, name, at)
    return (distance, forward or name.lower() in _ORDERED), end


def proximity_note(typed: str, distance: int, *, ordered: bool) -> tuple[str, ...]:
    """Return a note on a proximity operator that is written as another tool has it."""
    if _USUAL.fullmatch(typed):
        return ()
    return (f"{typed} is read as {'ONEAR' if ordered else 'NEAR'}/{distance}",)


def _without_slash(word: str, text: str, end: int, at: int) -> tuple[Proximity, int] | None:
    """Return the distance of NEAR, AROUND (5) and WITHIN 5; None for the words in small letters."""
    behind = _BEHIND.match(text, end)
    if not word.isupper() or (word == "WITHIN" and behind is None):
        return None
    ordered = word == "ONEAR"
    if behind is None:
        return (USUAL_DISTANCE, ordered), end
    return (_distance(behind[1] or behind[2], word, at)[0], ordered), behind.end()


def mentions(word: str) -> int | None:
    """Return the count of ATLEAST/3; None for a word that is none."""
    found = _AT_LEAST.fullmatch(word)
    if found is None or (found[2] and not word.isupper()):
        return None
    return int(found[1] or found[2])


def count(braces: str, at: int) -> int:
    """Return the count of {3}. Raises QueryError for braces without a number."""
    found = _COUNT.fullmatch(braces)
    if found is None:
        upper = "," in braces
        raise QueryError(
            f"{shown(braces)} is no count of mentions",
            position=at,
            expected=("a number in braces: putin{3}",),
            suggestion="for at most five mentions write: a NOT a{6}"
            if upper
            else "write for instance putin{3}; for groups use round brackets",
        )
    return int(found[1])


def checked_count(number: int, at: int) -> int:
    """Return a count of mentions. Raises QueryError for one that no article, or every one, reaches."""
    if not 1 <= number <= MOST_MENTIONS:
        raise QueryError(
            f"{number} mentions can't be asked for",
            position=at,
            expected=(f"a number from 1 to {MOST_MENTIONS}",),
            suggestion="write for instance putin{3}; for none write NOT putin",
        )
    return number


def slop(number: str, at: int) -> int:
    """Return the number of "a b"~5. Raises QueryError for none, and for one too large."""
    if not number:
        raise QueryError(
            "the ~ behind a phrase needs a number",
            position=at,
            expected=(f"a number from 1 to {MOST_DISTANCE}",),
            suggestion='write for instance "a b"~5: at most 5 other words among them',
        )
    if int(number) > MOST_DISTANCE:
        raise QueryError(
            f"~{number} is too far",
            position=at,
            expected=(f"a number from 1 to {MOST_DISTANCE}",),
            suggestion=f"write ~{MOST_DISTANCE} or less, or AND for anywhere in the article",
        )
    return int(number)


def checked_distance(number: str, name: str, at: int) -> int:
    """Return the distance of a NEAR. Raises QueryError for none, and for one too large."""
    return _distance(number, name, at)[0]


def _distance(number: str, name: str, at: int) -> tuple[int, bool]:
    found = _NUMBER.fullmatch(number)
    distance = int(found[1]) if found else 0
    if found is None or not 1 <= distance <= MOST_DISTANCE:
        what = f"{name}/{number}" if number else f"{name}/"
        far = distance > MOST_DISTANCE
        raise QueryError(
            f"{what[:30]} is {'too far' if far else 'no distance'}",
            position=at,
            expected=(f"a number of words from 1 to {MOST_DISTANCE}",),
            suggestion=f"write NEAR/{MOST_DISTANCE}, or AND for anywhere in the article"
            if far
            else "write for instance NEAR/5",
        )
    return distance, bool(found[2])
