"""One SQL database: transactions, threads and migrations; the rows are the other modules' business."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Concatenate, ParamSpec, Self, TypeVar

from sqlalchemy import Connection, Engine, exc

from storage.failpoints import reach
from storage.sql import migrate
from storage.sql.engines.faults import commit_in_doubt, storage_error
from storage.sql.engines.location import DatabaseLocation
from storage.sql.engines.postgres import postgres_engine
from storage.sql.engines.sqlite import make_private, sqlite_engine
from storage.sql.group_commit import WriteQueue
from storage.sql.retry import Retrying

P = ParamSpec("P")
T = TypeVar("T")


class Database:
    """SQLite or PostgreSQL behind transactions: written one at a time, read beside each other.

    The methods `write` and `read` run a function of a connection in threads, off the event loop.
    The function may be run more than once before its transaction is stored, or its view is whole:
    it must change nothing but what it does on the connection.
    """

    def __init__(self, engine: Engine, retrying: Retrying | None = None) -> None:
        self._engine = engine
        self._retrying = retrying or Retrying()
        self._writing = WriteQueue(self.begin, self._retrying)
        self._readers = ThreadPoolExecutor(4, thread_name_prefix="db-read")

    @classmethod
    def open(cls, where: Path | str | DatabaseLocation, *, patience: float = 20.0) -> Self:
        """Open a database, making its file and bringing its schema up to date.

        A server that can't be reached is waited for, `patience` seconds at most, now and later.
        Raises SchemaTooNewError, ConfigError for an address that can't be read, or StorageError
        when it can't be used.
        """
        location = DatabaseLocation.of(where)
        if location.path is not None:
            make_private(location.path)
        engine = (
            postgres_engine(location.url) if location.path is None else sqlite_engine(location.path)
        )
        database = cls(engine, Retrying(patience))
        with ExitStack() as opening:
            opening.callback(database.close)
            database._retrying.run(database._migrate)
            opening.pop_all()  # it is well: its owner closes it
        return database

    @classmethod
    @contextmanager
    def look(cls, where: Path | str | DatabaseLocation, *, patience: float) -> Iterator[Connection]:
        """Yield a read transaction of a database as it is: no schema is brought up to date.

        Raises ConfigError for an address that can't be read.
        """
        location = DatabaseLocation.of(where)
        engine = (
            postgres_engine(location.url) if location.path is None else sqlite_engine(location.path)
        )
        database = cls(engine, Retrying(patience))
        try:
            database._retrying.run(database._greet)
            with database.connect() as conn:
                yield conn
        finally:
            database.close()

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        """Yield a write transaction: all of it is stored on leaving, or nothing when it raises.

        Raises StorageError, and ConflictError where it may be run again.
        """
        with _named_errors(), self._engine.connect() as plain:
            level = {} if self.is_embedded else {"isolation_level": "SERIALIZABLE"}
            conn = plain.execution_options(wirewatch_writes=True, **level)
            reach("write")
            transaction = conn.begin()
            with transaction:
                yield conn
                reach("commit")
                if transaction.is_active:  # a dry run has rolled it back itself
                    with commit_in_doubt():
                        transaction.commit()
            reach("committed")

    @contextmanager
    def connect(self) -> Iterator[Connection]:
        """Yield a read transaction: one consistent view of the truth."""
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

    def guarded(self, check: Callable[[Connection], None]) -> Database:
        """Return this database for writes that begin with a check, which raises to refuse them."""
        return _Guarded(self, check)

    @property
    def is_embedded(self) -> bool:
        """Whether it is a file of this machine, not a server."""
        return self._engine.dialect.name == "sqlite"

    @property
    def conflicts(self) -> int:
        """Count the transactions that were run again because they met another one."""
        return self._retrying.conflicts

    def close(self) -> None:
        """Wait for running transactions, then close all connections."""
        self._writing.close()
        self._readers.shutdown()
        self._engine.dispose()

    def _migrate(self) -> None:
        with _named_errors():
            migrate.upgrade(self._engine)

    def _greet(self) -> None:
        with self.connect() as conn:
            conn.exec_driver_sql("SELECT 1")

    def _in_view(self, function: Callable[..., T], *args: object, **kwargs: object) -> T:
        def look() -> T:
            with self.connect() as conn:
                return function(conn, *args, **kwargs)

        return self._retrying.run(look)


class _Guarded(Database):
    """The same database: only its writes ask first, in their own transactions."""

    def __init__(self, database: Database, check: Callable[[Connection], None]) -> None:
        vars(self).update(vars(database))
        self._check = check

    async def write(
        self, function: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run the check, then `function(conn, …)`, as one write transaction."""

        def guarded(conn: Connection) -> T:
            self._check(conn)
            return function(conn, *args, **kwargs)

        return await asyncio.wrap_future(self._writing.submit(guarded))


@contextmanager
def _named_errors() -> Iterator[None]:
    try:
        yield
    except exc.DBAPIError as error:
        raise storage_error(error) from error
