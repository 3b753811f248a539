"""Tokens to the nodes of a query, by the grammar of grammar.lark, without recursion; pure."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Sequence
from importlib.resources import files
from typing import Any

from lark import Lark, Token, Transformer, UnexpectedToken
from lark.lexer import Lexer

from scheduler.query.language.limits import MOST_DEPTH, too_deep
from scheduler.query.language.syntax_errors import misplaced, unpositional
from scheduler.query.language.tree import (
    And,
    AtLeast,
    DateRange,
    Filter,
    Near,
    Not,
    Or,
    Phrase,
    Query,
    QueryReference,
    SloppyPhrase,
    is_positional,
    joined,
)
from storage.errors import QueryError

Part = Token | Query  # a token of type LEAF holds its node as its value

_SHOWN = 3
_MIXED = ""


def build_query(tokens: Sequence[Token], end: int) -> Query:
    """Return the query of tokens; those of type LEAF hold a node. `end` is the text's length.

    Raises QueryError for tokens that can't follow each other, and for sides of NEAR without a place.
    """
    try:
        parsed: Any = _grammar().parse(tokens)  # lark hands on any input
    except UnexpectedToken as error:
        raise _misplaced(tokens, error.token, end) from error
    return _node(parsed)


def _misplaced(tokens: Sequence[Token], token: Token, end: int) -> QueryError:
    index = next((n for n, other in enumerate(tokens) if other is token), len(tokens))
    before = tokens[index - 1] if index else None
    return misplaced(before, token if index < len(tokens) else None, end)


class _TokenLexer(Lexer):
    """The tokens are made before the parser runs, since what they mean depends on brackets."""

    def __init__(self, _conf: object) -> None:
        pass

    def lex(self, tokens: Sequence[Token]) -> Iterator[Token]:  # type: ignore[override]  # lark's simple form
        return iter(tokens)


class _Builder(Transformer[Token, Query]):
    """Called by the parser for each rule as it is read; holds nothing, so threads share it."""

    def disjunction(self, parts: list[Any]) -> Query:
        return joined(Or, map(_node, parts))

    def conjunction(self, parts: list[Any]) -> Query:
        return joined(And, map(_node, parts))

    def negation(self, parts: list[Any]) -> Query:
        return Not(_node(parts[1]))

    def required(self, parts: list[Any]) -> Query:
        return _node(parts[0])

    def proximity(self, parts: list[Any]) -> Query:
        near = _side(parts[0], parts[1])
        if len(parts) // 2 >= MOST_DEPTH:
            raise too_deep(_at(parts[-2]), "a chain of NEAR is")
        field = _field_of(near)
        for operator, part in zip(parts[1::2], parts[2::2], strict=True):
            side = _side(part, operator)
            if field == _MIXED or field != _field_of(side):
                raise _two_fields(field or _field_of(side), operator)
            distance, ordered = operator.value
            near = Near(near, side, distance, ordered)
        return near

    def count_behind(self, parts: list[Any]) -> Query:
        return _at_least(parts[0], parts[1])

    def count_before(self, parts: list[Any]) -> Query:
        return _at_least(parts[1], parts[0])


@functools.cache
def _grammar() -> Lark:
    grammar = files("scheduler.query.language").joinpath("grammar.lark").read_text(encoding="utf-8")
    return Lark(grammar, parser="lalr", lexer=_TokenLexer, transformer=_Builder())


def _node(part: Part) -> Query:
    node: Query = part.value if isinstance(part, Token) else part
    return node


def _at_least(part: Part, times: Token) -> Query:
    query = _node(part)
    if not is_positional(query):
        raise unpositional(
            f"{_described(query)} can't be counted as mentions",
            _at(times),
            "put the count behind each word: a{3} AND b{3}",
        )
    count: int = times.value
    return query if count == 1 else AtLeast(query, count)


def _side(part: Part, operator: Token) -> Query:
    query = _node(part)
    if is_positional(query):
        return query
    if isinstance(query, AtLeast):
        advice = "count the whole: (a NEAR/5 b){3}"
    elif isinstance(query, And) and all(isinstance(part, Phrase) for part in query.parts):
        once = " AND ".join(f"{word} {operator} …" for word in query.parts[:_SHOWN])
        advice = f"write it once for each: {once}"
    else:
        advice = f"write a {operator} c AND b {operator} c"
    raise unpositional(
        f"{_described(query)} can't stand on a side of {operator}", _at(operator), advice
    )


def _two_fields(field: str | None, operator: Token) -> QueryError:
    return QueryError(
        f"the sides of {operator} are in different fields",
        position=_at(operator),
        expected=("both sides in one field",),
        suggestion=f"put one field before brackets: {field or 'title'}:(a {operator} b)",
    )


def _field_of(query: Query) -> str | None:
    """Return the field of a positional part; _MIXED when its words do not share one."""
    while isinstance(query, Near | QueryReference):
        query = query.left if isinstance(query, Near) else query.part
    if isinstance(query, Phrase | SloppyPhrase):
        return query.field
    fields = {_field_of(part) for part in query.parts} if isinstance(query, Or) else {None}
    return fields.pop() if len(fields) == 1 else _MIXED


def _described(query: Query) -> str:
    """Say what a part is that stands nowhere."""
    if isinstance(query, Filter):
        return f"the filter {query.field}:"
    if isinstance(query, QueryReference):
        return f"@{query.name}, which is more than words joined by OR,"
    names = {And: "words joined by AND", Not: "NOT", DateRange: "a date", AtLeast: "a count"}
    return names.get(type(query), "a group with more than words joined by OR")


def _at(token: Token) -> int:
    return token.start_pos or 0
