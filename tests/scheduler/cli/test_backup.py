"""`wirewatch backup` and `restore`, as an operator types them."""

from __future__ import annotations

from pathlib import Path

from storage.delivery import alerts
from storage.process.lock import data_lock
from storage.sql.database import Database
from storage.topics import topics
from tests.scheduler.cli.conftest import Wirewatch


def names(data: Path) -> list[str]:
    db = Database.open(data / "wirewatch.db")
    try:
        with db.connect() as conn:
            assert alerts.list_recent(conn, 10)
            return topics.names(conn)
    finally:
        db.close()


def test_a_backup_is_restored(wirewatch: Wirewatch, data: Path, tmp_path: Path) -> None:
    copy, at = tmp_path / "copy.db", ("--data", str(data))
    before = names(data)
    assert "whole" in wirewatch(*at, "backup", str(copy)).out
    wirewatch(*at, "topic", "add", "later", "--query", "word")
    assert names(data) != before
    (data / "fingerprints.npz").write_bytes(b"of articles that will be gone")
    said = wirewatch(*at, "restore", str(copy))
    assert said.status == 0, said.err
    assert "is kept" in said.err
    assert "nobody is alerted" in said.err
    assert names(data) == before
    assert not (data / "fingerprints.npz").exists()


def test_nothing_is_restored_while_a_daemon_runs(
    wirewatch: Wirewatch, data: Path, tmp_path: Path
) -> None:
    copy = tmp_path / "copy.db"
    wirewatch("--data", str(data), "backup", str(copy))
    with data_lock(data):
        assert wirewatch("--data", str(data), "restore", str(copy)).status == 75


def test_a_file_that_is_not_there_is_named(wirewatch: Wirewatch, data: Path) -> None:
    said = wirewatch("--data", str(data), "restore", "nowhere.db")
    assert said.status == 2
    assert "nowhere.db" in said.err
