"""How long ago, as operators write it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from scheduler.calendar.periods import time_before
from storage.errors import InputError
from tests.storage.world import NOON


@pytest.mark.parametrize(
    ("text", "ago"),
    [
        ("90m", timedelta(minutes=90)),
        ("12h", timedelta(hours=12)),
        ("30d", timedelta(days=30)),
        (" 2w ", timedelta(weeks=2)),
    ],
)
def test_a_length_is_taken_back_from_now(text: str, ago: timedelta) -> None:
    assert time_before(text, NOON) == NOON - ago


def test_a_time_with_its_zone_is_that_time() -> None:
    assert time_before("2026-05-31T10:00+02:00", NOON) == datetime(2026, 5, 31, 8, tzinfo=UTC)


def test_a_day_begins_where_the_operator_is() -> None:
    assert time_before("2026-05-31", NOON) == datetime(2026, 5, 31).astimezone(UTC)


@pytest.mark.parametrize("text", ["", "d", "30", "30 years", "-3d", "999999w", "0001-01-01"])
def test_what_can_not_be_read_is_refused_with_the_option(text: str) -> None:
    with pytest.raises(InputError, match="--since"):
        time_before(text, NOON)
