"""The parser process: takes calls from its standard input, answers on its standard output.

A frame is eight bytes of length and a pickle; what is answered the parent decodes with care
(`crawler.extract.run.results`). The process ends when its input ends, so it never
outlives the daemon, and an alarm ends it should a call hang after the daemon has died.
"""

from __future__ import annotations

import functools
import gc
import importlib
import logging
import os
import pickle  # nosec B403
import resource
import signal
import struct
import sys
import traceback
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from storage.errors import ExtractError
from storage.models.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Callable

HEADER = struct.Struct(">Q")
OUT_OF_MEMORY = 77  # exit status
_ALARM_GRACE = 30.0  # seconds after the deadline, when the parent should have killed us long ago


@dataclass(frozen=True, slots=True)
class WorkerSettings:
    """What a process is told first: modules to import before it is ready, and its limits."""

    preload: tuple[str, ...]
    deadline_seconds: float
    memory_mb: int


@dataclass(frozen=True, slots=True)
class ParserCall:
    """One function call; the function is pickled by its name."""

    function: Callable[..., Any]
    args: tuple[Any, ...]
    kwargs: dict[str, Any]


@dataclass(frozen=True, slots=True)
class ParserResult:
    """A call's result, or the problem that it ended with."""

    result: Any = None
    problem: Problem | None = None
    detail: str = ""


def frame(message: object) -> bytes:
    """Return a message as bytes for the pipe."""
    payload = pickle.dumps(message, protocol=pickle.HIGHEST_PROTOCOL)
    return HEADER.pack(len(payload)) + payload


def main() -> None:
    """Serve calls until the input ends."""
    calls, results = _take_pipes()
    _settle()
    payload = _receive(calls)
    if payload is None:
        return
    settings: WorkerSettings = pickle.loads(payload)  # noqa: S301  written by our parent  # nosec B301
    ready = _result_of(functools.partial(prepare, settings))
    _send(results, ready)
    if ready.problem is not None:
        return
    while (payload := _receive(calls)) is not None:
        signal.setitimer(signal.ITIMER_REAL, settings.deadline_seconds + _ALARM_GRACE)
        _send(results, _result_of(functools.partial(_call, payload)))
        signal.setitimer(signal.ITIMER_REAL, 0)


def prepare(settings: WorkerSettings) -> None:
    """Get ready. Raises ExtractError that says what is wrong with the installation."""
    try:
        for name in settings.preload:
            importlib.import_module(name)
    except ImportError as error:
        raise ExtractError(Problem.PARSE_CRASHED, _describe(error)) from error
    gc.collect()
    gc.freeze()  # the collector need not look at what was imported, each time anew
    _limit_memory(settings.memory_mb)


def _call(payload: bytes) -> Any:  # noqa: ANN401 - whatever the function returns
    call: ParserCall = pickle.loads(payload)  # noqa: S301  written by our parent  # nosec B301
    return call.function(*call.args, **call.kwargs)


def _result_of(run: Callable[[], Any]) -> ParserResult:
    try:
        return ParserResult(result=run())
    except ExtractError as error:
        return ParserResult(problem=error.problem, detail=error.detail)
    except MemoryError:
        os._exit(OUT_OF_MEMORY)
    except Exception as error:  # noqa: BLE001  the loop's edge; the parent gets it as the page's problem
        return ParserResult(problem=Problem.PARSE_CRASHED, detail=_describe(error))


def _describe(error: Exception) -> str:
    last = traceback.extract_tb(error.__traceback__)[-1:]
    where = f" at {Path(last[0].filename).name}:{last[0].lineno}" if last else ""
    return f"{type(error).__name__}: {error}"[:300] + where


def _take_pipes() -> tuple[BinaryIO, BinaryIO]:
    """Keep the two pipes to ourselves, so that a library that prints can't break a frame."""
    calls, results = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.dup2(nothing, 1)
    os.close(nothing)
    return calls, results


def _settle() -> None:
    """Leave Ctrl-C to the parent, and keep libraries quiet."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    logging.disable(logging.CRITICAL)


def _limit_memory(memory_mb: int) -> None:
    """Bound what calls may take on top of what the process takes by itself; Linux only."""
    if sys.platform != "linux":
        return
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    limit = pages * resource.getpagesize() + memory_mb * 1024 * 1024
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))


def _receive(pipe: BinaryIO) -> bytes | None:
    header = pipe.read(HEADER.size)
    if len(header) < HEADER.size:
        return None
    size: int = HEADER.unpack(header)[0]
    payload = pipe.read(size)
    return payload if len(payload) == size else None


def _send(pipe: BinaryIO, result: ParserResult) -> None:
    pipe.write(frame(result))
    pipe.flush()
