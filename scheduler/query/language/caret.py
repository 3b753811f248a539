"""Shows a place in a query: the line that holds it, cut round it, and a caret underneath; pure."""

from __future__ import annotations

import unicodedata

_WIDTH = 72  # columns of what is shown
_BEFORE = 48  # of those, at most so many before the place
_CUT = "…"


def with_caret(text: str, position: int) -> str:
    """Return two lines: what stands round a position (characters from 0), and a caret under it."""
    position = max(0, min(position, len(text)))
    start = text.rfind("\n", 0, position) + 1
    end = text.find("\n", position)
    shown = [_shown(character) for character in text[start : len(text) if end < 0 else end]]
    at = position - start
    first = _reach(shown[:at][::-1], _BEFORE)
    before, after = shown[at - first : at], shown[at:]
    last = _reach(after, _WIDTH - _columns(before))
    head = "".join(before) if first == at else _CUT + "".join(before)
    tail = "".join(after[:last]) + (_CUT if last < len(after) else "")
    return f"{head}{tail}\n{' ' * _columns(head)}^"


def _reach(characters: list[str], columns: int) -> int:
    """Say how many characters fit."""
    used = 0
    for count, character in enumerate(characters):
        used += _columns(character)
        if used > columns:
            return count
    return len(characters)


def _shown(character: str) -> str:
    # What does not print, or turns the direction of the line, must not move the caret either.
    if unicodedata.category(character) in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"):
        return " "
    return character


def _columns(text: str | list[str]) -> int:
    """Return the columns that a terminal uses: two for wide characters, none for combining ones."""
    return sum(
        0
        if unicodedata.combining(c) or unicodedata.category(c) in ("Mn", "Me")
        else 2
        if unicodedata.east_asian_width(c) in "WF"
        else 1
        for c in text
    )
