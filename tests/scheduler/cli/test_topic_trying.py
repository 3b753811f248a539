"""Queries tried, compared and marked from the command line, on a small installation."""

from __future__ import annotations

from pathlib import Path

import pytest

from storage import articles
from storage.database import Database
from tests.scheduler.cli.conftest import Said, Wirewatch

SINCE = ("--since", "2026-05-25", "--until", "2026-06-02")


@pytest.fixture
def ask(wirewatch: Wirewatch, data: Path) -> Wirewatch:
    def run(*arguments: str) -> Said:
        return wirewatch(*arguments, "--data", str(data))

    return run


def test_a_try_tells_stories_copies_days_alerts_and_why(ask: Wirewatch) -> None:
    said = ask("topic", "test", "ferry AND strike", *SINCE)
    assert said.status == 0, said.err
    for words in (
        "query: ferry AND strike",
        "1 story matches",
        "6 copies folded",
        "would have sent",
        "stories a day",
        "2026-06-01  █",
        "found: ferry · strike",
        "*ferry*",
    ):
        assert words in said.out
    assert "near misses" in said.out


def test_the_same_is_told_as_json_with_marks_and_passages(ask: Wirewatch) -> None:
    found = ask("topic", "test", "ferry AND strike", *SINCE, "--json", "--limit", "1").json
    assert (found["query"], found["complete"], found["topic"]) == ("ferry AND strike", True, None)
    assert len(found["matches"]) == 1
    assert found["stories"] == sum(found["stories_a_day"].values()) == len(found["alerts"]) == 1
    hit = found["matches"][0]
    assert [p["text"].lower() for p in hit["passage"] if p["marked"]]
    assert {"part", "start", "end"} == set(hit["highlights"][0])
    assert hit["mark"] is None
    assert {near["missing"] for near in found["near_misses"]} == {"strike"}


def test_a_topic_is_tried_by_its_name_with_what_each_recipient_would_hear(ask: Wirewatch) -> None:
    found = ask("topic", "test", "ferries", *SINCE, "--json").json
    assert (found["topic"], found["query"]) == ("ferries", "ferry")
    heard = {each["recipient"]: len(each["told"]) for each in found["recipients"]}
    assert heard == dict.fromkeys(("desk@example.org", "hooks.example.org"), len(found["alerts"]))
    assert "secret-path" not in ask("topic", "test", "ferries", *SINCE).out


def test_a_query_that_can_not_be_read_is_shown_with_its_place(ask: Wirewatch) -> None:
    said = ask("topic", "test", "ferry AND (", *SINCE)
    assert said.status == 2
    assert "^" in said.err


@pytest.mark.parametrize(
    "wrong",
    [
        (),
        ("ferry", "--query", "ferry"),
        ("ferry", "--since", "soon"),
        ("a", "--until", "2020-01-01"),
    ],
)
def test_what_makes_no_sense_is_refused(ask: Wirewatch, wrong: tuple[str, ...]) -> None:
    assert ask("topic", "test", *wrong).status == 2


def test_two_queries_are_compared(ask: Wirewatch) -> None:
    compared = ask("topic", "compare", "strike", "strike OR bells", *SINCE, "--json").json
    assert compared["stories_before"] == compared["lost"] + compared["kept"]
    assert compared["stories_after"] == compared["gained"] + compared["kept"]
    assert compared["gained"] == 1
    assert [each["title"] for each in compared["gained_samples"]] == [
        "Council votes to keep the library’s bells"
    ]
    said = ask("topic", "compare", "strike", "strike OR bells", *SINCE).out
    assert "1 gained" in said
    assert "gained  " in said


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
