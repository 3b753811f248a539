"""Decode what a parser process answers: values of the declared type, and nothing else.

The process reads pages of strangers, so that its answer is a stranger's too. A pickle may name
whatever can be imported, and call it (CWE-502); here it may name the classes that the function
declares to return, and the value must be what those classes say of their fields.
"""

from __future__ import annotations

import dataclasses
import functools
import io
import pickle  # nosec B403
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta, timezone
from enum import Enum
from types import FunctionType, NoneType, UnionType
from typing import Union, cast, get_args, get_origin, get_type_hints

from crawler.extract.run.worker import ParserResult
from storage.errors import ExtractError
from storage.models.problems import Problem

_TIMES = (date, datetime, timedelta, timezone)
_FAULTS = (
    *(pickle.UnpicklingError, EOFError, ImportError, AttributeError, LookupError),
    *(TypeError, ValueError, ArithmeticError, MemoryError, RecursionError),
)


def decode_result(payload: bytes, function: Callable[..., object]) -> ParserResult:
    """Return the result of a call of `function`.

    Raises ExtractError with PARSE_CRASHED for bytes that hold something else than what it returns.
    """
    declared = _declared(cast("FunctionType", function))
    try:
        answer = _Unpickler(payload, _classes(declared)).load()
    except _FAULTS as error:
        raise _refused(f"{type(error).__name__}: {error}") from error
    if type(answer) is not ParserResult or not _is_result(answer, declared):
        raise _refused("a value of another type than was declared")
    return answer


def _refused(detail: str) -> ExtractError:
    return ExtractError(Problem.PARSE_CRASHED, f"a parser process answered {detail}"[:300])


def _is_result(answer: ParserResult, declared: object) -> bool:
    if answer.problem is None:
        return _conforms(answer.result, declared)
    return isinstance(answer.problem, Problem) and isinstance(answer.detail, str)


class _Unpickler(pickle.Unpickler):
    """Finds the classes that it was given, and imports nothing."""

    def __init__(self, payload: bytes, classes: frozenset[type]) -> None:
        super().__init__(io.BytesIO(payload))
        self._classes = {(each.__module__, each.__qualname__): each for each in classes}

    def find_class(self, module_name: str, global_name: str) -> type:
        """Return a class. Raises UnpicklingError for any that is not among the answer's."""
        found = self._classes.get((module_name, global_name))
        if found is None:
            raise pickle.UnpicklingError(f"the name of {module_name}.{global_name}")
        return found


@functools.cache
def _declared(function: FunctionType) -> object:
    def returning() -> None: ...

    # The other annotations may name what is imported for the type checker alone.
    returning.__annotations__ = {"return": function.__annotations__["return"]}
    return get_type_hints(returning, function.__globals__)["return"]


@functools.cache
def _fields(of: type) -> dict[str, object]:
    return get_type_hints(of)


@functools.cache
def _classes(declared: object) -> frozenset[type]:
    return frozenset({ParserResult, Problem, *_TIMES, *_named(declared, frozenset())})


def _named(hint: object, above: frozenset[type]) -> Iterator[type]:
    """Yield the records and enumerations that a type is made of."""
    for argument in get_args(hint):
        yield from _named(argument, above)
    if not isinstance(hint, type) or hint in above:
        return
    if dataclasses.is_dataclass(hint):
        yield hint
        for field in _fields(hint).values():
            yield from _named(field, above | {hint})
    elif issubclass(hint, Enum):
        yield hint


def _conforms(value: object, hint: object) -> bool:
    """Return whether a value is of a declared type, in all its parts."""
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in (Union, UnionType):
        return any(_conforms(value, argument) for argument in arguments)
    if origin is tuple:
        return isinstance(value, tuple) and _are_in_order(value, arguments)
    if hint is float:
        return isinstance(value, (float, int))  # PEP 484: an int stands for a float
    of = NoneType if hint is None else hint
    if not isinstance(of, type) or not isinstance(value, of):
        return False
    fields = _fields(of).items() if dataclasses.is_dataclass(of) else ()
    return all(_conforms(getattr(value, name), field) for name, field in fields)


def _are_in_order(values: tuple[object, ...], hints: tuple[object, ...]) -> bool:
    if len(hints) == 2 and hints[1] is Ellipsis:  # noqa: PLR2004 - "tuple[X, ...]"
        return all(_conforms(value, hints[0]) for value in values)
    return len(values) == len(hints) and all(map(_conforms, values, hints))
