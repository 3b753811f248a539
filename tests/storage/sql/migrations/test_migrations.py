"""The one migration makes what the tables say; later ones happen whole or not at all."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from storage.errors import SchemaTooNewError, StorageError
from storage.sql import migrate
from storage.sql.database import Database
from storage.sql.engines.sqlite import sqlite_engine
from storage.sql.schema import metadata
from storage.upkeep import integrity
from tests.storage.world import a_row, a_source

if TYPE_CHECKING:
    from collections.abc import Callable

MIGRATIONS = Path(migrate.__file__).parent / "migrations"
LATER = '''"""Later."""
import sqlalchemy as sa
from alembic import op
revision, down_revision, branch_labels, depends_on = "0002", "0001", None, None


def upgrade() -> None:
    with op.batch_alter_table("sources") as sources:
        sources.add_column(sa.Column("later", sa.Text(), nullable=False, server_default="x"))
        sources.drop_column("daily_budget")
    {ending}
'''


def test_the_files_are_named_by_the_migrations_in_them() -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    scripts = ScriptDirectory.from_config(config)
    assert migrate.newest_revision() == scripts.get_current_head()
    assert migrate._revisions() == {script.revision for script in scripts.walk_revisions()}


@pytest.mark.both_engines
def test_the_migrations_and_the_tables_agree(conn: sa.Connection) -> None:
    def ours(name: str | None, kind: str, _parents: object) -> bool:
        # The full-text index is no table that SQLAlchemy could describe.
        return kind != "table" or not str(name).startswith("archive_words")

    def for_this_engine(item: object, _name: str | None, kind: str, *_: object) -> bool:
        return kind != "index" or item._ddl_if is None or conn.dialect.name == item._ddl_if.dialect  # type: ignore[attr-defined]

    options = {"compare_type": True, "include_name": ours, "include_object": for_this_engine}
    context = MigrationContext.configure(conn, opts=options)
    assert compare_metadata(context, metadata) == []


@pytest.mark.both_engines
def test_every_column_constraint_and_index_is_as_the_tables_would_make_it(
    conn: sa.Connection,
) -> None:
    migrated = _described(conn)
    metadata.drop_all(conn)
    metadata.create_all(conn)
    assert migrated == _described(conn)


def _described(conn: sa.Connection) -> set[tuple[str, ...]]:
    inspector = sa.inspect(conn)
    parts = (
        (inspector.get_columns, ("type", "nullable", "default")),
        (inspector.get_foreign_keys, ("constrained_columns", "referred_table")),
        (inspector.get_unique_constraints, ("column_names",)),
        (inspector.get_indexes, ("column_names", "unique")),
    )
    described = {
        (table, *(str(item.get(key)) for key in ("name", *keys)))
        for table in metadata.tables
        for items, keys in parts
        for item in items(table)
    }
    keys = {(table, str(inspector.get_pk_constraint(table))) for table in metadata.tables}
    return described | keys


@pytest.mark.both_engines
def test_a_database_from_the_future_is_refused_and_left_alone(
    db: Database, place: Path | str
) -> None:
    with db.begin() as conn:
        a_source(conn)
        conn.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(SchemaTooNewError, match=r"schema 9999.*install the version that wrote it"):
        Database.open(place)
    with db.connect() as conn:
        assert conn.exec_driver_sql("SELECT count(*) FROM sources").scalar_one() == 1
        assert migrate.current_revision(conn) == "9999"


@pytest.fixture
def later(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Return what adds a second migration that ends with a line."""
    scripts = Path(shutil.copytree(MIGRATIONS, tmp_path / "m"))

    def add(ending: str) -> None:
        (scripts / "versions" / "0002_later.py").write_text(LATER.format(ending=ending))
        monkeypatch.setattr(migrate, "_MIGRATIONS", scripts)

    return add


def _with_a_row_in_each_table(path: Path) -> dict[str, int]:
    Database.open(path).close()
    engine = sqlite_engine(path)
    tables = sa.MetaData()
    tables.reflect(engine, only=lambda name, _: name in metadata.tables)
    with engine.begin() as conn:
        for table in tables.sorted_tables:
            conn.execute(table.insert().values(a_row(table)))
    engine.dispose()
    return _counts(path)


def _counts(path: Path) -> dict[str, int]:
    engine = sqlite_engine(path)
    with engine.connect() as conn:
        counts = {
            name: conn.exec_driver_sql(f'SELECT count(*) FROM "{name}"').scalar_one()
            for name in metadata.tables
        }
    engine.dispose()
    return counts


def test_a_later_migration_takes_all_rows_along(
    tmp_path: Path, later: Callable[[str], None]
) -> None:
    path = tmp_path / "wirewatch.db"
    before = _with_a_row_in_each_table(path)
    assert min(before.values()) >= 1
    later("pass")
    Database.open(path).close()
    assert _counts(path) == before
    examined = integrity.examine(path, thorough=True)
    assert (examined.faults, examined.revision) == ((), "0002")


@pytest.mark.parametrize(
    ("ending", "error"),
    [
        ('raise RuntimeError("no")', RuntimeError),
        ('op.execute("DELETE FROM stories")', StorageError),  # what refers to them is left
    ],
)
def test_a_migration_that_fails_changes_nothing(
    tmp_path: Path, later: Callable[[str], None], ending: str, error: type[Exception]
) -> None:
    path = tmp_path / "wirewatch.db"
    before = _with_a_row_in_each_table(path)
    later(ending)
    with pytest.raises(error):
        Database.open(path)
    assert _counts(path) == before
    engine = sqlite_engine(path)
    with engine.connect() as conn:
        assert migrate.current_revision(conn) == "0001"
        columns = {column["name"] for column in sa.inspect(conn).get_columns("sources")}
    engine.dispose()
    assert "later" not in columns
    assert "daily_budget" in columns
