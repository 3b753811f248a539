"""When the disk is full: known after two days, and moved neither by a vacuum nor by a flood."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.runtime.disk_forecast import forecast

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)


def days(*sizes: float) -> list[tuple[datetime, float]]:
    return [(NOON + timedelta(days=number), size) for number, size in enumerate(sizes)]


def test_it_takes_two_days_to_know() -> None:
    assert forecast([], 100).a_day is None
    assert forecast(days(1, 2), 100).a_day is None
    assert forecast(days(1, 2, 3), 100).days_left == pytest.approx(100)


def test_a_vacuum_and_a_flood_move_it_little() -> None:
    steady = [100.0 + 10 * day for day in range(20)]
    flood = [size + (300 if day == 7 else 0) for day, size in enumerate(steady)]
    assert forecast(days(*flood), 1000).days_left == pytest.approx(100, rel=0.1)
    vacuum = [size - (60 if day >= 15 else 0) for day, size in enumerate(steady)]
    assert forecast(days(*vacuum), 1000).days_left == pytest.approx(100, rel=0.2)


def test_what_does_not_grow_is_never_full() -> None:
    found = forecast(days(9, 8, 7, 7), 100)
    assert found.days_left is None
    assert found.says == "it does not grow"


@given(st.lists(st.floats(0, 1e15), max_size=40), st.integers(0, 10**15))
def test_it_always_says_something(sizes: list[float], free: int) -> None:
    assert forecast(days(*sizes), free).says
