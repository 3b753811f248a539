"""Waits for what another process, thread or task brings about, however busy the machine is."""

from __future__ import annotations

import asyncio
import inspect
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar, overload

T = TypeVar("T")

LIMIT_SECONDS = 900.0
"""Far beyond what anything takes: it only ends what would never come. No test is about it.

What meets a conflict is put off for five minutes, so that it may come late on a busy machine.
"""
_FIRST_PAUSE_SECONDS, _LONGEST_PAUSE_SECONDS = 0.002, 0.1  # each is twice the one before


@overload
async def eventually(holds: Callable[[], Awaitable[T]]) -> T: ...
@overload
async def eventually(holds: Callable[[], T]) -> T: ...
async def eventually(holds: Callable[[], object]) -> object:
    """Return the first true value of `holds`, which is asked again and again.

    Raises AssertionError with what was waited for when it never comes.
    """
    last, pause = time.monotonic() + LIMIT_SECONDS, _FIRST_PAUSE_SECONDS
    while True:
        value = holds()
        if inspect.isawaitable(value):
            value = await value
        if value:
            return value
        if time.monotonic() > last:
            raise AssertionError(_never(holds))
        await asyncio.sleep(pause)
        pause = min(2 * pause, _LONGEST_PAUSE_SECONDS)


def eventually_sync(holds: Callable[[], T]) -> T:
    """Return the first true value of `holds`, as `eventually`, where no event loop runs."""
    last, pause = time.monotonic() + LIMIT_SECONDS, _FIRST_PAUSE_SECONDS
    while not (value := holds()):
        if time.monotonic() > last:
            raise AssertionError(_never(holds))
        time.sleep(pause)
        pause = min(2 * pause, _LONGEST_PAUSE_SECONDS)
    return value


async def settled(turns: int = 20) -> None:
    """Let all tasks of this loop go on until they wait for something else than their turn."""
    for _ in range(turns):
        await asyncio.sleep(0)


async def forever() -> None:
    """Never return: what a peer does that hangs."""
    await asyncio.Event().wait()


def _never(holds: Callable[[], object]) -> str:
    try:
        what = inspect.getsource(holds).strip()
    except (OSError, TypeError):
        what = repr(holds)
    return f"waited {LIMIT_SECONDS:.0f} s in vain for: {what}"


@contextmanager
def little_work(most_seconds: float = 30.0) -> Iterator[None]:
    """Fail when a thread spends processor time out of all proportion, a hundred times its usual.

    What a text of n pieces costs is to grow with n, not with its square. No clock on the wall
    tells: on a busy machine, this time does not pass.
    """
    began = time.thread_time()
    yield
    spent = time.thread_time() - began
    assert spent < most_seconds, f"{spent:.0f} s of processor time"
