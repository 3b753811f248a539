"""Bring the database's schema up to date with Alembic, and refuse one from the future."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, column, inspect, select, table

from storage.errors import SchemaTooNewError, StorageError
from storage.failpoints import reach

_MIGRATIONS = Path(__file__).parent / "migrations"
_VERSIONS = table("alembic_version", column("version_num"))
_LOCK = 0x776972657761  # any number that nobody else takes: of processes that start together, one migrates


def upgrade(engine: Engine) -> None:
    """Run the migrations that are missing, all in one transaction.

    Raises SchemaTooNewError when the database knows a migration that this version does not, and
    StorageError when a row would refer to nothing after it.
    """
    with engine.connect() as plain, _keys_unchecked(plain):
        conn = plain.execution_options(wirewatch_writes=True, **_level(engine))
        with conn.begin():
            _one_at_a_time(conn)
            current = current_revision(conn)
            if current != newest_revision():
                refuse_unknown(current)
                _run_migrations(conn)
                _check_keys(conn)
                reach("migration")


def current_revision(conn: Connection) -> str | None:
    """Return the migration that the database stands at; None for an empty one."""
    if not inspect(conn).has_table(_VERSIONS.name):
        return None
    revision: str | None = conn.execute(select(_VERSIONS.c.version_num)).scalar()
    return revision


def newest_revision() -> str:
    """Return the newest migration that this version knows. Raises RuntimeError when there is none."""
    revisions = _revisions()
    if not revisions:
        raise RuntimeError("storage/sql/migrations/versions is empty: the installation is broken")
    return max(revisions)


def _level(engine: Engine) -> dict[str, Any]:
    """Let a migration that waited for another one see what that did."""
    return {} if engine.dialect.name == "sqlite" else {"isolation_level": "READ COMMITTED"}


def _one_at_a_time(conn: Connection) -> None:
    if conn.dialect.name == "postgresql":
        conn.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK})")


@contextmanager
def _keys_unchecked(conn: Connection) -> Iterator[None]:
    """Let SQLite take a table's place that others refer to, which its own checks do not allow.

    It heeds this only outside of a transaction.
    """
    raw: Any = conn.connection.dbapi_connection
    if conn.dialect.name != "sqlite":
        yield
        return
    raw.execute("PRAGMA foreign_keys=OFF")
    try:
        yield
    finally:
        raw.execute("PRAGMA foreign_keys=ON")


def _check_keys(conn: Connection) -> None:
    """Raise StorageError, and so undo all, when a row refers to one that is not there."""
    if conn.dialect.name == "sqlite":
        broken = conn.exec_driver_sql("PRAGMA foreign_key_check").first()
        if broken is not None:
            raise StorageError(
                f"table {broken[0]} has a row that refers to nothing in {broken[2]}; nothing was "
                "changed: restore a backup, or send us this line"
            )


def refuse_unknown(revision: str | None) -> None:
    """Raise SchemaTooNewError for a migration that this version does not know."""
    if revision is not None and revision not in _revisions():
        raise SchemaTooNewError(
            f"the database has schema {revision}, which this version of Wirewatch does not know; "
            "install the version that wrote it, or restore an older backup"
        )


def _revisions() -> frozenset[str]:
    """Return the migrations that this version knows: each stands in a file that its number begins."""
    return frozenset(path.name[:4] for path in (_MIGRATIONS / "versions").glob("[0-9]*_*.py"))


def _run_migrations(conn: Connection) -> None:
    # 0.1 s of imports, which only a database that is new or behind pays.
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    config.attributes["connection"] = conn
    command.upgrade(config, "head")
