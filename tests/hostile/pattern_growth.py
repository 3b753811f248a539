"""Run every regular expression of the product on strings that make bad ones backtrack.

`python -m tests.hostile.pattern_growth` prints those that took too long. They are found by importing
all modules with `re.compile` watched, and calling what makes patterns once: a new one is tried by itself.
"""

from __future__ import annotations

import importlib
import re
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
PACKAGES = ("crawler", "scheduler", "storage")
LENGTH = 1_000
SECONDS = 1.0
"""Of processor time for one pattern on one string: a quadratic one takes a twentieth."""

_PIECES = (
    *(" ", "\n", "\0", "a", "A", "1", "é", "É", "世", "а", "_", "-", ",", ".", ";", ":", "/", "|"),
    *("(", "[", "{", '"', "'", "\\", "<", ">", "#", "&", "=", "@", "~", "?", "*", "+", "«", "“"),
    *("a ", "A ", "1 ", "1,", "1.", "a-", "a.", "a/", "A, ", "1:", "a'", "aA", "a1", "#a ", " - "),
    *(
        "<a ",
        "</",
        "<!--",
        "&a",
        '"a',
        "\\a",
        '\\"',
        "http://",
        "http%3a",
        "<meta ",
        "by ",
        "A by ",
    ),
)
Found = dict[tuple[Any, int], tuple[re.Pattern[Any], str]]


class _TooLongError(Exception):
    """The pattern did not come to an end."""


def patterns() -> Found:
    """Return every pattern that a module of the product compiles, with its module and line."""
    found: Found = {}
    compile_really = re.compile

    def watch(pattern: Any, flags: Any = 0) -> re.Pattern[Any]:
        compiled: re.Pattern[Any] = compile_really(pattern, flags)
        caller = sys._getframe(1)
        module = str(caller.f_globals.get("__name__", ""))
        if module.partition(".")[0] in PACKAGES:
            found[(compiled.pattern, compiled.flags)] = compiled, f"{module}:{caller.f_lineno}"
        return compiled

    re.compile = watch
    try:
        for module in _modules():
            for make in _makers(importlib.import_module(module), module):
                try:
                    make()
                except TypeError:  # it needs arguments, and its patterns are made of them
                    continue
    finally:
        re.compile = compile_really
    return found


def _modules() -> Iterator[str]:
    for package in PACKAGES:
        for file in sorted((ROOT / package).rglob("*.py")):
            if "migrations" not in file.parts and file.name != "__main__.py":
                parts = file.relative_to(ROOT).with_suffix("").parts
                yield ".".join(part for part in parts if part != "__init__")


def _makers(module: object, name: str) -> Iterator[Callable[[], object]]:
    for value in list(vars(module).values()):
        if hasattr(value, "cache_info") and getattr(value, "__module__", None) == name:
            yield value


def explosive(pattern: re.Pattern[Any]) -> str:
    """Return the piece on which a pattern does not come to an end; '' for none."""

    def stop(_signal: int, _frame: object) -> None:
        raise _TooLongError

    signal.signal(signal.SIGVTALRM, stop)
    for piece in _PIECES:
        text: Any = (piece * LENGTH)[:LENGTH] + "\x01"
        if isinstance(pattern.pattern, bytes):
            text = text.encode()
        signal.setitimer(signal.ITIMER_VIRTUAL, SECONDS)
        try:
            for _ in pattern.finditer(text):
                pass
        except _TooLongError:
            return piece
        finally:
            signal.setitimer(signal.ITIMER_VIRTUAL, 0)
    return ""


def main() -> None:
    """Print each pattern that does not come to an end, and how many were tried."""
    found = patterns()
    for pattern, where in found.values():
        if piece := explosive(pattern):
            sys.stdout.write(f"{where} on {piece!r}: {str(pattern.pattern)[:80]}\n")
    sys.stdout.write(f"{len(found)} patterns\n")


if __name__ == "__main__":
    main()
