"""Functions that misbehave as parsers do, to be called in parser processes."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

from storage.errors import ExtractError
from storage.models.problems import Problem
from tests.waiting import eventually_sync


def double(value: int) -> int:
    return 2 * value


def process_id() -> int:
    return os.getpid()


def refuse(detail: str) -> None:
    raise ExtractError(Problem.NOT_AN_ARTICLE, detail)


def fail() -> None:
    raise LookupError("a parser's own fault")


def hang() -> None:
    signal.pause()


def meet(folder: Path, number: int) -> int:
    """Leave a sign in the folder, and wait until so many are there; how many are."""
    (folder / str(os.getpid())).touch()
    return eventually_sync(lambda: len(list(folder.iterdir())) >= number and number)


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
