"""Rounds: at once while there is work, else when woken or after a while, and never ended by a bug."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

from scheduler.runtime import poll_loop
from scheduler.runtime.poll_loop import PollLoop


async def _run_over(answers: Iterator[bool | Exception], *, poll_seconds: float) -> int:
    """Run rounds that answer so, and stop after the last; how many there were."""
    done = 0

    async def one_round() -> bool:
        nonlocal done
        done += 1
        answer = next(answers, None)
        if answer is None:
            running.stop()
            return False
        if isinstance(answer, Exception):
            raise answer
        return answer

    running = PollLoop("test", one_round, poll_seconds)
    await running.run()
    return done


async def test_work_that_was_found_is_followed_by_a_round_at_once() -> None:
    assert await _run_over(iter([True] * 50), poll_seconds=3600) == 51


async def test_without_work_the_next_round_comes_after_a_while() -> None:
    assert await _run_over(iter([False, False]), poll_seconds=0.01) == 3


async def test_a_round_that_fails_is_followed_by_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(poll_loop, "AFTER_A_BUG", 0.01)
    assert await _run_over(iter([OSError("disk full"), True]), poll_seconds=3600) == 3


async def test_waking_ends_the_wait_also_when_it_comes_during_a_round() -> None:
    seen = asyncio.Event()
    count = 0

    async def one_round() -> bool:
        nonlocal count
        count += 1
        running.wake()
        if count > 2:
            running.stop()
            seen.set()
        return False

    running = PollLoop("test", one_round, 3600)
    await running.run()
    assert seen.is_set()
