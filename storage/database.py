"""One SQL database: transactions, threads and migrations; the rows are the other modules' business."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, Self, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event, exc

from storage import migrate
from storage.errors import StorageError
from storage.failpoints import reach
from storage.writing import Writing

P = ParamSpec("P")
T = TypeVar("T")


class Database:
    """SQLite behind transactions that are written one at a time and read beside each other.

    The methods `write` and `read` run a function of a connection in threads, off the event loop.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._writing = Writing(self.begin)
        self._readers = ThreadPoolExecutor(4, thread_name_prefix="db-read")

    @classmethod
    def open(cls, path: Path) -> Self:
        """Open the database file, making it and bringing its schema up to date.

        Raises SchemaTooNewError, or StorageError when the file can't be used.
        """
        engine = create_engine(f"sqlite:///{path}")
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        database = cls(engine)
        try:
            with _named_errors():
                migrate.upgrade(engine)
        except BaseException:
            database.close()
            raise
        return database

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        """Give a write transaction: all of it is stored on leaving, or nothing when it raises."""
        with _named_errors(), self._engine.connect() as plain:
            conn = plain.execution_options(wirewatch_writes=True)
            reach("write")
            with conn.begin():
                yield conn
                reach("commit")
            reach("committed")

    @contextmanager
    def connect(self) -> Iterator[Connection]:
        """Give a read transaction: one consistent view of the truth."""
        with _named_errors(), self._engine.connect() as conn, conn.begin():
            yield conn

    async def write(
        self, function: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run `function(conn, …)` as one write transaction in the one writer thread.

        What it did is on the disk when this returns; all of it is undone when it raises.
        """
        return await asyncio.wrap_future(
            self._writing.submit(lambda conn: function(conn, *args, **kwargs))
        )

    async def read(
        self, function: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run `function(conn, …)` as one read transaction in a reader thread."""
        call = functools.partial(self._in_view, function, *args, **kwargs)
        return await asyncio.get_running_loop().run_in_executor(self._readers, call)

    def close(self) -> None:
        """Wait for running transactions, then close all connections."""
        self._writing.close()
        self._readers.shutdown()
        self._engine.dispose()

    def _in_view(self, function: Callable[..., T], *args: object, **kwargs: object) -> T:
        with self.connect() as conn:
            return function(conn, *args, **kwargs)


@contextmanager
def _named_errors() -> Iterator[None]:
    try:
        yield
    except exc.DBAPIError as error:
        raise StorageError(f"the database said: {error.orig}") from error


def _prepare_sqlite(connection: Any, _record: object) -> None:  # noqa: ANN401 - the driver's type
    # The driver must not begin transactions on its own; see _begin_sqlite.
    connection.isolation_level = None
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",  # an alert that was committed survives a power cut
        "busy_timeout=10000",
        "foreign_keys=ON",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(conn: Connection) -> None:
    # A transaction that turns from reading to writing can fail as "locked" at once, without
    # waiting for busy_timeout; one that says so at its start waits its turn.
    writes = conn.get_execution_options().get("wirewatch_writes", False)
    conn.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
