"""Whether a database file is whole and of this version; and the file written anew without its gaps."""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import text

from storage.errors import CorruptError, SchemaTooNewError, StorageError
from storage.reports import sizes
from storage.sql import migrate
from storage.sql.database import Database
from storage.sql.engines.location import DatabaseLocation

_MOST_FAULTS = 10
LEAST_SERVER = 14
"""The oldest PostgreSQL that is supported by those who make it, and so by us."""


@dataclass(frozen=True, slots=True)
class FileExamination:
    """What was found: faults in SQLite's words, and the schema."""

    faults: tuple[str, ...]
    revision: str | None
    newest: str
    bytes: int
    wal_bytes: int

    @property
    def is_old(self) -> bool:
        """Whether the next start migrates it."""
        return self.revision != self.newest


def examine(path: Path, *, thorough: bool = False) -> FileExamination:
    """Examine a database; a `thorough` look reads the indexes too, and takes minutes for gigabytes.

    Raises SchemaTooNewError, or StorageError when it is no database at all.
    """
    newest = migrate.newest_revision()
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=10)) as conn:
            revision = _revision(conn)
            faults = _faults(conn, thorough=thorough)
    except (sqlite3.Error, UnicodeDecodeError) as error:
        raise StorageError(f"{path} can't be read: {error}") from error
    if revision is not None and revision > newest:
        raise SchemaTooNewError(
            f"the database has schema {revision}, which this version of Wirewatch does not know"
        )
    wal = path.with_name(f"{path.name}-wal")
    return FileExamination(
        faults=tuple(faults),
        revision=revision,
        newest=newest,
        bytes=path.stat().st_size,
        wal_bytes=wal.stat().st_size if wal.exists() else 0,
    )


def check_start(path: Path, *, seconds: float = 15.0) -> None:
    """Look for damage before a daemon writes to a database; a large one is looked at in part.

    Raises CorruptError with how to restore it. What can't be told here is told by the opening.
    """
    if not path.exists():
        return
    until = time.monotonic() + seconds
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=10)) as conn:
        conn.set_progress_handler(lambda: time.monotonic() > until, 100_000)
        try:
            faults = [str(row[0]) for row in conn.execute("PRAGMA quick_check(1)")]
        except sqlite3.OperationalError:  # its time is over, or the file is another matter
            return
        except sqlite3.DatabaseError as error:
            raise CorruptError(str(error)) from error
        except (
            UnicodeDecodeError
        ) as error:  # SQLite names what is damaged, and Python can't read that
            raise CorruptError("its schema can't be read") from error
    if faults != ["ok"]:
        raise CorruptError(faults[0].replace("\n", " "))


@dataclass(frozen=True, slots=True)
class ServerExamination:
    """What was found of a server: its version, and the schema of our database on it."""

    version: int
    revision: str | None
    newest: str
    bytes: int

    @property
    def is_old(self) -> bool:
        """Whether the next start migrates it."""
        return self.revision != self.newest


def examine_server(location: DatabaseLocation, *, patience: float) -> ServerExamination:
    """Examine a database on a server, and change nothing.

    Raises ConfigError, SchemaTooNewError, UnreachableError, or StorageError.
    """
    newest = migrate.newest_revision()
    with Database.look(location, patience=patience) as conn:
        version = int(conn.execute(text("SHOW server_version_num")).scalar_one()) // 10_000
        revision = migrate.current_revision(conn)
        number = sizes.file_bytes(conn)
    if revision is not None and revision > newest:
        raise SchemaTooNewError(
            f"the database has schema {revision}, which this version of Wirewatch does not know"
        )
    return ServerExamination(version, revision, newest, number)


def compact(path: Path) -> None:
    """Write a database anew, which nobody uses, so that its unused room is the disk's again.

    Raises StorageError; then it is as it was.
    """
    try:
        with closing(sqlite3.connect(path)) as conn:
            conn.execute("VACUUM")
            conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    except (sqlite3.Error, UnicodeDecodeError) as error:
        raise StorageError(f"{path} can't be written anew: {error}") from error


def _revision(conn: sqlite3.Connection) -> str | None:
    there = conn.execute("SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'").fetchone()
    if there is None:
        return None
    row = conn.execute("SELECT version_num FROM alembic_version").fetchone()
    return None if row is None else str(row[0])


def _faults(conn: sqlite3.Connection, *, thorough: bool) -> list[str]:
    check = "integrity_check" if thorough else "quick_check"
    said = [str(row[0]) for row in conn.execute(f"PRAGMA {check}({_MOST_FAULTS})")]
    faults = [] if said == ["ok"] else said
    for table, row, parent, _ in conn.execute("PRAGMA foreign_key_check").fetchmany(_MOST_FAULTS):
        faults.append(f"row {row} of {table} refers to nothing in {parent}")
    return faults
