"""`wirewatch topic`: watched, shown, changed, told, muted, named."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from scheduler.wording.routing_text import read_until
from storage.sql.database import Database
from storage.topics import topics
from tests.scheduler.cli.conftest import Said, Wirewatch, headers_stored

Topic = Callable[..., Said]


@pytest.fixture
def topic(wirewatch: Wirewatch, home: Path) -> Topic:
    """Run a topic command in a directory of one's own; it has to end with the status."""

    def run(*arguments: str, status: int = 0) -> Said:
        said = wirewatch("topic", *arguments, "--data", str(home / "own"))
        assert said.status == status, said.err
        return said

    return run


def shown(topic: Topic, name: str = "ferries") -> dict[str, object]:
    found: dict[str, object] = topic("show", name, "--json").json
    return found


def routings(topic: Topic) -> dict[str, dict[str, object]]:
    found = topic("show", "ferries", "--json").json["topic"]["recipients"]
    return {recipient["address"]: recipient["routing"] for recipient in found}


def test_a_topic_is_added_with_a_routing_for_all_that_it_tells(topic: Topic) -> None:
    topic(
        *("add", "ferries", "--query", "ferry", "--email", "a@example.org"),
        *("--webhook", "https://hooks.example.org/x", "--mode", "spike", "--updates"),
        *("--time-zone", "Europe/Berlin", "--quiet", "22:00-07:00"),
    )
    for routing in routings(topic).values():
        assert routing["mode"] == "spike"
        assert routing["updates"] is True
        assert routing["time_zone"] == "Europe/Berlin"
        assert (routing["quiet_from"], routing["quiet_until"]) == ("22:00:00", "07:00:00")


def test_a_query_can_come_from_a_file(topic: Topic, home: Path) -> None:
    (home / "q.txt").write_bytes(b"\xef\xbb\xbfferry # boats\r\nAND strike\r\n")
    topic("add", "ferries", "--query-file", "q.txt")
    assert shown(topic)["topic"]["query"] == "ferry # boats\nAND strike"  # type: ignore[index]
    assert "read as: ferry AND strike" in topic("show", "ferries").out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--query", "a", "--query-file", "b"), "one of them"),
        ((), "give a --query or a --query-file"),
        (("--query-file", "none"), "none can't be read"),
        (
            ("--query", "ferry", "--mode", "spyke"),
            "--mode 'spyke' is no mode; did you mean 'spike'",
        ),
        (("--query", "ferry", "--time-zone", "Berlin"), "did you mean 'Europe/Berlin'"),
        (("--query", "ferry", "--quiet", "22-7"), "did you mean 22:00-07:00"),
        (("--query", "ferry", "--email", "nobody"), "--email: 'nobody' is no e-mail address"),
        (("--query", "ferry AND (日本 OR"), "ferry AND (日本 OR\n          ^"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_what_is_wrong_is_said_with_what_would_do(
    topic: Topic, arguments: tuple[str, ...], said: str
) -> None:
    assert said in topic("add", "ferries", *arguments, status=2).err


def test_a_dry_run_stores_nothing_and_makes_no_data(topic: Topic, home: Path) -> None:
    said = topic("add", "ferries", "--query", "ferry", "--dry-run")
    assert "topic ferries: ferry" in said.out
    assert "Nothing is stored" in said.err
    assert not (home / "own").exists()
    topic("add", "ferries", "--query", "ferry")
    for arguments in (
        ("remove", "ferries"),
        ("set", "ferries", "--query", "ship"),
        ("tell", "ferries", "--email", "a@example.org"),
        ("mute", "ferries"),
        ("define", "x", "boat"),
    ):
        assert "Nothing is stored" in topic(*arguments, "--dry-run").err
    left = shown(topic)["topic"]
    assert (left["query"], left["recipients"], left["muted"]) == ("ferry", [], False)  # type: ignore[index]
    assert topic("named", "--json").json == []


def test_a_hint_of_the_reader_is_passed_on(topic: Topic) -> None:
    said = topic("add", "ferries", "--query", "ferry or boat")
    assert "note: " in said.err
    assert "OR" in said.err
    assert "read as: ferry AND or AND boat" in said.err


def test_what_is_read_as_it_was_typed_is_not_repeated(topic: Topic) -> None:
    assert "read as" not in topic("add", "ferries", "--query", "Ferry AND boat").err


def test_a_changed_query_is_shown_beside_the_old_one(topic: Topic) -> None:
    topic("add", "ferries", "--query", "ferry")
    said = topic("set", "ferries", "--query", "ferry AND strike").out
    assert "old: ferry\nnew: ferry AND strike\n" in said
    assert "says that already" in topic("set", "ferries", "--query", "ferry AND strike").out
    topic("set", "ferries", "--query", "ferry AND", status=2)
    assert shown(topic)["read_as"] == "ferry AND strike"


def test_a_webhook_has_fixed_headers_whose_values_are_never_shown(topic: Topic, home: Path) -> None:
    (home / "headers").write_text("X-Api-Key: hunter2\n")
    hook = "https://hooks.example.org/x"
    said = topic(
        *("add", "ferries", "--query", "ferry", "--webhook", hook),
        *("--header", "Authorization: Bearer hunter2", "--header", "@headers"),
    )
    assert "hunter2" not in said.out + said.err

    def names() -> list[str]:
        [recipient] = topic("show", "ferries", "--json").json["topic"]["recipients"]
        assert "hunter2" not in str(recipient)
        return list(recipient["headers"])

    assert headers_stored(home, "ferries") == "Authorization: Bearer hunter2\nX-Api-Key: hunter2"
    assert names() == ["Authorization", "X-Api-Key"]
    topic("tell", "ferries", "--webhook", hook, "--mode", "spike")
    assert names() == ["Authorization", "X-Api-Key"], "what is not said stays"
    topic("tell", "ferries", "--webhook", hook, "--header", "none")
    assert headers_stored(home, "ferries") is None
    wrong = topic("tell", "ferries", "--webhook", hook, "--header", "hunter2", status=2)
    assert "--header: header 1 is none" in wrong.err
    assert "hunter2" not in wrong.err
    assert (
        "goes with --webhook"
        in topic("tell", "ferries", "--email", "a@example.org", "--header", "X-A: 1", status=2).err
    )


def test_what_is_taken_out_of_an_address_is_said_and_one_mailbox_is_one_recipient(
    topic: Topic,
) -> None:
    topic("add", "ferries", "--query", "ferry", "--email", "Desk@newsroom.example")
    said = topic("tell", "ferries", "--email", "desk@NEWSROOM.example\u200b", "--mode", "spike")
    assert "U+200B ZERO WIDTH SPACE was taken out" in said.err
    assert {address: routing["mode"] for address, routing in routings(topic).items()} == {
        "Desk@newsroom.example": "spike"
    }


def test_an_address_of_a_chat_service_says_how_it_is_reached(topic: Topic) -> None:
    slack = "https://hooks.slack.com/services/T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ"
    said = topic("add", "ferries", "--query", "ferry", "--webhook", slack, status=2)
    assert "--apprise 'slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/'" in said.err


def test_recipients_come_change_and_go(topic: Topic) -> None:
    topic(
        "add", "ferries", "--query", "ferry", "--email", "a@example.org", "--quiet", "22:00-07:00"
    )
    said = topic("tell", "ferries", "--webhook", "https://hooks.example.org/x", "--mode", "spike")
    assert "whsec_" in said.out
    said = topic("tell", "ferries", "--email", "a@example.org", "--mode", "first-of-day")
    assert "whsec_" not in said.out
    told = routings(topic)
    assert told["a@example.org"]["mode"] == "first-of-day"
    assert told["a@example.org"]["quiet_from"] == "22:00:00", "what was not spoken of stays"
    assert told["https://hooks.example.org/x"]["mode"] == "spike"
    topic("untell", "ferries", "hooks.example.org")
    assert list(routings(topic)) == ["a@example.org"]
    assert "topic show" in topic("untell", "ferries", "b@example.org", status=2).err
    assert "say whom" in topic("tell", "ferries", status=2).err


def test_a_host_that_is_told_twice_has_to_be_named_by_its_address(topic: Topic) -> None:
    hooks = ("https://hooks.example.org/1", "https://hooks.example.org/2")
    topic("add", "ferries", "--query", "ferry", "--webhook", hooks[0], "--webhook", hooks[1])
    assert "give the address" in topic("untell", "ferries", "hooks.example.org", status=2).err
    topic("untell", "ferries", hooks[1])
    assert list(routings(topic)) == [hooks[0]]


def test_a_topic_or_one_of_its_recipients_is_muted_and_snoozed(topic: Topic) -> None:
    topic("add", "ferries", "--query", "ferry", "--email", "a@example.org")
    topic("mute", "ferries")
    topic("snooze", "ferries", "3d", "--recipient", "a@example.org")
    said = topic("show", "ferries").out
    assert "muted: nobody is told" in said
    assert "snoozed until" in said
    assert "muted" in topic("list").out
    topic("unmute", "ferries", "--recipient", "a@example.org")
    topic("unmute", "ferries")
    said = topic("show", "ferries").out
    assert "muted" not in said
    assert "snoozed" not in said
    assert "has passed" in topic("snooze", "ferries", "until", "2020-01-01", status=2).err


def test_a_snooze_is_stored_in_utc(topic: Topic, home: Path) -> None:
    topic("add", "ferries", "--query", "ferry")
    topic("snooze", "ferries", "until", "2036-01-01T08:00+02:00")
    db = Database.open(home / "own" / "wirewatch.db")
    with db.connect() as conn:
        stored = topics.get(conn, "ferries")
    db.close()
    assert stored.snoozed_until == read_until("2036-01-01T06:00Z", stored.created_at)


def test_a_long_list_is_cut_and_says_so(topic: Topic) -> None:
    for number in range(3):
        topic("add", f"t{number}", "--query", f"word{number}")
    said = topic("list", "--limit", "2")
    assert len(said.out.splitlines()) == 3
    assert "and 1 more" in said.err
    assert [t["name"] for t in topic("list", "--match", "WORD1", "--json").json] == ["t1"]


def test_a_webhooks_path_is_not_listed(topic: Topic) -> None:
    topic("add", "ferries", "--query", "ferry", "--webhook", "https://hooks.example.org/secret")
    said = topic("list").out
    assert "hooks.example.org" in said
    assert "secret" not in said


def test_topics_follow_the_named_queries_that_they_hold(topic: Topic) -> None:
    topic("define", "russia", "kremlin OR moscow")
    topic("add", "ferries", "--query", "@russia AND ferry")
    changed = shown(topic)["topic"]["changed"]  # type: ignore[index]
    assert shown(topic)["named_queries"] == ["@russia"]
    said = topic("define", "@russia", "kremlin").out
    assert "old: kremlin OR moscow\nnew: kremlin\n" in said
    assert shown(topic)["topic"]["changed"] > changed, "it is read anew"  # type: ignore[index]
    [named] = topic("named", "--json").json
    assert (named["named"]["query"], named["topics"]) == ("kremlin", ["ferries"])
    assert "@russia\tkremlin\t1" in topic("named").out


def test_a_named_query_that_is_held_is_not_forgotten(topic: Topic) -> None:
    topic("define", "russia", "kremlin")
    topic("define", "war", "@russia AND army")
    topic("add", "ferries", "--query", "@war")
    said = topic("undefine", "russia", status=2).err
    assert "topic 'ferries'" in said
    assert "@war" in said
    topic("remove", "ferries")
    topic("undefine", "war")
    topic("undefine", "russia")
    assert "topic named" in topic("undefine", "russia", status=2).err


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("@war", "circle"),
        ("@none", "no query is kept under the name none"),
        ("moscow AND", "\nmoscow AND\n          ^"),
        ("NOT moscow", "topic 'ferries' could not be read any more"),
    ],
)
def test_a_named_query_that_would_break_something_is_refused(
    topic: Topic, query: str, said: str
) -> None:
    topic("define", "russia", "kremlin")
    topic("define", "war", "@russia OR army")
    topic("add", "ferries", "--query", "@russia")
    assert said in topic("define", "russia", query, status=2).err
    assert topic("named", "--json").json[0]["named"]["query"] == "kremlin"


def test_a_topic_that_can_not_be_read_any_more_is_shown_with_the_reason(
    topic: Topic, home: Path
) -> None:
    topic("add", "ferries", "--query", "ferry")
    db = Database.open(home / "own" / "wirewatch.db")
    with db.begin() as conn:
        topics.set_query(conn, topics.get(conn, "ferries").id, "ferry AND ((")
    db.close()
    assert "unreadable: " in topic("show", "ferries").out
    assert "unreadable" in shown(topic)
