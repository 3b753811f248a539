"""Where a phrase ends that a quotation mark opens, also where the marks of two keyboards are mixed; pure."""

from __future__ import annotations

import re

from scheduler.query.language.foreign_syntax import HEBREW_MARK, QUOTES
from scheduler.query.language.syntax_errors import out_of_place, unclosed

_STRAIGHT = '"\uff02'
_CURLY = "\u201c\u201d\u201e\u201f\u301d\u301e\u301f"
_BEHIND_A_PHRASE = re.compile(r"\s|[){}~,;.:^]|$")


def phrase_end(text: str, opening: str, start: int) -> int:
    """Return the position of the mark that closes a phrase; `start` is behind the one that opens it.

    A curly mark closes what a straight one opened where it ends a word and closes no other curly one.

    Raises QueryError for a mark that opens nothing, and for a phrase without an end.
    """
    closing = QUOTES.get(opening)
    if closing is None:
        raise out_of_place(opening, start - 1)
    mixed = _CURLY if opening in _STRAIGHT else ""
    marks = re.compile(rf"(?!{HEBREW_MARK})[\\{re.escape(closing + mixed)}]")
    place, inner = start, 0
    while found := marks.search(text, place):
        at, place = found.start(), found.end()
        if found[0] == "\\":
            place += 1
        elif found[0] in closing:
            return at
        elif not _ends_word(text, at, start):
            inner += 1
        elif inner:
            inner -= 1
        else:
            return at
    raise unclosed("quotation mark", closing[0], start - 1)


def _ends_word(text: str, at: int, start: int) -> bool:
    return at > start and not text[at - 1].isspace() and bool(_BEHIND_A_PHRASE.match(text, at + 1))
