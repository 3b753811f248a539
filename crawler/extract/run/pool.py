"""Run parsers in processes that can be killed, without ever blocking the event loop.

Processes of our own rather than `multiprocessing`: nothing imports the parent's main module a
second time, a hanging parser dies at its deadline, and the pipes are the loop's.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from typing import TYPE_CHECKING, Any, ParamSpec, Protocol, TypeVar

from crawler.extract.markup.addresses import host_or_empty
from crawler.extract.run.place_queue import PlaceQueue
from crawler.extract.run.results import decode_result
from crawler.extract.run.worker import (
    HEADER,
    OUT_OF_MEMORY,
    ParserCall,
    ParserResult,
    WorkerSettings,
    frame,
    prepare,
)
from crawler.urls.publishers import publisher_of
from storage.errors import ExtractError
from storage.models.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Callable

P = ParamSpec("P")
R = TypeVar("R")

_BOOT = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[1]); "
    "from crawler.extract.run.worker import main; main()"
)
# Nothing of our own: it holds secrets, and the process reads what strangers wrote.
_ENVIRONMENT = {
    "PATH": os.defpath,
    "LANG": "C.UTF-8",
    "OPENBLAS_NUM_THREADS": "1",  # number crunching in one thread
    "OMP_NUM_THREADS": "1",
}
_START_SECONDS = 60.0
_FAREWELL_SECONDS = 2.0
_MOST_BYTES = 64 * 1024 * 1024  # of an answer: several times the largest body; more is a fault


class Parser(Protocol):
    """Runs what reads bodies, off the event loop."""

    async def run(self, function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Return what the function gives. Raises its ExtractError, or one for a body that killed it."""


class ParserPool:
    """Parser processes with a deadline, a memory limit and an end.

    `deadline_seconds` bounds one call, not its wait for a free process; `memory_mb` bounds what
    calls may take on top of the process itself (Linux); after `recycle_after` calls a process
    makes room for a fresh one. `preload` names modules that a process imports before its first
    call, so that the import is not part of the deadline.
    """

    def __init__(
        self,
        workers: int,
        deadline_seconds: float,
        memory_mb: int,
        recycle_after: int,
        *,
        preload: tuple[str, ...] = ("crawler.extract.page_reader", "htmldate"),
    ) -> None:
        self._settings = WorkerSettings(preload, deadline_seconds, memory_mb)
        self._slots = [_Slot(self._settings, recycle_after) for _ in range(workers)]
        self._queue = PlaceQueue(self._slots)
        self._closed = False

    async def start(self) -> None:
        """Start all processes; a call would start them too, one by one."""
        await asyncio.gather(*(slot.fill() for slot in self._slots))

    async def run(self, function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Call a module-level function in a parser process and give its result.

        Publishers have the processes in turn, by the time that their pages take: whose a page is
        says its `url`.

        Raises ExtractError: the function's own, PARSE_TIMEOUT when the deadline passed,
        PARSE_CRASHED when the process died, ran out of memory, or the function failed otherwise.
        """
        request = frame(ParserCall(function, args, kwargs))
        publisher = _publisher_of(kwargs.get("url"))
        slot = await self._queue.take(publisher)
        began = time.monotonic()
        try:
            if self._closed:
                raise ExtractError(Problem.PARSE_CRASHED, "the parser processes are closed")
            answer = await slot.call(request, function)
        finally:
            self._queue.give_back(publisher, slot, time.monotonic() - began)
        if answer.problem is not None:
            raise ExtractError(answer.problem, answer.detail)
        result: R = answer.result
        return result

    async def close(self) -> None:
        """End all processes; calls still running fail with PARSE_CRASHED."""
        self._closed = True
        await asyncio.gather(*(slot.close() for slot in self._slots))


def _publisher_of(url: object) -> str:
    host = host_or_empty(url) if isinstance(url, str) else ""
    return publisher_of(host) if host else ""


class _Slot:
    """Room for one process: filled when needed, emptied when the process has to go."""

    def __init__(self, settings: WorkerSettings, recycle_after: int) -> None:
        self._settings = settings
        self._recycle_after = recycle_after
        self._process: asyncio.subprocess.Process | None = None
        self._calls = 0
        self._killed: list[asyncio.subprocess.Process] = []

    async def call(self, request: bytes, function: Callable[..., Any]) -> ParserResult:
        process = await self.fill()
        try:
            async with asyncio.timeout(self._settings.deadline_seconds):
                payload = await _exchange(process, request)
        except TimeoutError as error:
            self._kill()
            detail = f"no answer within {self._settings.deadline_seconds:g} s"
            raise ExtractError(Problem.PARSE_TIMEOUT, detail) from error
        except (OSError, EOFError) as error:
            raise ExtractError(Problem.PARSE_CRASHED, await self._cause_of_death()) from error
        except asyncio.CancelledError:
            self._kill()  # cancelled: the answer on its way is nobody's
            raise
        try:
            answer = decode_result(payload, function)
        except ExtractError:
            self._kill()  # nothing that it says is believed any more
            raise
        self._calls += 1
        if self._calls >= self._recycle_after:
            await self._retire()
        return answer

    async def fill(self) -> asyncio.subprocess.Process:
        """Return the slot's process, a fresh one where there is none."""
        if self._process is not None and self._process.returncode is None:
            return self._process
        self._calls = 0
        self._process = await _spawn()
        try:
            async with asyncio.timeout(_START_SECONDS):
                ready = decode_result(
                    await _exchange(self._process, frame(self._settings)), prepare
                )
        except (TimeoutError, OSError, EOFError) as error:
            self._kill()
            raise ExtractError(Problem.PARSE_CRASHED, "a parser process did not start") from error
        except asyncio.CancelledError:
            self._kill()
            raise
        if ready.problem is not None:
            detail = f"a parser process can't start; reinstall Wirewatch: {ready.detail}"
            raise ExtractError(ready.problem, detail)
        return self._process

    async def close(self) -> None:
        """End the process and wait for all that were ever killed here."""
        await self._retire()
        for process in self._killed:
            await process.wait()
        self._killed.clear()

    async def _retire(self) -> None:
        """Close the process's input, which ends it; kill it where that takes too long."""
        process, self._process = self._process, None
        if process is not None:
            _input(process).close()
            await _gone(process)

    async def _cause_of_death(self) -> str:
        """Wait for a process that has died, and say what of."""
        process, self._process = self._process, None
        if process is None:
            return "the parser processes are closed"
        status = await _gone(process)
        if status == OUT_OF_MEMORY:
            return f"over the memory limit of {self._settings.memory_mb} MB"
        return f"the process died of signal {-status}" if status < 0 else f"exit status {status}"

    def _kill(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            _kill(process)
            self._killed.append(process)
            self._killed = [p for p in self._killed if p.returncode is None]


async def _spawn() -> asyncio.subprocess.Process:
    """Start a process in a session of its own, where Ctrl-C does not reach it."""
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        _BOOT,
        json.dumps(sys.path),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        start_new_session=True,
        env=_ENVIRONMENT,
    )


async def _exchange(process: asyncio.subprocess.Process, request: bytes) -> bytes:
    """Send a frame and return the answer's bytes; EOFError or OSError when the process is gone."""
    stdin, stdout = _input(process), process.stdout
    if stdout is None:
        raise EOFError
    stdin.write(request)
    await stdin.drain()
    size: int = HEADER.unpack(await stdout.readexactly(HEADER.size))[0]
    if size > _MOST_BYTES:
        raise EOFError(f"an answer of {size} bytes")
    return await stdout.readexactly(size)


async def _gone(process: asyncio.subprocess.Process) -> int:
    """Return the exit status of a process that should be ending; kill it where that takes long.

    Never kill first: `Popen.kill` would reap the dead and take the status from the loop's watcher.
    """
    try:
        async with asyncio.timeout(_FAREWELL_SECONDS):
            return await process.wait()
    except TimeoutError:
        _kill(process)
        return await process.wait()


def _input(process: asyncio.subprocess.Process) -> asyncio.StreamWriter:
    if process.stdin is None:
        raise EOFError
    return process.stdin


def _kill(process: asyncio.subprocess.Process) -> None:
    try:
        process.kill()
    except ProcessLookupError:
        return  # it was faster
