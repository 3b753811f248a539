"""Wildcards: `*` is any run of characters, `?` is one. Linear in the word for each `*`, never worse; pure."""

from __future__ import annotations


def fits(pattern: str, word: str) -> bool:
    """Tell whether the whole word has the pattern's shape.

    Goes back to the last `*` only, which is enough: an earlier one can't do better. At most
    len(pattern) * len(word) steps, where a backtracking expression may take a power of them.
    """
    at = place = 0
    star, resumed = -1, 0
    while place < len(word):
        sign = pattern[at] if at < len(pattern) else ""
        if sign == "*":
            star, resumed = at, place
            at += 1
        elif sign and sign in (word[place], "?"):
            at += 1
            place += 1
        elif star >= 0:
            resumed += 1
            at, place = star + 1, resumed
        else:
            return False
    return not pattern[at:].strip("*")
