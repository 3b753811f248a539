"""Accounts, tokens, the audit log, the doctor, `top` and `db`, as commands."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from storage.crawl import pages
from storage.models.pages import PageState
from storage.operators import accounts, audit, tokens
from storage.operators.tokens import TokenScope
from storage.process import quarantine
from storage.process.quarantine import Step
from storage.sql.database import Database
from tests.scheduler.cli.conftest import Wirewatch
from tests.scheduler.web.world import NOW


@pytest.fixture
def at(wirewatch: Wirewatch, data: Path) -> Wirewatch:
    """Run commands on the filled data directory."""
    return lambda *arguments: wirewatch("--data", str(data), *arguments)


def typed(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(text))


def test_an_account_is_made_with_a_password_from_a_pipe(
    at: Wirewatch, monkeypatch: pytest.MonkeyPatch, data: Path
) -> None:
    typed(monkeypatch, "three wise ferrymen\n")
    assert at("account", "add", "ada", "--role", "admin").status == 0
    [made] = at("account", "list", "--json").json
    assert (made["name"], made["role"]) == ("ada", "admin")
    assert "password" not in made
    assert "last admin" in at("account", "disable", "ada").err
    typed(monkeypatch, "short\n")
    assert "10 characters" in at("account", "password", "ada").err


def test_a_token_is_printed_alone_so_that_a_script_can_take_it(at: Wirewatch, data: Path) -> None:
    made = at("token", "create", "a script", "--scope", "metrics")
    assert made.out.startswith("ww_metrics_")
    assert len(made.out.split()) == 1
    assert "metrics" in at("token", "list").out
    assert at("token", "revoke", "1").status == 0
    assert "revoked" in at("token", "list").out
    assert "none of" in at("token", "create", "x", "--scope", "all").err


def test_what_a_command_changes_is_in_the_audit_log_without_secrets(
    at: Wirewatch, data: Path
) -> None:
    at("source", "pause", "1")
    hook = "https://hooks.example.com/secret-path"
    at("topic", "add", "boats", "--query", "boat", "--webhook", hook)
    at("topic", "remove", "ferries", "--dry-run")
    at("token", "create", "a script")
    db = Database.open(data / "wirewatch.db")
    with db.connect() as conn:
        lines = audit.page(conn, limit=10)
    db.close()
    found = [(line.what, line.about) for line in reversed(lines)]
    assert found == [
        ("source paused", "source 1, https://herald.example/feed.xml"),
        ("topic added", "topic 2, boats"),
        ("recipient added", "topic 2, boats"),
        ("token created", "token 1, a script"),
    ]
    assert all("secret-path" not in line.about + line.old_value + line.new_value for line in lines)


def test_the_doctor_exits_by_the_worst_that_it_found(wirewatch: Wirewatch, home: Path) -> None:
    said = wirewatch("doctor", "--json")
    found = {each["check"]: each for each in said.json}
    assert found["config"]["state"] == "well"
    assert found["contact"]["state"] == "warning"
    assert said.status == 1
    (home / "wirewatch.toml").write_text("[fetch\n")
    broken = wirewatch("doctor", "--quiet")
    assert broken.status == 2
    assert broken.out.startswith("✗ config: ")


def test_top_draws_once_where_nobody_watches(at: Wirewatch, data: Path) -> None:
    said = at("top")
    assert said.status == 0
    for words in ("The last hour", "To look at", "gone.example", "Newest alerts"):
        assert words in said.out


def test_the_database_is_examined_measured_and_written_anew(at: Wirewatch, data: Path) -> None:
    assert "it is whole" in at("db", "check").out
    assert "nothing to do" in at("db", "migrate").out
    size = at("db", "size", "--json").json
    assert size["bytes"] > 0
    assert at("db", "prune", "--dry-run", "--json").json["stories"] == 0
    assert "given back" in at("db", "vacuum").out
    (data / "wirewatch.db").write_bytes(b"no database" * 1000)
    assert at("db", "check").status != 0


def test_retention_that_contradicts_itself_is_refused(wirewatch: Wirewatch, home: Path) -> None:
    (home / "wirewatch.toml").write_text("[retention]\ntext_days = 10\n")
    assert "texts are compared for 45 days" in wirewatch("config", "check").err


def test_a_reload_needs_a_daemon(at: Wirewatch, data: Path) -> None:
    assert "no daemon runs" in at("reload").err


def test_secrets_of_tokens_are_kept_as_hashes(data: Path) -> None:
    db = Database.open(data / "wirewatch.db")
    with db.begin() as conn:
        _, secret = tokens.create(conn, name="x", scope=TokenScope.READ, now=NOW)
        kept = conn.exec_driver_sql("SELECT hash FROM tokens").scalar_one()
        assert accounts.hash_of(secret) == kept
        assert secret not in kept
    db.close()


def test_work_that_was_set_aside_is_listed_and_tried_again(at: Wirewatch, data: Path) -> None:
    db = Database.open(data / "wirewatch.db")
    with db.begin() as conn:
        for step, subject in ((Step.PAGE, 1), (Step.DIGEST, 1)):
            for _ in range(quarantine.MOST_FAILURES):
                quarantine.begin(conn, step, subject, NOW)
                quarantine.failed(conn, step, subject, "ValueError: odd", NOW)
    assert "ValueError: odd" in at("work", "list").out
    assert "work set aside" in at("status").out
    assert "is not set aside" in at("work", "retry", "match", "1").err
    assert "none of" in at("work", "retry", "feed", "1").err
    assert "name a step" in at("work", "retry", "page").err
    assert at("work", "retry", "page", "1").status == 0
    with db.connect() as conn:
        page = pages.get(conn, 1)
    assert page is not None
    assert page.state is PageState.DUE
    assert at("work", "retry", "--all").out == "digest 1 is tried again\n"
    assert at("work", "list", "--json").json == []
    db.close()
