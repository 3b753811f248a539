"""How languages write days: months, weekdays, and the words that stand beside a date; pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from crawler.lexicon.languages import by_language, words

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Fold = Callable[[str], str]
    """Makes one spelling of all that are read alike."""


def month_numbers(fold: Fold, key: str = "months") -> Mapping[str, int]:
    """Return the months, 1 to 12, by all their names as `fold` leaves them.

    A name that languages use for different months is that of the language that is tried first.
    """
    named: dict[str, int] = {}
    for names in by_language("dates", key).values():
        for number, spellings in enumerate(names, start=1):
            for spelling in filter(None, spellings.split(", ")):
                named.setdefault(fold(spelling), number)
    return named


def any_word(fold: Fold, *keys: str) -> str:
    """Return a regular expression for what stands under these keys of `dates`, the longest first."""
    folded = {fold(word) for key in keys for word in words("dates", key)}
    longest_first = sorted(folded, key=lambda word: (-len(word), word))
    return rf"(?<!\w)(?:{'|'.join(map(re.escape, longest_first))})(?!\w)"
