"""How large a query may be, counted without recursion and with what its named parts hold; pure."""

from __future__ import annotations

from collections.abc import Mapping

from scheduler.query.language.tree import Query, QueryReference, children
from storage.errors import QueryError

MOST_CHARACTERS = 200_000
MOST_TERMS = 10_000
MOST_DEPTH = 100
MOST_MENTIONS = 1_000
MOST_LETTERS = 100
"""The longest pattern; no word of any language is longer."""

_SHOWN = 40
MOST_DISTANCE = 100
"""The farthest that NEAR reaches, and the most words that a window may hold beyond its own."""


def shown(text: str) -> str:
    """Return a piece of what was typed as a message quotes it: not all of a long one."""
    return repr(text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "\u2026")


def depth_of(query: Query, depths: Mapping[str, int]) -> int:
    """Return the number of levels of a tree; `depths` are those of the named queries in it."""
    deepest, depth, level = 0, 0, [query]
    while level:
        depth += 1
        below: list[Query] = []
        for node in level:
            if isinstance(node, QueryReference):
                deepest = max(deepest, depth + depths[node.name])
            else:
                below.extend(children(node))
        level = below
    return max(deepest, depth)


def too_long(count: int) -> QueryError:
    """Return the error for a text of so many characters."""
    return QueryError(
        f"the query has {count} characters, more than {MOST_CHARACTERS}",
        position=MOST_CHARACTERS,
        suggestion="split it into several topics, or keep parts of it under names",
    )


def too_many_terms(position: int) -> QueryError:
    """Return the error for the word that is one too many."""
    return QueryError(
        f"the query has more than {MOST_TERMS} words, with those of its named queries",
        position=position,
        suggestion="split it into several topics, or use wildcards",
    )


def too_deep(position: int, what: str = "the query is") -> QueryError:
    """Return the error for what is nested too deep."""
    return QueryError(
        f"{what} nested deeper than {MOST_DEPTH}",
        position=position,
        suggestion="leave out brackets that are not needed, or keep parts of it under names",
    )
