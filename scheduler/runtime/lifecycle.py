"""The parts of a process: run beside each other, stopped in turn, until a signal comes.

A bug in one story, delivery, job or round is logged, and stops nothing else: `result_or_error`.
"""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections.abc import Awaitable, Callable, Coroutine
from typing import TypeVar

T = TypeVar("T")


def run_part(
    parts: contextlib.AsyncExitStack,
    running: Coroutine[None, None, None],
    stop: Callable[[], Coroutine[None, None, None]],
) -> None:
    """Run a part beside the others; one that ends by itself has met a bug, and ends the daemon."""
    task = asyncio.create_task(running)

    def ended(task: asyncio.Task[None]) -> None:
        if not task.cancelled() and task.exception() is not None:
            signal.raise_signal(signal.SIGTERM)

    async def finish() -> None:
        await stop()
        await task

    task.add_done_callback(ended)
    parts.push_async_callback(finish)


def run_for_ever(parts: contextlib.AsyncExitStack, *endless: Coroutine[None, None, None]) -> None:
    """Run what never ends by itself, until the stack is left."""
    for each in endless:
        task = asyncio.create_task(each)
        parts.callback(task.cancel)


def signalled() -> asyncio.Event:
    """Return an event that SIGTERM and SIGINT set."""
    event = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, event.set)
    return event


async def result_or_error(work: Awaitable[T]) -> T | Exception:
    """Return what work gives, or the exception that it raised, whichever that is.

    To be cancelled is no error: CancelledError goes through.
    """
    try:
        return await work
    except Exception as error:  # noqa: BLE001 - the supervisors' last line: whoever asked logs it
        return error
