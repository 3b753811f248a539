"""Processes agree on the database's time, however far their machines' clocks are off."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from scheduler.runtime.agreed_clock import AgreedClock
from storage.sql.database import Database

CLOSE = timedelta(seconds=1)


@pytest.mark.parametrize("off", [-300, 0, 300])
async def test_a_clock_that_is_off_is_set_right(postgres_url_migrated: str, off: float) -> None:
    db = Database.open(postgres_url_migrated)
    clock = AgreedClock(lambda: datetime.now(UTC) + timedelta(seconds=off))
    await clock.measure(db)
    db.close()
    assert abs(clock() - datetime.now(UTC)) < CLOSE


async def test_with_a_file_of_this_machine_its_own_clock_is_right(db: Database) -> None:
    clock = AgreedClock(lambda: datetime.now(UTC) + timedelta(seconds=300))
    await clock.measure(db)
    assert clock.offset == timedelta(0)
