"""A real SQLite file for each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection

from storage.database import Database


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    database = Database.open(tmp_path / "wirewatch.db")
    yield database
    database.close()


@pytest.fixture
def conn(db: Database) -> Iterator[Connection]:
    with db.begin() as connection:
        yield connection
