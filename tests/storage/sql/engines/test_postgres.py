"""PostgreSQL: many writers are as safe as one, and a server that goes away is waited for."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import psycopg
import pytest
from sqlalchemy import Connection, insert, select, text

from storage.crawl import sources
from storage.errors import ConflictError, StorageError, UnreachableError
from storage.operators import secret_keys
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


ROLE_SETTINGS = {
    # what an administrator may have set for the role: the schema in which our tables are then
    (
        "DateStyle TO 'German, DMY'",
        "TimeZone TO 'Asia/Kolkata'",
        "client_encoding TO 'LATIN1'",
        "standard_conforming_strings TO off",
        "bytea_output TO escape",
        "IntervalStyle TO postgres_verbose",
        "search_path TO ''",
    ): "public",
    ("DateStyle TO 'SQL, MDY'", "search_path TO nowhere"): "public",
    ("client_encoding TO 'EUC_JP'", "search_path TO news, public"): "news",
    ('search_path TO "My News", public',): "My News",
}


@pytest.mark.parametrize("settings", ROLE_SETTINGS, ids="; ".join)
def test_whatever_the_role_is_set_to_what_is_stored_comes_back(
    postgres_url: str, settings: tuple[str, ...]
) -> None:
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute("CREATE SCHEMA news")
        connection.execute('CREATE SCHEMA "My News"')
        # Another program's, which also migrates with Alembic.
        if ROLE_SETTINGS[settings] != "public":
            connection.execute("CREATE TABLE public.alembic_version (version_num text)")
            connection.execute("INSERT INTO public.alembic_version VALUES ('beef')")
        name = connection.info.dbname
        for setting in settings:
            connection.execute(f'ALTER ROLE postgres IN DATABASE "{name}" SET {setting}'.encode())
    at = datetime(2026, 3, 29, 1, 30, 15, 250_000, tzinfo=UTC)
    title = "Fährstreik – Паром 渡轮 \\n 'x' 🚢"
    for _ in range(2):  # it is found again as it was left
        db = Database.open(postgres_url)
        with db.begin() as conn:
            if not sources.list_all(conn):
                sources.add(
                    conn,
                    url="https://x.example/feed",
                    title=title,
                    site_url="https://x.example/",
                    alert_backlog=False,
                    now=at,
                )
                secret_keys.get(conn, secret_keys.LINKS)
            [source] = sources.list_all(conn)
            assert (source.title, source.added_at) == (title, at)
            key = secret_keys.get(conn, secret_keys.LINKS)
            assert len(key) >= 16
            where = "SELECT schemaname FROM pg_tables WHERE tablename = 'outbox'"
            assert conn.exec_driver_sql(where).scalars().all() == [ROLE_SETTINGS[settings]]
        db.close()


def test_the_address_may_name_a_schema(postgres_url: str) -> None:
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute("CREATE SCHEMA news")
    url = f"{postgres_url}&options=-csearch_path%3Dnews%20-ctimezone%3DAsia/Tokyo"
    db = Database.open(url)
    with db.connect() as conn:
        assert conn.exec_driver_sql("SHOW search_path").scalar() == "news"
        assert conn.exec_driver_sql("SHOW timezone").scalar() == "UTC", "ours win"
    db.close()
