"""A filled database, a server over it, and a client."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import aiohttp
import pytest

from scheduler.web.server import WebServer
from storage.operators.tokens import TokenScope
from storage.sql.database import Database
from tests.scheduler.web.world import a_token, fill, serving


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Fill a database file once: migrating takes longer than any of the tests."""
    path = tmp_path_factory.mktemp("filled") / "wirewatch.db"
    database = Database.open(path)
    with database.begin() as conn:
        fill(conn)
    database.close()
    return path


@pytest.fixture
def db(filled: Path, tmp_path: Path) -> Iterator[Database]:
    database = Database.open(Path(shutil.copy(filled, tmp_path)))
    yield database
    database.close()


@pytest.fixture
async def server(db: Database) -> AsyncIterator[WebServer]:
    async with serving(db) as server:
        yield server


@pytest.fixture
async def client(server: WebServer) -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(server.url, trust_env=False) as session:
        yield session


@pytest.fixture
async def editor(server: WebServer, db: Database) -> AsyncIterator[aiohttp.ClientSession]:
    """Yield a client that may change things."""
    headers = {"Authorization": f"Bearer {a_token(db, TokenScope.WRITE)}"}
    async with aiohttp.ClientSession(server.url, headers=headers, trust_env=False) as session:
        yield session
