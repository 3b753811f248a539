"""The request ledger: written together, and kept when the database says no."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from scheduler.runtime.ledger import RequestLedger
from storage.crawl import fetches
from storage.errors import StorageError
from storage.models.fetches import Fetch
from storage.sql.database import Database
from tests.waiting import eventually

LINE = Fetch(
    url="https://a.example/",
    host="a.example",
    source_id=1,
    page_id=None,
    at=datetime(2026, 6, 1, tzinfo=UTC),
    seconds=0.1,
    status=200,
    size=9,
    outcome="ok",
)


async def test_lines_are_written_together_and_once(tmp_path: Path) -> None:
    db = Database.open(tmp_path / "w.db")
    ledger = RequestLedger(db)
    ledger.add(LINE)
    ledger.add(LINE)
    await ledger.flush()
    await ledger.flush()
    assert await db.read(fetches.of_url, LINE.url) == [LINE, LINE]
    db.close()


async def test_lines_that_could_not_be_written_are_written_later(tmp_path: Path) -> None:
    db = Database.open(tmp_path / "w.db")
    with db.begin() as conn:
        conn.exec_driver_sql("ALTER TABLE fetches RENAME TO gone")
    ledger = RequestLedger(db)
    ledger.add(LINE)
    with pytest.raises(StorageError):
        await ledger.flush()
    with db.begin() as conn:
        conn.exec_driver_sql("ALTER TABLE gone RENAME TO fetches")
    await ledger.flush()
    assert await db.read(fetches.of_url, LINE.url) == [LINE]
    db.close()


async def test_what_a_host_refused_is_written_at_once(tmp_path: Path) -> None:
    db = Database.open(tmp_path / "w.db")
    ledger = RequestLedger(db)
    ledger.add(LINE)
    ledger.add(replace(LINE, status=429))

    async def are_written() -> bool:
        return len(await db.read(fetches.of_url, LINE.url)) == 2

    await eventually(are_written)
    db.close()


async def test_a_ledger_that_was_not_closed_is_known_for_it(tmp_path: Path) -> None:
    db = Database.open(tmp_path / "w.db")
    first, second, third = RequestLedger(db), RequestLedger(db), RequestLedger(db)
    assert not await first.began()
    assert await second.began()
    await second.close()
    assert not await third.began()
    db.close()
