"""Commands over a PostgreSQL: the same as over a file, and the way there."""

from __future__ import annotations

from pathlib import Path

import pytest

from storage.sql.database import Database
from tests.scheduler.cli.conftest import Wirewatch


@pytest.fixture
def on_server(monkeypatch: pytest.MonkeyPatch, postgres_url_migrated: str) -> str:
    monkeypatch.setenv("WIREWATCH_STORAGE__DATABASE", postgres_url_migrated)
    return postgres_url_migrated


def test_an_installation_moves_to_a_server(
    wirewatch: Wirewatch,
    data: Path,
    postgres_url_migrated: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before = wirewatch("--data", str(data), "story", "list", "--json").json
    said = wirewatch("--data", str(data), "db", "copy", postgres_url_migrated)
    assert said.status == 0, said.err
    assert "each is the same" in said.out
    monkeypatch.setenv("WIREWATCH_STORAGE__DATABASE", postgres_url_migrated)
    assert wirewatch("story", "list", "--json").json == before
    again = wirewatch("--data", str(data), "db", "copy", postgres_url_migrated)
    assert again.status != 0


def test_commands_work_on_a_server(wirewatch: Wirewatch, on_server: str) -> None:
    assert (
        wirewatch("topic", "add", "ferries", "--query", "ferry", "--email", "a@b.example").status
        == 0
    )
    assert [topic["name"] for topic in wirewatch("topic", "list", "--json").json] == ["ferries"]
    assert wirewatch("db", "size", "--json").json["bytes"] > 0
    status = wirewatch("status", "--json")
    assert (status.status, status.json["processes"]) == (2, [])
    assert "no process works" in status.json["says"]


@pytest.mark.parametrize("command", [("db", "check"), ("db", "vacuum"), ("backup", "x.db")])
def test_what_is_for_a_file_names_the_servers_own_programs(
    wirewatch: Wirewatch, on_server: str, command: tuple[str, ...]
) -> None:
    said = wirewatch(*command)
    assert said.status != 0
    assert "pg_dump" in said.err
    assert "postgres@" in said.err or "postgresql://" in said.err


@pytest.mark.parametrize(
    ("role", "says"), [("cook", "there is no role"), ("crawler", "storage.database")]
)
def test_a_role_that_can_not_be_is_refused(wirewatch: Wirewatch, role: str, says: str) -> None:
    said = wirewatch("run", "--role", role)
    assert said.status != 0
    assert says in said.err


def test_a_database_that_is_away_is_said_at_once(
    wirewatch: Wirewatch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scheduler.cli.context._PATIENCE", 0.5)
    monkeypatch.setenv("WIREWATCH_STORAGE__DATABASE", "postgresql://nobody@127.0.0.1:1/none")
    said = wirewatch("topic", "list")
    assert said.status != 0
    assert "can't be reached" in said.err


def test_an_empty_server_is_an_installation_without_anything(
    wirewatch: Wirewatch, monkeypatch: pytest.MonkeyPatch, postgres_url: str
) -> None:
    monkeypatch.setenv("WIREWATCH_STORAGE__DATABASE", postgres_url)
    assert wirewatch("source", "list", "--json").json == []
    Database.open(postgres_url).close()
