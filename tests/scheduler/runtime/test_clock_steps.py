"""A clock that is set: back, far ahead, or by a suspended machine that wakes."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest

from scheduler.runtime.clock_steps import ClockStepMonitor
from tests.storage.world import NOON

LOOK = 5.0  # seconds


class Machine:
    """A wall clock and a steady one; at each look the wall clock is set by so many seconds more."""

    def __init__(self, *steps: float) -> None:
        self._steps = list(steps)
        self._wall = NOON
        self._steady = 1000.0

    def own(self) -> datetime:
        return self._wall

    def monotonic(self) -> float:
        return self._steady

    async def sleep(self, seconds: float) -> None:
        if not self._steps:
            raise asyncio.CancelledError
        self.pass_by(seconds)
        self._wall += timedelta(seconds=self._steps.pop(0))

    def pass_by(self, seconds: float) -> None:
        self._wall += timedelta(seconds=seconds)
        self._steady += seconds


async def watched(*steps: float) -> tuple[Sequence[timedelta], ClockStepMonitor, Machine]:
    """Let a clock be set by these steps; those that were told, and the watch."""
    machine = Machine(*steps)
    told: list[timedelta] = []

    async def on_back(by: timedelta) -> None:
        told.append(by)

    watch = ClockStepMonitor(machine.own, monotonic=machine.monotonic, sleep=machine.sleep)
    with pytest.raises(asyncio.CancelledError):
        await watch.watch(on_back)
    return told, watch, machine


async def test_a_clock_that_goes_is_no_news() -> None:
    told, watch, _ = await watched(0, 0.5, -0.5, 3, -3, 0)
    assert told == []
    assert watch.is_trusted


@pytest.mark.parametrize("back", [30, 3600, 86_400 * 365])
async def test_a_step_back_is_told_once_with_its_size(back: float) -> None:
    told, watch, _ = await watched(0, -back, 0, 0)
    assert told == [timedelta(seconds=back)]
    assert watch.is_trusted


async def test_a_small_step_back_is_waited_out() -> None:
    told, _, _ = await watched(-29, -29, 0)
    assert told == []


@pytest.mark.parametrize(("hours", "trusted"), [(8, True), (23, True), (24, False), (8766, False)])
async def test_far_ahead_nothing_is_to_be_forgotten(hours: float, trusted: bool) -> None:
    """T04: a night asleep is no reason; T01: a year is."""
    told, watch, _ = await watched(0, hours * 3600, 0)
    assert told == []
    assert watch.is_trusted is trusted


async def test_after_a_day_at_that_time_it_is_believed() -> None:
    _, watch, machine = await watched(365 * 86_400.0)
    machine.pass_by(86_399)
    assert not watch.is_trusted
    machine.pass_by(1)
    assert watch.is_trusted


async def test_a_year_ahead_and_back_is_believed_at_once() -> None:
    year = 365 * 86_400.0
    told, watch, _ = await watched(year, 0, -year, 0)
    assert told == [timedelta(seconds=year)]
    assert watch.is_trusted


async def test_a_leap_second_is_nothing() -> None:
    """T03: whether it is repeated or smeared."""
    assert (await watched(-1, 0, 1, 0.1, -0.1))[0] == []
