"""Who guesses waits longer and longer, however many guess at once, and nobody is kept out for ever."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

import pytest

from scheduler.access.throttle import Throttle
from storage.sql.database import Database
from tests.scheduler.web.world import NOW

NO_WAIT = timedelta(0)


class Clock:
    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def throttle(db: Database, clock: Clock) -> Throttle:
    return Throttle(db, clock)


async def guess(throttle: Throttle, clock: Clock, times: int, name: str, peer: str) -> timedelta:
    """Guess whenever it is allowed; how long to wait for one more."""
    for _ in range(times):
        if wait := await throttle.begin(name, peer):
            clock.now += wait
            assert await throttle.begin(name, peer) == NO_WAIT
    return await throttle.begin(name, peer)


@pytest.mark.parametrize(
    ("failures", "seconds"), [(4, 0), (5, 2), (6, 4), (9, 32), (13, 512), (14, 900), (60, 900)]
)
async def test_after_five_each_one_more_doubles_the_wait(
    throttle: Throttle, clock: Clock, failures: int, seconds: int
) -> None:
    assert await guess(throttle, clock, failures, "ada", "192.0.2.1") == timedelta(seconds=seconds)


async def test_of_many_guesses_at_once_no_more_than_five_are_checked(throttle: Throttle) -> None:
    waits = await asyncio.gather(*(throttle.begin("ada", "192.0.2.1") for _ in range(120)))
    assert waits.count(NO_WAIT) == 5


async def test_processes_that_share_a_database_count_together(db: Database, clock: Clock) -> None:
    first, second = Throttle(db, clock), Throttle(db, clock)
    waits = await asyncio.gather(
        *(one.begin("ada", "192.0.2.1") for one in (first, second) for _ in range(60))
    )
    assert waits.count(NO_WAIT) == 5


async def test_a_name_is_counted_for_all_peers_and_a_peer_for_all_names(
    throttle: Throttle,
) -> None:
    many_peers = [await throttle.begin("Ada", f"192.0.2.{number}") for number in range(9)]
    assert many_peers.count(NO_WAIT) == 5
    many_names = [await throttle.begin(f"name {number}", "198.51.100.1") for number in range(9)]
    assert many_names.count(NO_WAIT) == 5
    assert await throttle.begin("ada", "203.0.113.1") > NO_WAIT, "in whatever case it is written"
    assert await throttle.begin("bob", "203.0.113.1") == NO_WAIT


async def test_who_has_to_wait_is_not_counted(throttle: Throttle, clock: Clock) -> None:
    wait = await guess(throttle, clock, 5, "ada", "192.0.2.1")
    for _ in range(50):
        assert await throttle.begin("ada", "192.0.2.1") == wait
    clock.now += wait
    assert await throttle.begin("ada", "192.0.2.1") == NO_WAIT


async def test_a_right_password_forgets_those_of_its_name_and_takes_back_its_own_of_the_peer(
    throttle: Throttle, clock: Clock
) -> None:
    for number in range(4):
        await throttle.begin(f"victim {number}", "192.0.2.1")
    assert await throttle.begin("own", "192.0.2.1") == NO_WAIT
    await throttle.passed("own", "192.0.2.1")
    assert await throttle.begin("victim 5", "192.0.2.1") == NO_WAIT
    assert await throttle.begin("victim 6", "192.0.2.1") > NO_WAIT, "a log-in buys no more guesses"
    await guess(throttle, clock, 4, "ada", "198.51.100.1")
    await throttle.passed("ada", "198.51.100.1")
    assert await throttle.begin("ada", "203.0.113.1") == NO_WAIT


async def test_an_hour_after_the_last_they_are_forgotten(throttle: Throttle, clock: Clock) -> None:
    await guess(throttle, clock, 30, "ada", "192.0.2.1")
    clock.now += timedelta(hours=1)
    assert await guess(throttle, clock, 4, "ada", "192.0.2.1") == NO_WAIT


async def test_a_clock_that_was_set_back_makes_nobody_wait_longer(
    throttle: Throttle, clock: Clock
) -> None:
    await guess(throttle, clock, 5, "ada", "192.0.2.1")
    clock.now -= timedelta(days=1)
    assert await throttle.begin("ada", "192.0.2.1") == timedelta(seconds=2)
