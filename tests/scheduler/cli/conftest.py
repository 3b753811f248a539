"""The command line, run in this process on a data directory of its own."""

from __future__ import annotations

import json
import logging
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import structlog

from scheduler.cli import main
from storage.sql.database import Database
from storage.topics import topics
from tests.scheduler.web.world import fill


@dataclass(frozen=True, slots=True)
class Said:
    """What a command answered."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Wirewatch = Callable[..., Said]


def headers_stored(home: Path, topic: str) -> str | None:
    """Return the fixed headers of a topic's first recipient, as they are kept."""
    db = Database.open(home / "own" / "wirewatch.db")
    try:
        with db.connect() as conn:
            return topics.get(conn, topic).recipients[0].headers
    finally:
        db.close()


@pytest.fixture(autouse=True)
def _own_logging() -> Iterator[None]:
    """Take back what commands do to the process's logging."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    logging.captureWarnings(capture=False)
    root.handlers, root.level = handlers, level
    structlog.reset_defaults()


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return an empty working directory, away from the operator's own configuration and data."""
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.chdir(home)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(home / "config"))
    monkeypatch.setenv("XDG_DATA_HOME", str(home / "share"))
    monkeypatch.setenv("TZ", "UTC")
    return home


@pytest.fixture
def wirewatch(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Wirewatch:
    def run(*arguments: str) -> Said:
        monkeypatch.setattr(sys, "argv", ["wirewatch", *arguments])
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main()
        said = capsys.readouterr()
        return Said(int(ended.value.code or 0), said.out, said.err)

    return run


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a database that holds something in every state; it is made once and copied."""
    path = tmp_path_factory.mktemp("filled") / "wirewatch.db"
    db = Database.open(path)
    with db.begin() as conn:
        fill(conn)
    db.close()
    return path


@pytest.fixture
def data(home: Path, filled: Path) -> Path:
    """Return a data directory of one's own with that database."""
    directory = home / "filled"
    directory.mkdir()
    shutil.copy(filled, directory / "wirewatch.db")
    return directory
