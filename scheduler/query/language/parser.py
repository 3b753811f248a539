"""The parser of the topics' query language: text to a query, or an error with its position; pure."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from lark import Token

from scheduler.query.language.builder import build_query
from scheduler.query.language.foreign_syntax import normalize_signs
from scheduler.query.language.lexer import TokenStream, lex
from scheduler.query.language.limits import (
    MOST_CHARACTERS,
    MOST_DEPTH,
    MOST_TERMS,
    depth_of,
    too_deep,
    too_long,
    too_many_terms,
)
from scheduler.query.language.stop_words import is_stop_word, tells
from scheduler.query.language.tree import (
    And,
    DateRange,
    Filter,
    Or,
    Query,
    QueryReference,
    leaves,
    required_leaves,
)
from storage.errors import QueryError

_SHOWN_NAMES = 5


@dataclass(frozen=True, slots=True)
class ParsedQuery:
    """A query, and hints for the person who typed it: what may have been meant otherwise."""

    query: Query
    notes: tuple[str, ...] = ()


def parse_query(text: str, named: Mapping[str, str] | None = None, *, part: bool = False) -> Query:
    """Return the query of a text; see `parse_with_notes`. Raises QueryError."""
    return parse_with_notes(text, named, part=part).query


def parse_with_notes(
    text: str, named: Mapping[str, str] | None = None, *, part: bool = False
) -> ParsedQuery:
    """Return the query of a text. `named` are the queries that are kept under names, as texts.

    A `part` of others may say only what must not appear, as a query that is kept under a name.
    Raises QueryError: unreadable, empty, too large, or matching everything. Its position is in the
    text as it was typed; of an error in a named query it is that of the name.
    """
    expanded = _expanded(text, named or {})
    if not part:
        _check_selective(expanded.query)
    return ParsedQuery(expanded.query, (*expanded.notes, *_hints(expanded.query)))


@dataclass(frozen=True, slots=True)
class _ExpandedQuery:
    """A query that was parsed, and its size with all that its named queries hold."""

    query: Query
    terms: int
    depth: int
    notes: tuple[str, ...]


class _PendingQuery:
    """A query to be parsed: `name` is empty for the outermost one, `at` is where it is named."""

    def __init__(self, name: str, at: int, text: str) -> None:
        self.name = name
        self.at = at
        self.normalized = normalize_signs(text[: MOST_CHARACTERS + 1])
        self._length = len(text)
        self._stream: TokenStream | None = None
        self._names: Iterator[Token] = iter(())

    def unparsed_name(self, parsed: Mapping[str, _ExpandedQuery]) -> Token | None:
        """Return the next name in it that is not parsed yet. Raises QueryError."""
        if self._stream is None:
            if self._length > MOST_CHARACTERS:
                raise too_long(self._length)
            self._stream = lex(self.normalized.text)
            self._names = iter(self._stream.names)
        return next((token for token in self._names if token[1:] not in parsed), None)

    def built(self, parsed: Mapping[str, _ExpandedQuery]) -> _ExpandedQuery:
        """Return the query, all of whose names are parsed. Raises QueryError."""
        stream = self._stream or lex(self.normalized.text)
        terms = stream.terms
        for token in stream.names:
            named = parsed[token[1:]]
            token.value = QueryReference(token[1:], named.query)
            terms += named.terms
            if terms > MOST_TERMS:
                raise too_many_terms(token.start_pos or 0)
        query = build_query(stream.tokens, len(self.normalized.text))
        depth = depth_of(query, {name: named.depth for name, named in parsed.items()})
        if depth > MOST_DEPTH:
            raise too_deep(0)
        return _ExpandedQuery(query, terms, depth, stream.notes)


def _expanded(text: str, named: Mapping[str, str]) -> _ExpandedQuery:
    """Parse a query and all that it names, each once; a loop, since names can be nested deep."""
    parsed: dict[str, _ExpandedQuery] = {}
    opened = [_PendingQuery("", 0, text)]
    while opened:
        try:
            token = opened[-1].unparsed_name(parsed)
            if token is None:
                parsed[opened[-1].name] = opened[-1].built(parsed)
                opened.pop()
            else:
                path = [pending.name for pending in opened[1:]]
                opened.append(
                    _PendingQuery(token[1:], token.start_pos or 0, _kept(token, named, path))
                )
        except QueryError as error:
            raise _placed(error, opened) from error
    return parsed[""]


def _kept(token: Token, named: Mapping[str, str], path: list[str]) -> str:
    """Return the text that is kept under a name; `path` are the names on the way to it."""
    name, at = token[1:], token.start_pos or 0
    if name in path:
        circle = [*path[path.index(name) :], name]
        raise QueryError(
            f"named queries hold each other in a circle: {' > '.join(f'@{held}' for held in circle)}",
            position=at,
            suggestion=f"take {token} out of one of them",
        )
    if name not in named:
        near = difflib.get_close_matches(name, named)
        raise QueryError(
            f"no query is kept under the name {name}",
            position=at,
            expected=tuple(f"@{other}" for other in near or sorted(named)[:_SHOWN_NAMES]),
            suggestion=f'write @{near[0]}, or "{name}" for the word'
            if near
            else f'keep a query under that name, or write "{name}" for the word',
        )
    if len(path) >= MOST_DEPTH:
        raise too_deep(at, "named queries are")
    return named[name]


def _placed(error: QueryError, opened: list[_PendingQuery]) -> QueryError:
    """Say where an error is in the text as it was typed, and in which named query."""
    here = opened[-1]
    position = here.normalized.origin(error.position)
    message = str(error)
    if len(opened) > 1:
        message = f"in @{here.name}, at {position + 1}: {message}"
        position = opened[0].normalized.origin(opened[1].at)
    return QueryError(
        message, position=position, expected=error.expected, suggestion=error.suggestion
    )


def _check_selective(query: Query) -> None:
    """Refuse a query that would match every article, or nearly."""
    if not required_leaves(query):
        when = any(isinstance(leaf, DateRange) for leaf in leaves(query))
        raise QueryError(
            "the query would match every article: it only says "
            + ("when, or what must not appear" if when else "what must not appear"),
            expected=("a word that must appear",),
            suggestion="add a word that must appear, for instance: ferry NOT …; "
            "each side of an OR needs one",
        )
    if not tells(query):
        raise QueryError(
            "the query would match nearly every article: its words stand in all of them",
            expected=("a telling word",),
            suggestion='add a telling word; for a name of such words write it in quotes: "the who", '
            "or as it is written: raw:IT",
        )


def _hints(query: Query) -> Iterator[str]:
    """Yield hints on what can be read but is hardly meant."""
    parts = (query,) if not isinstance(query, And | Or) else query.parts
    if isinstance(query, Or):
        for part in filter(is_stop_word, parts):
            yield f"{part} stands in nearly every article: with OR nearly all of them match"
    if isinstance(query, And):
        for field in ("lang", "country"):
            asked = [str(p) for p in parts if isinstance(p, Filter) and p.field == field]
            if len(set(asked)) > 1:
                yield f"no article has two of {', '.join(asked)}: join them with OR"
