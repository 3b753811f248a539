"""A host is asked by one process at a time, with its gap; what it refuses to one, all know."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta
from typing import Any

import pytest

from crawler.fetch.shared_slots import SharedSlots
from crawler.settings import FetchSettings
from storage.errors import HostClosedError
from storage.hot.holds.memory import MemoryHolds
from tests.crawler.fetch.test_slots import BEGIN, Time

HOST = "a.example"


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def pair(time: Time) -> tuple[SharedSlots, SharedSlots]:
    """Return the slots of two processes over the same holds."""
    settings, holds = FetchSettings(host_delay_seconds=2, timeout_seconds=30), MemoryHolds()

    def slots() -> SharedSlots:
        return SharedSlots(settings, time, holds, time.sleep, jitter=lambda: 1.0)

    one, two = slots(), slots()

    def tell(said: Any) -> None:
        for each in (one, two):  # who tells hears it too
            each.heard(json.loads(json.dumps(said)))

    one.tell = tell
    return one, two


async def done(slots: SharedSlots, status: int | None = 200, **wish: Any) -> None:
    slots.release(HOST, status, wish.get("retry_after"), url=wish.get("url", ""))
    await slots.give_back(HOST)


async def test_the_other_process_waits_for_the_answer_and_the_gap(
    pair: tuple[SharedSlots, SharedSlots], time: Time
) -> None:
    one, two = pair
    await one.take(HOST)
    second = asyncio.create_task(two.take(HOST))
    await asyncio.sleep(0)
    time.now += timedelta(seconds=5)
    await done(one)
    await second
    assert time.passed >= 7
    await done(two)


async def test_a_process_that_died_keeps_its_host_for_no_longer_than_a_request_takes(
    pair: tuple[SharedSlots, SharedSlots], time: Time
) -> None:
    dead, living = pair
    await dead.take(HOST)
    await living.take(HOST)
    assert 30 <= time.passed <= 60
    await done(living)


async def test_a_refusal_binds_all_and_is_counted_once(
    pair: tuple[SharedSlots, SharedSlots],
) -> None:
    one, two = pair
    await one.take(HOST)
    await done(one, 503, retry_after=BEGIN + timedelta(hours=1))
    assert one.open_at(HOST) == two.open_at(HOST) == BEGIN + timedelta(hours=1)
    for slots in pair:
        with pytest.raises(HostClosedError):
            await slots.take(HOST)


async def test_hosts_are_asked_beside_each_other(pair: tuple[SharedSlots, SharedSlots]) -> None:
    one, two = pair
    await one.take(HOST)
    await two.take("b.example")
