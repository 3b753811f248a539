"""SQLite as an engine: one file, one writer at a time, each commit on the disk."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event


def sqlite_engine(path: Path) -> Engine:
    """Return the engine of a database file, which is made when it is used first."""
    engine = create_engine(f"sqlite:///{path}")
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    event.listen(engine, "checkin", _end)
    return engine


def make_private(path: Path) -> None:
    """Make a database's file, empty and its owner's alone, where there is none.

    SQLite gives the journals beside it the same mode (sqlite.org/src, findCreateFileMode). Where
    the file can't be made, who opens it says why.
    """
    with suppress(OSError):
        os.close(os.open(path, os.O_CREAT | os.O_EXCL, 0o600))


def _prepare(connection: Any, _record: object) -> None:  # noqa: ANN401 - the driver's type
    # The driver must not begin transactions on its own; see _begin.
    connection.isolation_level = None
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",  # an alert that was committed survives a power cut
        "busy_timeout=10000",
        "foreign_keys=ON",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin(conn: Connection) -> None:
    # A transaction that turns from reading to writing can fail as "locked" at once, without
    # waiting for busy_timeout; one that says so at its start waits its turn.
    writes = conn.get_execution_options().get("wirewatch_writes", False)
    conn.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _end(connection: Any, _record: object) -> None:  # noqa: ANN401 - the driver's type
    # A commit that failed leaves SQLite's transaction open, which SQLAlchemy takes for ended: it
    # would be in the way of whoever gets the connection next.
    if connection is not None and connection.in_transaction:
        connection.rollback()
