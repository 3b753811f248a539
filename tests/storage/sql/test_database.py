"""The database: transactions, threads, migrations."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Connection

from storage.errors import StorageError
from storage.process import counters
from storage.sql import migrate
from storage.sql.database import Database
from tests.storage.world import NOON, a_source

pytestmark = pytest.mark.both_engines


def test_opening_again_keeps_what_was_stored(tmp_path: Path) -> None:
    path = tmp_path / "w.db"
    first = Database.open(path)
    with first.begin() as conn:
        counters.add(conn, "n", 3)
    first.close()
    again = Database.open(path)
    with again.connect() as conn:
        assert counters.get(conn, "n") == 3
        assert migrate.current_revision(conn) == migrate.newest_revision()
    again.close()


def test_a_file_that_is_no_database_is_named_as_such(tmp_path: Path) -> None:
    path = tmp_path / "w.db"
    path.write_bytes(b"this is not a database, it is a letter" * 100)
    with pytest.raises(StorageError, match="not a database"):
        Database.open(path)


def test_a_transaction_that_fails_stores_nothing(db: Database) -> None:
    with pytest.raises(RuntimeError), db.begin() as conn:  # noqa: PT012 - the block is the case
        a_source(conn)
        raise RuntimeError
    with db.connect() as conn:
        assert conn.exec_driver_sql("SELECT count(*) FROM sources").scalar() == 0


async def test_writes_from_many_tasks_wait_for_each_other(db: Database) -> None:
    import asyncio

    await asyncio.gather(*(db.write(counters.add, "n", 1) for _ in range(20)))
    assert await db.read(counters.get, "n") == 20


def test_a_naive_time_is_a_bug_and_refused(conn: Connection) -> None:
    from storage.crawl import robots

    with pytest.raises(Exception, match="naive"):
        robots.put(conn, "https://a.example", NOON.replace(tzinfo=None), 200, b"")


def test_times_come_back_aware_and_equal(conn: Connection) -> None:
    source = a_source(conn)
    assert source.added_at == NOON
    assert source.added_at.tzinfo is not None
