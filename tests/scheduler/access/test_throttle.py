"""Who guesses waits longer and longer, and nobody is kept out for ever."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from scheduler.access.throttle import Throttle
from tests.scheduler.web.world import NOW


class Clock:
    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def throttle(clock: Clock) -> Throttle:
    return Throttle(clock)


def fail(throttle: Throttle, times: int, *keys: str) -> None:
    for _ in range(times):
        throttle.failed(*keys)


def test_four_failures_are_nobodys_business(throttle: Throttle) -> None:
    fail(throttle, 4, "a")
    assert throttle.wait("a") == timedelta(0)
    assert throttle.wait() == timedelta(0)
    assert throttle.wait("b") == timedelta(0)


@pytest.mark.parametrize(
    ("failures", "seconds"), [(5, 2), (6, 4), (7, 8), (10, 64), (13, 512), (14, 900), (90, 900)]
)
def test_each_one_more_doubles_the_wait(throttle: Throttle, failures: int, seconds: int) -> None:
    fail(throttle, failures, "a")
    assert throttle.wait("a") == timedelta(seconds=seconds)


def test_the_wait_counts_from_the_last_failure(throttle: Throttle, clock: Clock) -> None:
    fail(throttle, 6, "a")
    clock.now += timedelta(seconds=3)
    assert throttle.wait("a") == timedelta(seconds=1)
    clock.now += timedelta(seconds=1)
    assert throttle.wait("a") == timedelta(0)


def test_the_longest_wait_of_name_and_address_counts(throttle: Throttle) -> None:
    fail(throttle, 5, "name", "address")
    fail(throttle, 1, "address")
    assert throttle.wait("name", "address") == timedelta(seconds=4)
    assert throttle.wait("name") == timedelta(seconds=2)


def test_a_right_password_forgets_them(throttle: Throttle) -> None:
    fail(throttle, 9, "name", "address")
    throttle.passed("name")
    assert throttle.wait("name") == timedelta(0)
    assert throttle.wait("address") > timedelta(0)
    throttle.passed("nobody")


def test_after_an_hour_they_are_forgotten(throttle: Throttle, clock: Clock) -> None:
    fail(throttle, 90, "a")
    clock.now += timedelta(minutes=59)
    fail(throttle, 1, "a")
    assert throttle.wait("a") == timedelta(minutes=15)
    clock.now += timedelta(hours=1)
    assert throttle.wait("a") == timedelta(0)
    fail(throttle, 1, "a")
    assert throttle.wait("a") == timedelta(0), "they are counted from the first again"


def test_very_many_names_take_no_more_room(throttle: Throttle) -> None:
    fail(throttle, 9, "first")
    for number in range(10_000):
        throttle.failed(f"{number}")
    assert len(throttle._failures) == 10_000
    assert throttle.wait("first") == timedelta(0)
    fail(throttle, 4, "9999")
    assert throttle.wait("9999") == timedelta(seconds=2)
