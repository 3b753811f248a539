"""PostgreSQL: many writers are as safe as one, and a server that goes away is waited for."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import psycopg
import pytest
from sqlalchemy import Connection, insert, select, text

from storage.errors import ConflictError, StorageError, UnreachableError
from storage.process import counters
from storage.reports import sizes
from storage.sql import migrate, schema
from storage.sql.database import Database
from storage.sql.retry import Retrying
from tests.waiting import settled

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.fixtures.postgres_server import Server


@pytest.fixture
def db(postgres_url_migrated: str) -> Iterator[Database]:
    database = Database.open(postgres_url_migrated)
    yield database
    database.close()


@pytest.fixture
def other(postgres_url_migrated: str) -> Iterator[Database]:
    database = Database.open(postgres_url_migrated)
    yield database
    database.close()


def read_then_add(conn: Connection) -> None:
    """Add one in the way that loses an addition when two do it at once."""
    counters.put(conn, "n", counters.get(conn, "n") + 1)


async def test_of_two_processes_that_meddle_with_each_other_none_loses_a_write(
    db: Database, other: Database
) -> None:
    await asyncio.gather(
        *(each.write(read_then_add) for _ in range(50) for each in (db, other)),
    )
    assert await db.read(counters.get, "n") == 100


async def test_a_row_that_another_process_stores_meanwhile_is_found_the_second_time(
    db: Database, other: Database
) -> None:
    """Both look, find nothing, and insert: the later one is run again and finds it."""
    both_looked = threading.Barrier(2, timeout=5)
    first = {"db": True, "other": True}

    def put(conn: Connection, who: str) -> str:
        known = conn.execute(
            select(schema.signing_keys.c.value).where(schema.signing_keys.c.name == "k")
        ).scalar()
        if first.pop(who, False):
            both_looked.wait()
        if known is None:
            conn.execute(insert(schema.signing_keys).values(name="k", value=who.encode()))
            return who
        return str(known, "ascii")

    one, two = await asyncio.gather(db.write(put, "db"), other.write(put, "other"))
    assert one == two


async def test_what_fails_by_itself_does_not_undo_what_was_written_beside_it(db: Database) -> None:
    def fails(conn: Connection) -> None:
        counters.add(conn, "lost", 1)
        conn.execute(text("SELECT 1 / 0"))

    wanted = [db.write(counters.add, "n", 1), db.write(fails), db.write(counters.add, "n", 1)]
    answers = await asyncio.gather(*wanted, return_exceptions=True)
    assert isinstance(answers[1], Exception)
    assert await db.read(counters.get, "n") == 2
    assert await db.read(counters.get, "lost") == 0


async def test_a_connection_that_is_cut_in_mid_transaction_is_made_anew(
    db: Database, postgres_url_migrated: str
) -> None:
    cut: list[int] = []

    def write(conn: Connection) -> None:
        counters.add(conn, "n", 1)
        if not cut:
            cut.append(conn.execute(text("SELECT pg_backend_pid()")).scalar_one())
            with psycopg.connect(postgres_url_migrated, autocommit=True) as admin:
                admin.execute("SELECT pg_terminate_backend(%s)", cut)
        conn.execute(text("SELECT 1"))

    await db.write(write)
    assert await db.read(counters.get, "n") == 1


async def test_a_server_that_restarts_is_waited_for(own_server: Server) -> None:
    db = Database.open(own_server.url)
    await db.write(counters.add, "n", 1)
    own_server.stop()
    writing = asyncio.create_task(db.write(counters.add, "n", 1))
    reading = asyncio.create_task(db.read(counters.get, "n"))
    await settled(200)
    assert not writing.done()
    await asyncio.to_thread(own_server.start)
    await writing
    assert await reading in (1, 2)
    assert await db.read(counters.get, "n") == 2
    db.close()


def test_a_server_that_is_away_at_the_start_is_waited_for_and_then_named() -> None:
    with pytest.raises(UnreachableError, match="can't be reached"):
        Database.open("postgresql://nobody@127.0.0.1:1/none", patience=1.0)


def test_what_began_together_migrates_once(postgres_url: str) -> None:
    with ThreadPoolExecutor(4) as starting:
        opened = list(starting.map(Database.open, [postgres_url] * 4))
    for each in opened:
        with each.connect() as conn:
            assert migrate.current_revision(conn) == migrate.newest_revision()
        each.close()


def test_a_view_stays_the_same_while_others_write(db: Database, other: Database) -> None:
    with db.connect() as conn:
        before = counters.get(conn, "n")
        with other.begin() as writing:
            counters.add(writing, "n", 1)
        assert counters.get(conn, "n") == before


def test_its_size_is_the_servers_word(db: Database) -> None:
    with db.connect() as conn:
        assert sizes.file_bytes(conn) > 1_000_000
        assert sizes.free_bytes(conn) == 0
        assert sum(part.bytes for part in sizes.parts(conn)) > 0


def test_conflicts_are_tried_again_and_given_up_in_the_end() -> None:
    slept: list[float] = []
    retrying = Retrying(sleep=slept.append)

    def meets() -> None:
        raise ConflictError("two met")

    with pytest.raises(ConflictError):
        retrying.run(meets)
    assert retrying.conflicts == len(slept) + 1
    assert max(slept) <= 0.5


def test_a_lost_commit_is_not_tried_again() -> None:
    tries = []

    def commits() -> None:
        tries.append(1)
        raise StorageError("the connection was lost while it was stored, or not")

    with pytest.raises(StorageError):
        Retrying().run(commits)
    assert len(tries) == 1
