"""Names of topics and queries: what they may be, who uses them, and what a change leaves unreadable; pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass

from scheduler.query.language.parser import parse_query
from scheduler.query.language.tree import names_in
from scheduler.query.language.word_syntax import reference_name
from storage.errors import InputError, QueryError

_MOST_NAME = 200
_MOST_DERIVED = 60
_OPERATORS = re.compile(r"\b(?:AND|OR|NOT|O?NEAR/\d+|AROUND\(\d+\))(?!\w)|\B-(?=\S)|[^\w\s'.:@&-]+")


def topic_name(text: str) -> str:
    """Return a topic's name as it is kept, in NFC. Raises InputError for what can't be one."""
    name = unicodedata.normalize("NFC", " ".join(text.split()))
    if not name:
        raise InputError("a topic needs a name")
    if len(name) > _MOST_NAME:
        raise InputError(f"a topic's name has at most {_MOST_NAME} characters, not {len(name)}")
    if not name.isprintable():
        raise InputError(f"the name {name!r} holds characters that can't be seen")
    return name


def query_name(text: str) -> str:
    """Return the name of a named query as it is kept; an @ before it may stand or not.

    Raises InputError for what can't be one.
    """
    name = unicodedata.normalize("NFC", text.strip().removeprefix("@"))
    if len(name) > _MOST_NAME or not _can_be_held(name):
        raise InputError(
            f"{text!r} can't name a query; use letters, figures, _ and -, as in russia-army"
        )
    return name


def _can_be_held(name: str) -> bool:
    """Tell whether a query reads @ and this name as the name."""
    try:
        return reference_name(f"@{name}", 0) == name
    except QueryError:
        return False


def name_from(query: str, taken: Container[str]) -> str:
    """Return a topic's name made of its query: its words, shortened, and a number if it is taken."""
    words = "".join(c if c.isprintable() else " " for c in _OPERATORS.sub(" ", query))
    name = unicodedata.normalize("NFC", " ".join(words.split())) or "topic"
    if len(name) > _MOST_DERIVED:
        name = name[:_MOST_DERIVED].rpartition(" ")[0] or name[:_MOST_DERIVED]
    return unused_name(name, taken)


def unused_name(name: str, taken: Container[str]) -> str:
    """Return a name, with a number if it is taken."""
    if name not in taken:
        return name
    count = 2
    while f"{name} ({count})" in taken:
        count += 1
    return f"{name} ({count})"


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
