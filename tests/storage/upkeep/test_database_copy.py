"""An embedded installation moves to a server, row by row, and is compared."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy import select, update

from storage.crawl import sources
from storage.errors import InputError
from storage.sql import schema
from storage.sql.database import Database
from storage.stories import articles
from storage.upkeep.database_copy import copy_all
from tests.storage.world import a_page, a_row, a_source, an_article


@pytest.fixture
def embedded(tmp_path: Path) -> Iterator[Database]:
    """Yield a database with a row in each table, and some awkward ones."""
    db = Database.open(tmp_path / "old.db")
    with db.begin() as conn:
        reflected = sa.MetaData()
        reflected.reflect(conn, only=lambda name, _: name in schema.metadata.tables)
        for table in reflected.sorted_tables:
            conn.execute(table.insert().values(a_row(table)))
        source = a_source(conn, "second.example")
        for number in range(2_500):
            a_page(conn, source, f"page-{number}")
        article = an_article(conn, a_page(conn, source, "ß-Ä-雪"))
        conn.exec_driver_sql(
            "UPDATE articles SET title = ? WHERE id = ?", ("a\x00b \U0001f600 \ud7ff", article.id)
        )
        # A story that was merged into one with a greater id.
        conn.execute(update(schema.stories).where(schema.stories.c.id == 1).values(merged_into=2))
    yield db
    db.close()


@pytest.fixture
def server(postgres_url_migrated: str) -> Iterator[Database]:
    db = Database.open(postgres_url_migrated)
    yield db
    db.close()


def test_every_row_of_every_table_is_there_and_ids_go_on(
    embedded: Database, server: Database
) -> None:
    told: list[str] = []
    copied = copy_all(embedded, server, lambda table, _rows: told.append(table))
    assert copied.rows["pages"] == 2_502
    assert min(copied.rows.values()) >= 1
    assert told == list(copied.rows)
    with server.begin() as conn:
        assert (
            conn.execute(
                select(schema.stories.c.merged_into).where(schema.stories.c.id == 1)
            ).scalar()
            == 2
        )
        titles = conn.execute(select(schema.articles.c.title)).scalars().all()
        assert "a\ufffdb \U0001f600 \ud7ff" in titles
        new = a_source(conn, "third.example")
        assert new.id > max(each.id for each in sources.list_all(conn) if each.id != new.id)
        assert articles.search(conn, 5)


def test_a_database_that_holds_something_is_left_alone(
    embedded: Database, server: Database
) -> None:
    with server.begin() as conn:
        a_source(conn)
    with pytest.raises(InputError, match="not empty"):
        copy_all(embedded, server)
    with server.connect() as conn:
        assert len(sources.list_all(conn)) == 1


def test_it_moves_back_too(embedded: Database, server: Database, tmp_path: Path) -> None:
    there = copy_all(embedded, server)
    home = Database.open(tmp_path / "new.db")
    assert copy_all(server, home) == there
    home.close()
