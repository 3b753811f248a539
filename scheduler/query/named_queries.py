"""Queries kept under names: which others use them, and which can't be read after a change; pure."""

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
    """A query that can't be read, the name of its topic or its own, and why not."""

    whose: str
    query: str
    error: QueryError


def possible_names(query: str) -> frozenset[str]:
    """Return all that could be names of kept queries in a text, also in one that can't be read.

    What only looks like one, within a phrase, is among them: too many, and never too few.
    """
    return frozenset(_MENTION.findall(query))


def name_spellings(names: Iterable[str]) -> list[str]:
    """Return how names are written in queries, to look for those that use them."""
    return [sign + name for name in names for sign in _SIGNS]


def names_affected(changed: Iterable[str], named: Mapping[str, str]) -> frozenset[str]:
    """Return the names whose meaning changes with some: they, and those whose queries use them."""
    affected = set(changed)
    used_by = {name: possible_names(query) for name, query in named.items()}
    while more := {name for name, used in used_by.items() if used & affected} - affected:
        affected |= more
    return frozenset(affected)


def names_used(query: str, named: Mapping[str, str]) -> frozenset[str]:
    """Return the names that a query uses, also by way of others."""
    try:
        return names_in(parse_query(query, named, part=True))
    except QueryError:
        return possible_names(query)


def unreadable(
    queries: Iterable[tuple[str, str]], named: Mapping[str, str], *, part: bool = False
) -> Iterator[UnreadableQuery]:
    """Yield those of (whose, query) that can't be read with these named queries.

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
    """Yield the queries that could be read before a change of the named ones, and not after."""
    for broken in unreadable(queries, after, part=part):
        if not any(unreadable([(broken.whose, broken.query)], before, part=part)):
            yield broken
