"""`wirewatch topic test` and `topic compare`, on a store with something in every state."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from storage.models.articles import ExtractedArticle
from storage.sql.database import Database
from storage.stories import articles
from tests.scheduler.cli.conftest import Said, Wirewatch
from tests.scheduler.web.world import NOW

Ask = Callable[..., Said]
SINCE = ("--since", "90000d")


@pytest.fixture
def ask(wirewatch: Wirewatch, data: Path) -> Ask:
    """Run a topic command on the filled store; it has to end with the status."""

    def run(*arguments: str, status: int = 0) -> Said:
        said = wirewatch("--data", str(data), "topic", *arguments)
        assert said.status == status, said.err
        return said

    return run


def test_a_report_tells_stories_alerts_days_hits_and_near_misses(ask: Ask) -> None:
    said = ask("test", 'ferry AND strike NOT "car ferry"', *SINCE).out
    assert 'query: ferry AND strike AND NOT "car ferry"' in said
    assert "1 story matches, 6 copies folded\nwould have sent 1 alert, at:\n  2026-06-01" in said
    assert f"2026-06-01  {'█' * 40} 1" in said
    assert "found: ferry · strike" in said
    assert "*ferry*" in said
    assert "not: strike" in said


def test_days_without_a_story_are_one_line(ask: Ask) -> None:
    days = ask("test", "ferry", *SINCE, "--until", "2026-06-20").out.partition("stories a day\n")[2]
    assert days.splitlines()[:2] == [f"2026-06-01  {'█' * 40} 3", "2026-06-02 to 2026-06-19: none"]


def test_the_hits_that_are_most_about_it_come_first(ask: Ask) -> None:
    scores = [hit["score"] for hit in ask("test", "ferry", *SINCE, "--json").json["matches"]]
    assert len(scores) == 3
    assert scores == sorted(scores, reverse=True)
    assert len(ask("test", "ferry", *SINCE, "--limit", "1", "--json").json["matches"]) == 1


def test_when_nothing_came_in_that_time_it_says_where_the_archive_begins(ask: Ask) -> None:
    said = ask("test", "ferry", "--since", "2026-06-05", "--until", "2026-06-07")
    assert "0 articles first seen since 2026-06-05" in said.out
    assert "what is stored begins on 2026-06-01" in said.err


def test_an_error_shows_its_place_and_a_remedy_also_in_a_stored_topic(ask: Ask) -> None:
    for said in (ask("test", "ferry AND (", status=2), ask("compare", "x", "ferry (", status=2)):
        assert "this bracket is not closed\nferry " in said.err
        assert "^\nexpected: ); remedy: close it with )" in said.err


@pytest.mark.parametrize(
    ("arguments", "remedy"),
    [
        ((), "one of them"),
        (("ferry", "--query", "ferry"), "one of them"),
        (("ferry", "--since", "31.12.2025"), "write 12h, 30d or 2w"),
        (("ferry", "--since", "1d", "--until", "2d"), "is not before --until"),
    ],
)
def test_what_is_typed_wrong_is_answered_with_what_would_do(
    ask: Ask, arguments: tuple[str, ...], remedy: str
) -> None:
    assert remedy in ask("test", *arguments, status=2).err


def test_a_hint_of_the_reader_is_passed_on(ask: Ask) -> None:
    assert "for the operator write OR" in ask("test", "ferry or boat").err
    assert "for the operator write OR" in ask("compare", "ferries", "ferry or boat").err


def test_a_word_in_disguise_is_shown_as_such(ask: Ask, data: Path) -> None:
    db = Database.open(data / "wirewatch.db")
    with db.begin() as conn:
        old = articles.get(conn, 9)
        said = "Of pay\u200bpal and раураl \x1b[31mand bells."
        new = ExtractedArticle(
            url=old.url, canonical_url=old.url, site="a", title="A note", text=said
        )
        articles.revise(conn, old, new, NOW - timedelta(minutes=1))
    db.close()
    out = ask("test", "paypal", *SINCE).out
    assert "  disguised: раураl stands for paypal, by Cyrillic letters" in out
    assert "  disguised: paypal stands for paypal, by invisible characters" in out
    assert "\x1b" not in out
    assert "\u200b" not in out


def test_two_queries_are_compared_by_what_is_gained_lost_and_kept(ask: Ask) -> None:
    said = ask("compare", "ferries", "library OR (ferry AND strike)", *SINCE).out
    assert "before: ferry\nafter:  library OR ferry AND strike\n" in said
    assert "3 stories before, 2 after: 0 gained, 1 lost, 2 kept" in said
    compared = ask("compare", "ferries", "strike", *SINCE, "--json").json
    assert (compared["gained"], compared["lost"], compared["kept"]) == (0, 2, 1)
    assert len(compared["lost_samples"]) == 2


def test_topics_that_can_not_be_read_are_listed(ask: Ask, data: Path) -> None:
    assert ask("list", "--unreadable", "--json").json == []
    ask("define", "boats", "ferry")
    ask("add", "both", "--query", "@boats AND strike")
    db = Database.open(data / "wirewatch.db")
    with db.begin() as conn:
        conn.exec_driver_sql("DELETE FROM named_queries")
    db.close()
    assert "unreadable: no query is kept under the name boats" in ask("list").out
    [broken] = ask("list", "--unreadable", "--json").json
    assert (broken["name"], broken["unreadable"][:8]) == ("both", "no query")
    assert "ferries" not in ask("list", "--unreadable").out
    assert "\n@boats AND strike\n^\n" in ask("test", "both", status=2).err
