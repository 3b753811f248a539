"""What every form of the holds promises."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from storage.hot.holds import Hold, Holds
from storage.hot.holds.memory import MemoryHolds
from storage.hot.holds.shared import SharedHolds
from tests.storage.hot.frontier.test_frontier import at
from tests.storage.hot.redis.opened import opened

HOST = "a.example:443"


@pytest.fixture(params=["memory", "redis"])
async def holds(request: pytest.FixtureRequest) -> AsyncIterator[Holds]:
    if request.param == "memory":
        yield MemoryHolds()
        return
    async with opened(request.getfixturevalue("redis_url")) as connection:
        yield SharedHolds(connection)


async def taken(holds: Holds, now: float, seconds: float = 30) -> Hold:
    hold = await holds.take(HOST, at(now), seconds)
    assert isinstance(hold, Hold)
    return hold


async def refused(holds: Holds, now: float) -> datetime:
    again = await holds.take(HOST, at(now), 30)
    assert isinstance(again, datetime)
    assert again > at(now)
    return again


async def test_a_host_is_held_by_one_at_a_time(holds: Holds) -> None:
    hold = await taken(holds, 0)
    await refused(holds, 1)
    assert await holds.release(hold, at(2), at(2))
    await taken(holds, 2)


async def test_it_opens_after_its_gap(holds: Holds) -> None:
    hold = await taken(holds, 0)
    await holds.release(hold, at(1), at(6))
    assert await refused(holds, 2) == at(6)
    await taken(holds, 6)


async def test_one_that_died_is_waited_for_and_can_release_nothing_afterwards(
    holds: Holds,
) -> None:
    dead = await taken(holds, 0, seconds=10)
    await refused(holds, 9)
    living = await taken(holds, 10)
    assert living.token != dead.token
    assert not await holds.release(dead, at(11), at(11))
    await refused(holds, 12)
    assert await holds.release(living, at(12), at(12))


async def test_a_closed_host_stays_closed_for_the_longest(holds: Holds) -> None:
    await holds.close(HOST, at(0), at(50))
    await holds.close(HOST, at(1), at(20))
    assert await refused(holds, 2) == at(50)
    hold = await taken(holds, 50)
    await holds.close(HOST, at(51), at(90))
    await holds.release(hold, at(52), at(53))
    assert await refused(holds, 54) == at(90)


async def test_hosts_do_not_know_each_other(holds: Holds) -> None:
    await taken(holds, 0)
    assert isinstance(await holds.take("b.example:443", at(0), 30), Hold)


@pytest.mark.parametrize("form", ["memory", "redis"])
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    steps=st.lists(
        st.tuples(st.sampled_from(["take", "release", "close", "wait"]), st.integers(0, 40)),
        max_size=20,
    )
)
async def test_no_host_is_given_while_it_is_held_or_closed(
    form: str, steps: list[tuple[str, int]], request: pytest.FixtureRequest
) -> None:
    if form == "memory":
        await _play(MemoryHolds(), steps)
        return
    async with opened(request.getfixturevalue("redis_url")) as connection:
        await _play(SharedHolds(connection), steps)


async def _play(holds: Holds, steps: list[tuple[str, int]]) -> None:
    now, closed, held_until, held = 0.0, 0.0, 0.0, None
    for step, number in steps:
        if step == "wait":
            now += number
        elif step == "close":
            await holds.close(HOST, at(now), at(now + number))
            closed = max(closed, now + number)
        elif step == "release" and held is not None:
            assert await holds.release(held, at(now), at(now + number)) == (held_until > now)
            if held_until > now:
                closed, held_until = max(closed, now + number), now
            held = None
        elif step == "take":
            found = await holds.take(HOST, at(now), 15)
            assert isinstance(found, Hold) == (held_until <= now and closed <= now)
            if isinstance(found, Hold):
                held, held_until = found, now + 15
