"""What is kept is its owner's alone from its first byte, whatever the process's umask is."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from storage.hot.fingerprints import snapshot
from storage.hot.fingerprints.memory import MemoryFingerprints
from storage.process.lock import data_lock
from storage.sql.database import Database
from storage.upkeep.backup import back_up, restore

NOW = datetime(2026, 11, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _open_umask() -> Iterator[None]:
    before = os.umask(0o022)
    yield
    os.umask(before)


def open_to_others(folder: Path) -> list[str]:
    others = stat.S_IRWXG | stat.S_IRWXO
    return [path.name for path in folder.rglob("*") if path.stat().st_mode & others]


def test_the_database_its_journals_its_backups_the_snapshot_and_the_locks(tmp_path: Path) -> None:
    file = tmp_path / "wirewatch.db"
    db = Database.open(file)
    with db.begin() as conn:
        conn.exec_driver_sql("CREATE TABLE secrets (secret)")
        assert {path.name for path in tmp_path.iterdir()} >= {
            f"{file.name}-wal",
            f"{file.name}-shm",
        }
    (tmp_path / "backup").touch(0o644)  # what stands there before does not lend its mode
    back_up(file, tmp_path / "backup")
    index = MemoryFingerprints()
    snapshot.write(snapshot.arrays_of(index, form="1", now=NOW), tmp_path / "snapshot.npz")
    with data_lock(tmp_path):
        assert open_to_others(tmp_path) == []
    db.close()
    assert restore(tmp_path / "backup", file, NOW) is not None
    assert open_to_others(tmp_path) == []


def test_commands_make_directories_and_exports_for_their_owner_alone(tmp_path: Path) -> None:
    data, export = tmp_path / "new" / "data", tmp_path / "sources.opml"
    for command in (["db", "migrate"], ["opml", "export", str(export)], ["backup", f"{export}.db"]):
        subprocess.run(
            [sys.executable, "-m", "scheduler.cli", "--data", str(data), *command],
            check=True,
            capture_output=True,
        )
    assert export.exists()
    assert open_to_others(tmp_path) == []
