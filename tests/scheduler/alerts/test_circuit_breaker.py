"""An endpoint that fails is let be for ever longer, and asked again in time."""

from __future__ import annotations

import random
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from scheduler.alerts.circuit_breaker import after_failure, is_open
from storage.models.deliveries import Endpoint
from tests.storage.world import NOON

HOOK = Endpoint("https://example.org/hook")


def failed(times: int, endpoint: Endpoint = HOOK) -> Endpoint:
    for _ in range(times):
        endpoint = after_failure(endpoint, "answered 503", NOON, random.Random(1))
    return endpoint


def test_one_that_is_well_is_not_open() -> None:
    assert not is_open(HOOK, NOON)


def test_one_that_failed_is_let_be_for_some_seconds_and_then_tried() -> None:
    once = failed(1)
    assert is_open(once, NOON)
    assert not is_open(once, NOON + timedelta(seconds=6))


def test_it_is_let_be_for_longer_each_time_and_never_for_much_longer_than_half_an_hour() -> None:
    waits = [(failed(n).open_until or NOON) - NOON for n in range(1, 12)]
    assert waits[:6] == sorted(waits[:6])
    assert timedelta(minutes=30) <= waits[-1] <= timedelta(minutes=36)


def test_it_is_known_since_when_it_fails_and_what_it_said_last() -> None:
    later = after_failure(
        failed(3), "no answer within 15 s", NOON + timedelta(hours=2), random.Random(1)
    )
    assert (later.failures, later.failing_since) == (4, NOON)
    assert later.last_error == "no answer within 15 s"


def test_it_is_asked_again_when_what_failed_is_due_again() -> None:
    soon = NOON + timedelta(seconds=7)
    endpoint = after_failure(failed(9), "", NOON, random.Random(1), next_try=soon)
    assert endpoint.open_until == soon


def test_one_that_is_disabled_is_open_whatever_the_time() -> None:
    assert is_open(Endpoint("x", disabled_at=NOON), NOON + timedelta(days=400))


@given(
    failures=st.integers(0, 1000),
    wish=st.timedeltas(timedelta(days=-9), timedelta(days=9)),
    seed=st.integers(),
)
def test_its_own_wish_counts_for_up_to_a_day(failures: int, wish: timedelta, seed: int) -> None:
    before = Endpoint("x", failures=failures, failing_since=NOON)
    after = after_failure(before, "429", NOON, random.Random(seed), wish=NOON + wish)
    assert after.open_until is not None
    assert NOON < after.open_until <= NOON + timedelta(hours=24)
    if wish <= timedelta(hours=24):
        assert after.open_until >= NOON + wish
