"""A query as a tree of frozen nodes; `str` prints one so that it parses to the same tree; pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

FIELDS = ("title", "lead", "text", "author", "source", "url")
"""Where words can be looked for; without one, in the title and the text."""

_READ_OTHERWISE = re.compile(
    r"(?:o?near|adj|pre|within|atl|atleast)\d+|(?!(?:\d\d)?\d0s)(?=\w*\d)\w*s"
)
"""Words that are read as operators (adj3) or as plurals (16s), unless they are in quotes."""

FILTERS = ("site", "lang", "country")
"""What is compared as a whole: a domain with its subdomains, ISO 639-1, ISO 3166-1 alpha-2."""


class WordForm(StrEnum):
    """How a word is compared with those of an article."""

    STEM = "stem"  # any inflected form, by the rules of the article's language
    COMPOUND = "compound"  # the same, and German compounds of which the word is a part
    EXACT = "exact"  # this form; case, accents and width do not matter
    RAW = "raw"  # exactly as it is written


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words side by side, in one field or anywhere. One word is the shortest phrase.

    The words are folded (`analysis.tokens.words`) unless the form is RAW. One with `*` (any run
    of letters) or `?` (one letter) stands for all words of that shape, whatever the form.
    """

    words: tuple[str, ...]
    form: WordForm = WordForm.STEM
    field: str | None = None

    def __str__(self) -> str:
        return _in_field(self.field, _worded(self.words, self.form))


@dataclass(frozen=True, slots=True)
class SloppyPhrase:
    """All the words in any order, with at most `slop` others between them ("a b"~n)."""

    words: tuple[str, ...]
    slop: int
    form: WordForm = WordForm.EXACT
    field: str | None = None

    def __str__(self) -> str:
        form = "" if self.form is WordForm.EXACT else f"{self.form}:"
        return _in_field(self.field, f'{form}"{" ".join(self.words)}"~{self.slop}')


@dataclass(frozen=True, slots=True)
class Near:
    """The right side begins at most `distance` words after the left one ends; 1 is side by side.

    Or the other way round, unless `ordered`. Both sides are positional: Phrase, Window, Near, or
    an Or of such. What is found reaches from the first word to the last, and of two findings
    of which one holds the other only the shorter counts (minimal intervals: Clarke, Cormack and
    Burkowski, 1995).
    """

    left: Query
    right: Query
    distance: int
    ordered: bool = False

    def __str__(self) -> str:
        operator = f"{'ONEAR' if self.ordered else 'NEAR'}/{self.distance}"
        left = _bracketed(self.left, Or, And)
        return f"{left} {operator} {_bracketed(self.right, Or, And, Near)}"


@dataclass(frozen=True, slots=True)
class AtLeast:
    """The positional part is found so many times."""

    part: Query
    count: int

    def __str__(self) -> str:
        return f"{_bracketed(self.part, Or, And, Near)}{{{self.count}}}"


@dataclass(frozen=True, slots=True)
class Filter:
    """The article's site, language or country is that: one of FILTERS, in small letters."""

    field: str
    value: str

    def __str__(self) -> str:
        return f"{self.field}:{self.value}"


@dataclass(frozen=True, slots=True)
class DateRange:
    """The article's day (UTC) is in the range, both ends included; None is no limit."""

    first: date | None
    last: date | None

    def __str__(self) -> str:
        if self.first == self.last:
            return f"date:{self.first}"
        if self.last is None:
            return f"date:>={self.first}"
        return f"date:<={self.last}" if self.first is None else f"date:{self.first}..{self.last}"


@dataclass(frozen=True, slots=True)
class QueryReference:
    """A query that is kept under a name, in the place of that name."""

    name: str
    part: Query

    def __str__(self) -> str:
        return f"@{self.name}"


@dataclass(frozen=True, slots=True)
class And:
    """All parts hold (AND)."""

    parts: tuple[Query, ...]

    def __str__(self) -> str:
        return " AND ".join(_bracketed(part, Or) for part in self.parts)


@dataclass(frozen=True, slots=True)
class Or:
    """At least one part holds (OR)."""

    parts: tuple[Query, ...]

    def __str__(self) -> str:
        return " OR ".join(_bracketed(part) for part in self.parts)


@dataclass(frozen=True, slots=True)
class Not:
    """The part does not hold (NOT)."""

    part: Query

    def __str__(self) -> str:
        return f"NOT {_bracketed(self.part, Or, And, Not, Near)}"


Query = (
    Phrase | SloppyPhrase | Near | AtLeast | Filter | DateRange | QueryReference | And | Or | Not
)  # recursive by the fields above
Words = Phrase | SloppyPhrase


def is_pattern(word: str) -> bool:
    """Tell whether a word stands for others."""
    return "*" in word or "?" in word


def joined(kind: type[And | Or], parts: Iterable[Query]) -> Query:
    """Return one node of parts; those of the same kind are spread, so that printing needs no brackets."""
    spread: list[Query] = []
    for part in parts:
        spread.extend(part.parts if isinstance(part, kind) else (part,))
    return kind(tuple(spread))


def children(query: Query) -> tuple[Query, ...]:
    """Return the parts of a node; none for a leaf."""
    match query:
        case And(parts) | Or(parts):
            return parts
        case Near(left, right):
            return left, right
        case AtLeast(part) | QueryReference(_, part) | Not(part):
            return (part,)
    return ()


def nodes(query: Query) -> Iterator[Query]:
    """Yield all nodes, each before its parts and from left to right; without recursion."""
    waiting = [query]
    while waiting:
        node = waiting.pop()
        yield node
        waiting.extend(reversed(children(node)))


def leaves(query: Query) -> Iterator[Query]:
    """Yield the nodes without parts, from left to right."""
    return (node for node in nodes(query) if not children(node))


def names_in(query: Query) -> frozenset[str]:
    """Return the names of the kept queries that a query holds, also those within them."""
    return frozenset(node.name for node in nodes(query) if isinstance(node, QueryReference))


def is_positional(query: Query) -> bool:
    """Tell whether a node stands somewhere in a text, so that it can be near another."""
    if isinstance(query, QueryReference):
        return is_positional(query.part)
    if isinstance(query, Or):
        return all(map(is_positional, query.parts))
    return isinstance(query, Phrase | SloppyPhrase | Near)


def required_leaves(query: Query) -> frozenset[Query]:
    """Return leaves of which every matching article holds at least one; empty when there are none.

    The fewest possible: of an AND the part with the fewest, of an OR those of all parts.
    """
    if isinstance(query, Not | DateRange):
        return frozenset()
    if not isinstance(query, And | Or | Near | AtLeast | QueryReference):
        return frozenset({query})
    of_parts = [required_leaves(part) for part in children(query)]
    if isinstance(query, Or):
        return frozenset().union(*of_parts) if all(of_parts) else frozenset()
    return min(filter(None, of_parts), key=len, default=frozenset())


def _in_field(field: str | None, printed: str) -> str:
    return f"{field}:{printed}" if field else printed


def _worded(words: tuple[str, ...], form: WordForm) -> str:
    if form is WordForm.STEM and len(words) == 1 and not _READ_OTHERWISE.fullmatch(words[0]):
        return words[0]
    prefix = "" if form is WordForm.EXACT else f"{form}:"
    return f'{prefix}"{" ".join(words)}"'


def _bracketed(part: Query, *kinds: type[Query]) -> str:
    return f"({part})" if isinstance(part, kinds) else str(part)
