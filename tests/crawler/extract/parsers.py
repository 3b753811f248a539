"""Functions that misbehave as parsers do, to be called in parser processes."""

from __future__ import annotations

import os
import signal
import sys
from datetime import UTC, datetime
from pathlib import Path

from storage.errors import ExtractError
from storage.models.articles import ArticleDates, ExtractedArticle, WrapperKind, WrapperPassage
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


class _Command:
    """What runs a command where it is unpickled."""

    def __reduce__(self) -> tuple[object, ...]:
        return os.system, ("touch taken-over",)


def answer_a_command() -> str:
    """Answer as a process would that a page has taken over."""
    return _Command()  # type: ignore[return-value]


def answer_another_type() -> tuple[str, ...]:
    return ("right", 5)  # type: ignore[return-value]


def answer_a_damaged_article() -> ExtractedArticle:
    return ExtractedArticle("https://a.example/", "", "", "a title", ["no text"])  # type: ignore[arg-type]


def answer_an_article() -> ExtractedArticle:
    dates = ArticleDates(datetime(2026, 11, 30, tzinfo=UTC))
    passage = WrapperPassage(WrapperKind.DATE, "30 November")
    return ExtractedArticle("https://a.example/", "", "", "", "", dates=dates, wrapper=(passage,))


def environment() -> str:
    """Return all that a process can see of what it was started with."""
    proc = Path("/proc/self")
    files = [str(each.readlink()) for each in (proc / "fd").iterdir() if each.exists()]
    return f"{sorted(os.environ)} {os.environ} {(proc / 'cmdline').read_text()} {files}"


def answer_largely(size: int) -> bytes:
    return b"x" * size
