"""Hits are marked, and what recipients would hear is told, on a small installation."""

from __future__ import annotations

from pathlib import Path

import pytest

from storage.sql.database import Database
from storage.stories import articles
from tests.scheduler.cli.conftest import Said, Wirewatch

SINCE = ("--since", "2026-05-25", "--until", "2026-06-02")


@pytest.fixture
def ask(wirewatch: Wirewatch, data: Path) -> Wirewatch:
    def run(*arguments: str) -> Said:
        return wirewatch(*arguments, "--data", str(data))

    return run


def test_a_topic_is_tried_by_its_name_with_what_each_recipient_would_hear(ask: Wirewatch) -> None:
    found = ask("topic", "test", "ferries", *SINCE, "--json").json
    assert (found["topic"], found["query"]) == ("ferries", "ferry")
    heard = {each["recipient"]: len(each["told"]) for each in found["recipients"]}
    assert heard == dict.fromkeys(("desk@example.org", "hooks.example.org"), len(found["alerts"]))
    assert "secret-path" not in ask("topic", "test", "ferries", *SINCE).out


def test_a_hit_is_marked_by_id_or_address_and_shown_so(ask: Wirewatch, data: Path) -> None:
    db = Database.open(data / "wirewatch.db")
    with db.connect() as conn:
        first = articles.get(conn, 1)
    db.close()
    assert "1 relevant, 0 noise" in ask("topic", "mark", "ferries", first.url, "relevant").out
    assert "0 relevant, 1 noise" in ask("topic", "mark", "ferries", "1", "noise").out
    assert "[noise]" in ask("topic", "test", "ferries", *SINCE).out
    assert "0 relevant, 0 noise" in ask("topic", "mark", "ferries", "1", "none").out
    for wrong in (("none", "1", "noise"), ("ferries", "999", "noise"), ("ferries", "1", "good")):
        assert ask("topic", "mark", *wrong).status == 2


def test_suggestions_say_how_many_marks_are_missing(ask: Wirewatch) -> None:
    ask("topic", "mark", "ferries", "1", "noise")
    said = ask("topic", "suggest", "ferries", *SINCE)
    assert "2 more hits must be marked noise" in said.err
    assert "3 more hits must be marked relevant" in said.err
    assert ask("topic", "suggest", "ferries", *SINCE, "--json").json["noise"] == 1
