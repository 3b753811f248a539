"""Functions that misbehave as parsers do, to be called in parser processes."""

from __future__ import annotations

import os
import sys
import time

from storage.errors import ExtractError
from storage.models.problems import Problem


def double(value: int) -> int:
    return 2 * value


def process_id() -> int:
    return os.getpid()


def refuse(detail: str) -> None:
    raise ExtractError(Problem.NOT_AN_ARTICLE, detail)


def fail() -> None:
    raise LookupError("a parser's own fault")


def hang(seconds: float) -> None:
    time.sleep(seconds)


def die() -> None:
    os.abort()


def leave(status: int) -> None:
    os._exit(status)


def take_memory(megabytes: int) -> int:
    return len(bytearray(megabytes * 1024 * 1024))


def chatter() -> str:
    sys.stdout.write("a library prints\n" * 1000)
    sys.stdout.flush()
    return "heard"


def answer_largely(size: int) -> bytes:
    return b"x" * size
