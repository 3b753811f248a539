"""What the tests of the crawl begin with."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from storage.database import Database
from tests.crawler.world import World


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    db = Database.open(tmp_path / "w.db")
    world = World(db)
    await world.open()
    yield world
    db.close()
