"""A database of every schema that was released is brought to the newest, with all its rows."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.script import ScriptDirectory

from storage.reports import statistics
from storage.sql import migrate
from storage.sql.database import Database
from storage.upkeep import integrity
from tests.storage.world import NOON

_VALUES = {"JSON": "[]", "BLOB": b"", "FLOAT": 0.5, "INTEGER": 1, "BOOLEAN": 0}
_SPECIAL = {
    # what a row must hold for the newest code to read it
    "state": {"sources": "active", "pages": "done", "outbox": "pending"},
    "kind": {"sources": "feed", "outbox": "alert", "aliases": "url"},
    "channel": {"recipients": "email", "outbox": "email"},
    "mode": {"recipients": "every"},
    "purpose": {"fetches": "page"},
    "relation": {"copies": "near"},
    "role": {"accounts": "viewer"},
    "scope": {"tokens": "read"},
    "how": {"audit": "cli"},
    "time_zone": {"recipients": "UTC"},
}
_MOMENT = "2026-06-01 12:00:00.000000"


def _revisions() -> list[str]:
    scripts = ScriptDirectory.from_config(migrate._config())
    return [script.revision for script in scripts.walk_revisions()][::-1]


def _at(path: Path, revision: str) -> dict[str, int]:
    """Make a database of a schema with a row in each table; how many rows each table has."""
    engine = sa.create_engine(f"sqlite:///{path}")
    with engine.begin() as conn:
        command.upgrade(migrate._config(conn), revision)
    old = sa.MetaData()
    old.reflect(engine, only=lambda name, _: not name.startswith(("alembic", "archive_words")))
    counts: dict[str, int] = {}
    with engine.begin() as conn:
        for table in old.sorted_tables:
            conn.execute(table.insert().values(a_row(table)))
            counts[table.name] = conn.execute(
                sa.select(sa.func.count()).select_from(table)
            ).scalar_one()
    engine.dispose()
    return counts


def a_row(table: sa.Table) -> dict[str, object]:
    row: dict[str, object] = {}
    for column in table.columns:
        if column.nullable and not column.foreign_keys and column.name != "source_id":
            continue
        kind = str(column.type).split("(", maxsplit=1)[0]
        special = _SPECIAL.get(column.name, {}).get(table.name)
        if column.name == "merged_into":
            continue
        if kind == "DATETIME":
            row[column.name] = NOON.replace(tzinfo=None)
        elif kind == "JSON":
            row[column.name] = []
        else:
            row[column.name] = special or _VALUES.get(kind, f"a {column.name}")
    if table.name == "stories":
        row["root_article_id"] = 1
    return row


@pytest.mark.parametrize("revision", _revisions())
def test_it_is_brought_to_the_newest_schema_with_all_its_rows(
    tmp_path: Path, revision: str
) -> None:
    path = tmp_path / "wirewatch.db"
    before = _at(path, revision)
    db = Database.open(path)
    try:
        with db.connect() as conn:
            for name, number in before.items():
                found = conn.exec_driver_sql(f'SELECT count(*) FROM "{name}"').scalar_one()
                assert found >= number, name
            seen = statistics.overview(conn, now=NOON, since=NOON - timedelta(days=1))
    finally:
        db.close()
    assert len(seen.sources) == 1
    examined = integrity.examine(path, thorough=True)
    assert (examined.faults, examined.revision) == ((), migrate.newest_revision())


def test_the_ledger_so_far_is_counted_by_the_hour(tmp_path: Path) -> None:
    path = tmp_path / "wirewatch.db"
    _at(path, "0007")
    db = Database.open(path)
    with db.connect() as conn:
        found = conn.exec_driver_sql("SELECT source_id, hour, requests FROM tallies").all()
    db.close()
    assert sorted(found) == [(0, _MOMENT, 1), (1, _MOMENT, 1)]
