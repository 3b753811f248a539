"""The language of topics: text to a query, or an error that says where and what else."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from importlib.resources import files
from typing import Any

from lark import Lark, Token, Transformer, UnexpectedCharacters, UnexpectedEOF, UnexpectedToken
from lark.exceptions import VisitError

from scheduler.watch.analysis.tokens import words
from scheduler.watch.language.required import required
from scheduler.watch.language.tree import (
    Both,
    Either,
    Form,
    Phrase,
    Query,
    Without,
    children,
    leaves,
)
from storage.errors import QueryError

MOST_CHARACTERS = 200_000
MOST_TERMS = 10_000
MOST_DEPTH = 100


def parse_query(text: str, named: Mapping[str, str] | None = None) -> Query:  # noqa: ARG001
    """Read a query. `named` are the queries that are kept under names, as texts.

    Raises QueryError: unreadable, empty, too large, or matching everything.
    """
    if not text.strip():
        raise QueryError(
            "the query is empty", expected=("a word",), suggestion="write a word that must appear"
        )
    if len(text) > MOST_CHARACTERS:
        raise QueryError(f"the query has {len(text)} characters, more than {MOST_CHARACTERS}")
    _check_brackets(text)
    try:
        query: Query = _Builder().transform(_grammar().parse(text))
    except (UnexpectedToken, UnexpectedCharacters, UnexpectedEOF) as error:
        raise _unreadable(text, error) from error
    except VisitError as error:
        raise error.orig_exc from error
    _check_size(query)
    if not required(query):
        raise QueryError(
            "the query would match every article: it only says what must not appear",
            suggestion="add a word that must appear, for instance: ferry NOT ...",
        )
    return query


class _Builder(Transformer[Token, Query]):
    """Turns lark's tree into ours."""

    def start(self, parts: list[Query]) -> Query:
        return parts[0]

    def either(self, parts: list[Query]) -> Query:
        return _joined(Either, parts)

    def both(self, parts: list[Query]) -> Query:
        return _joined(Both, parts)

    def none(self, parts: list[Query]) -> Query:
        return Without(parts[0])

    def plus(self, parts: list[Any]) -> Query:
        part: Query = parts[1]
        return part

    def word(self, found: list[Token]) -> Query:
        return _phrase(found[0], str(found[0]), Form.STEM)

    def phrase(self, found: list[Token]) -> Query:
        return _phrase(found[0], found[0][1:-1], Form.EXACT)

    def within(self, found: list[Any]) -> Query:
        field, part = str(found[0])[:-1].lower(), found[1]
        return _in_field(part, field)


def _joined(kind: type[Both | Either], parts: list[Query]) -> Query:
    """Join parts; one that is of the same kind is spread, so that printing needs no brackets."""
    spread: list[Query] = []
    for part in parts:
        spread.extend(part.parts if isinstance(part, kind) else (part,))
    return spread[0] if len(spread) == 1 else kind(tuple(spread))


def _phrase(token: Token, text: str, form: Form) -> Phrase:
    found = words(text)
    if not found:
        raise QueryError(
            f"{str(token)!r} holds no word",
            position=token.start_pos or 0,
            expected=("a word", "a phrase"),
            suggestion="put at least one letter or figure there",
        )
    return Phrase(found, form)


def _in_field(part: Query, field: str) -> Query:
    if isinstance(part, Phrase):
        return Phrase(part.words, part.form, part.field or field)
    if isinstance(part, Without):
        return Without(_in_field(part.part, field))
    if isinstance(part, Both | Either):
        return type(part)(tuple(_in_field(each, field) for each in part.parts))
    return part


@functools.cache
def _grammar() -> Lark:
    grammar = files("scheduler.watch.language").joinpath("grammar.lark").read_text(encoding="utf-8")
    # The basic lexer, so that AND is an operator also where only a word could stand: "AND a" is
    # a slip of the pen, not a search for "and".
    return Lark(grammar, parser="lalr", lexer="basic", maybe_placeholders=False)


def _check_brackets(text: str) -> None:
    """Refuse unbalanced and too deep brackets before the parser, which would only point at the end."""
    open_at: list[int] = []
    quoted_at: int | None = None
    for position, character in enumerate(text):
        if character == '"':
            quoted_at = position if quoted_at is None else None
        elif quoted_at is None and character == "(":
            open_at.append(position)
            if len(open_at) > MOST_DEPTH:
                raise QueryError(f"brackets are nested deeper than {MOST_DEPTH}", position=position)
        elif quoted_at is None and character == ")":
            if not open_at:
                raise QueryError(
                    f"the bracket at {position + 1} closes nothing",
                    position=position,
                    suggestion="remove it, or open one before it",
                )
            open_at.pop()
    if quoted_at is not None:
        raise QueryError(
            f"the quotation mark at {quoted_at + 1} is not closed",
            position=quoted_at,
            expected=('"',),
            suggestion='put a " after the phrase',
        )
    if open_at:
        raise QueryError(
            f"the bracket at {open_at[-1] + 1} is not closed",
            position=open_at[-1],
            expected=(")",),
            suggestion="close it with )",
        )


def _check_size(query: Query) -> None:
    count = sum(len(leaf.words) for leaf in leaves(query) if isinstance(leaf, Phrase))
    if count > MOST_TERMS:
        raise QueryError(f"the query has {count} words, more than {MOST_TERMS}")
    if _depth(query) > MOST_DEPTH:
        raise QueryError(f"the query is nested deeper than {MOST_DEPTH}")


def _depth(query: Query) -> int:
    depth, level = 0, [query]
    while level:
        depth += 1
        level = [part for node in level for part in children(node)]
    return depth


def _unreadable(
    text: str, error: UnexpectedToken | UnexpectedCharacters | UnexpectedEOF
) -> QueryError:
    at_end = isinstance(error, UnexpectedToken) and error.token.type == "$END"
    position = -1 if at_end or error.pos_in_stream is None else error.pos_in_stream
    if not 0 <= position < len(text):
        position = len(text)
    before = text[:position].rstrip()
    what = repr(text[position : position + 20]) if position < len(text) else "the end"
    return QueryError(
        f"at {position + 1}: {what} can't stand here",
        position=position,
        expected=("a word", "a phrase", "("),
        suggestion=_suggestion(before, text[position:]),
    )


def _suggestion(before: str, after: str) -> str:
    last = before.rpartition(" ")[2]
    if last in ("AND", "OR", "NOT"):
        return f'write a word after {last}, or put it in quotes if you mean the word: "{last}"'
    if after[:3].strip() in ("AND", "OR"):
        return f"write a word before {after.split(maxsplit=1)[0]}"
    return "put words with special characters in quotes"
