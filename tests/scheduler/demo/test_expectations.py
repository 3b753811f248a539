"""The demo says what is missing; it does not take an empty store for a success."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from scheduler.demo.expectations import DemoState, missing, stored
from scheduler.demo.world import load_world
from storage.reports import statistics
from storage.sql.database import Database

NOW = datetime(2026, 3, 10, 9, 30, tzinfo=UTC)
WORLD = load_world()


def test_of_an_empty_store_everything_is_missing(tmp_path: Path) -> None:
    db = Database.open(tmp_path / "wirewatch.db")
    try:
        with db.connect() as conn:
            overview = statistics.overview(conn, now=NOW, since=NOW - timedelta(days=1))
    finally:
        db.close()
    reasons = " / ".join(missing(WORLD, DemoState(overview, (), ())))
    assert "articles: 19 expected, 0 found" in reasons
    assert "copies folded: 7 expected, 0 found" in reasons
    assert f"{WORLD.original(WORLD.watched).url} is in no story" in reasons
    assert "deliveries by email: 1 expected, 0 found" in reasons
    assert "deliveries by webhook: 1 expected, 0 found" in reasons
    assert not stored(WORLD, overview, 0)
