"""A query becomes a shape and its operands; a shape becomes a program that the loops run; pure.

Queries of one shape differ in their words and numbers only, so that there are few shapes among very
many topics, and each is compiled once. A shape is a tree of tuples; its numbers are places among
the operands, or fields.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, Final

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
    WordForm,
)
from scheduler.query.matching.loops import (
    COUNTED,
    DAY,
    ELSE_GO,
    END,
    HAS,
    NEAR,
    NOT,
    RUNS,
    SIDE_BY_SIDE,
    SOME,
    THEN_GO,
    UNION,
    WINDOWS,
)
from scheduler.query.matching.vocabulary import FACTS, FIELD_CODES, Vocabulary

Shape = tuple[Any, ...]

_LAST_DAY: Final = date.max.toordinal()

# What is quickly decided comes first in an AND or an OR.
_WORD, _PHRASE = 0, 2
_COSTS: dict[type[Query], int] = {
    Filter: 0,
    DateRange: 1,
    Not: 3,
    SloppyPhrase: 4,
    And: 5,
    Or: 5,
    Near: 6,
    AtLeast: 7,
}


class ShapeBuilder:
    """Builds a query's shape without its words and numbers; `operands` are these, in its order."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        self.operands: list[int] = []

    def shape(self, query: Query) -> Shape:  # noqa: PLR0911 - one for each kind of node
        """Return the shape of a query, and add its operands. Raises TypeError for what is no node."""
        match query:
            case Phrase(words, form, field):
                return self._words("has" if len(words) == 1 else "phrase", words, form, field)
            case SloppyPhrase(words, slop, form, field):
                distinct = tuple(dict.fromkeys(words))
                shape = self._words("window", distinct, form, field)
                self.operands.append(len(words) + slop)
                return shape
            case Near(left, right, distance, ordered):
                sides = self.shape(left), self.shape(right)
                return "near", *sides, ordered, self._operand(distance)
            case AtLeast(part, count):
                return "count", self.shape(part), self._operand(count)
            case Filter(field, value):
                return "has", FACTS, self._operand(self._vocabulary.fact(field, value)), 1
            case DateRange(first, last):
                place = self._operand(first.toordinal() if first else 0)
                self._operand(last.toordinal() if last else _LAST_DAY)
                return "day", place
            case QueryReference(_, part):
                return self.shape(part)
            case Not(part):
                return "not", self.shape(part)
            case And(parts) | Or(parts):
                kind = "and" if isinstance(query, And) else "or"
                return kind, *(self.shape(part) for part in sorted(parts, key=_cost))
        raise TypeError(query)

    def _words(self, kind: str, words: Sequence[str], form: WordForm, field: str | None) -> Shape:
        place = len(self.operands)
        number = self._vocabulary.word
        self.operands.extend([number(word, form) for word in words])
        return kind, FIELD_CODES[field], place, len(words)

    def _operand(self, number: int) -> int:
        self.operands.append(number)
        return len(self.operands) - 1


def compile_shape(shape: Shape) -> list[int]:
    """Return a shape's program: numbers for an operation and what it needs, up to END."""
    code: list[int] = []
    _decide(shape, code)
    code.append(END)
    return code


def depth_of(shape: Shape) -> int:
    """Return how many sets of spans a shape's program may have on its stack, at most."""
    parts = [part for part in shape if isinstance(part, tuple)]
    return len(parts) + max(map(depth_of, parts), default=1)


def _decide(shape: Shape, code: list[int]) -> None:
    match shape:
        case "has", field, place, _:
            code += (HAS, field, place)
        case "phrase", field, place, count:
            code += (SIDE_BY_SIDE, field, place, count)
        case "day", place:
            code += (DAY, place)
        case "not", part:
            _decide(part, code)
            code.append(NOT)
        case (("and" | "or" as kind), *parts):
            _decide_parts(ELSE_GO if kind == "and" else THEN_GO, parts, code)
        case "count", part, place:
            _find(part, code)
            code += (COUNTED, place)
        case _:
            _find(shape, code)
            code.append(SOME)


def _decide_parts(jump: int, parts: Sequence[Shape], code: list[int]) -> None:
    """Go to behind the last part as soon as the answer is known."""
    jumps = []
    for part in parts[:-1]:
        _decide(part, code)
        code += (jump, 0)
        jumps.append(len(code) - 1)
    _decide(parts[-1], code)
    for place in jumps:
        code[place] = len(code)


def _find(shape: Shape, code: list[int]) -> None:
    match shape:
        case "has" | "phrase", field, place, count:
            code += (RUNS, field, place, count)
        case "window", field, place, count:
            code += (WINDOWS, field, place, count)
        case "or", *parts:
            for part in parts:
                _find(part, code)
            code += (UNION, len(parts))
        case "near", left, right, ordered, place:
            _find(left, code)
            _find(right, code)
            code += (NEAR, int(ordered), place)
        case _:
            raise TypeError(shape)


def _cost(query: Query) -> int:
    if isinstance(query, Phrase):
        return _WORD if len(query.words) == 1 else _PHRASE
    return _cost(query.part) if isinstance(query, QueryReference) else _COSTS[type(query)]
