"""Queries under names: which others hold them, and who could not be read after a change."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from scheduler.query.language.parser import parse_query
from scheduler.query.language.tree import names_in
from storage.errors import QueryError

_SIGNS = "@\uff20"  # the wide one is read as the other
_MENTION = re.compile(rf"[{_SIGNS}]([\w-]+)")


@dataclass(frozen=True, slots=True)
class UnreadableQuery:
    """A query that can't be read, whose it is, and why not."""

    whose: str
    query: str
    error: QueryError


def possible_names(query: str) -> frozenset[str]:
    """Return all that could be names of kept queries in a text, also when it can't be read.

    Also what only looks like one, within a phrase: who looks for holders by it finds too many.
    """
    return frozenset(_MENTION.findall(query))


def name_spellings(names: Iterable[str]) -> list[str]:
    """Return how names are written in queries, to look for holders by."""
    return [sign + name for name in names for sign in _SIGNS]


def names_affected(changed: Iterable[str], named: Mapping[str, str]) -> frozenset[str]:
    """Return the names whose meaning changes with some names: they, and those that hold them."""
    reached = set(changed)
    holding = {name: possible_names(query) for name, query in named.items()}
    while more := {name for name, held in holding.items() if held & reached} - reached:
        reached |= more
    return frozenset(reached)


def names_used(query: str, named: Mapping[str, str]) -> frozenset[str]:
    """Return the named queries that one holds, also by way of others."""
    try:
        return names_in(parse_query(query, named, part=True))
    except QueryError:
        return possible_names(query)


def unreadable(
    queries: Iterable[tuple[str, str]], named: Mapping[str, str], *, part: bool = False
) -> Iterator[UnreadableQuery]:
    """Go through the (whose, query) that can't be read with these named queries.

    A `part` of others, as what is kept under a name, may say only what must not appear.
    """
    for whose, query in queries:
        try:
            parse_query(query, named, part=part)
        except QueryError as error:
            yield UnreadableQuery(whose, query, error)


def newly_unreadable(
    queries: Iterable[tuple[str, str]],
    before: Mapping[str, str],
    after: Mapping[str, str],
    *,
    part: bool = False,
) -> Iterator[UnreadableQuery]:
    """Go through those that could be read before a change of the named queries, and not after."""
    for found in unreadable(queries, after, part=part):
        if not any(unreadable([(found.whose, found.query)], before, part=part)):
            yield found
