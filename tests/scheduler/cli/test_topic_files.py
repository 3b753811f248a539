"""`wirewatch topic apply`, `export` and `import`: topics as files, all or nothing where it says so."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from storage.sql.database import Database
from storage.topics import topics
from tests.scheduler.cli.conftest import Said, Wirewatch, headers_stored

Topic = Callable[..., Said]

ROOT = Path(__file__).parents[3]
FILE = """\
id = "newsroom"

[defaults]
time_zone = "Europe/Berlin"
quiet = "22:00-07:00"

[named]
russia = "kremlin OR moscow"

[[topic]]
name = "ferries"
query = '''
ferry AND
  (strike OR @russia)'''
tell = ["desk@example.org", { webhook = "https://hooks.example.org/x", mode = "first-of-day" }]

[[topic]]
name = "bells"
query = "bells"
tell = ["https://hooks.example.org/x"]
"""


@pytest.fixture
def topic(wirewatch: Wirewatch, home: Path) -> Topic:
    """Run a topic command in a directory of one's own; it has to end with the status."""

    def run(*arguments: str, status: int = 0) -> Said:
        said = wirewatch("topic", *arguments, "--data", str(home / "own"))
        assert said.status == status, said.err + said.out
        return said

    return run


@pytest.fixture
def apply(topic: Topic, home: Path) -> Topic:
    """Apply a text."""

    def run(text: str, *arguments: str, status: int = 0) -> Said:
        (home / "topics.toml").write_text(text)
        return topic("apply", "topics.toml", *arguments, status=status)

    return run


def names(topic: Topic) -> list[str]:
    return [each["name"] for each in topic("list", "--json").json]


def test_a_dry_run_shows_the_plan_and_stores_nothing(apply: Topic, home: Path) -> None:
    said = apply(FILE, "--dry-run")
    assert said.out.splitlines() == [
        "+ @russia: kremlin OR moscow",
        "+ ferries: ferry AND (strike OR @russia); tells desk@example.org, https://hooks.example.org/x",
        "+ bells: bells; tells https://hooks.example.org/x",
        "topics: 2 added, 0 changed, 0 removed, 0 the same",
        "named queries: 1 added, 0 changed, 0 removed, 0 the same",
    ]
    assert not (home / "own").exists()


def test_applying_twice_changes_nothing_the_second_time(apply: Topic, topic: Topic) -> None:
    first = apply(FILE)
    assert first.out.count("whsec_") == 1, "topics of a file sign for an address with one secret"
    assert names(topic) == ["ferries", "bells"]
    again = apply(FILE, "--json").json
    assert again["topics"] == {"added": [], "changed": [], "removed": [], "same": 2}
    assert again["named"]["same"] == 1
    assert again["secrets"] == []


def test_a_later_topic_signs_with_the_secret_that_its_address_has(apply: Topic, home: Path) -> None:
    apply(FILE)
    more = '[[topic]]\nname = "x"\nquery = "x-ray"\ntell = ["https://hooks.example.org/x"]\n'
    assert apply(FILE + more, "--json").json["secrets"] == []
    db = Database.open(home / "own" / "wirewatch.db")
    with db.connect() as conn:
        secrets = {r.secret for t in topics.list_all(conn) for r in t.recipients if r.secret}
    db.close()
    assert len(secrets) == 1


def test_what_changed_is_said_and_what_is_gone_is_removed(apply: Topic, topic: Topic) -> None:
    apply(FILE)
    said = apply(FILE.partition('[[topic]]\nname = "bells"')[0].replace("strike", "sinks")).out
    assert "~ ferries: query: ferry AND (strike OR @russia) -> ferry AND (sinks OR @russia)" in said
    assert "- bells" in said
    assert names(topic) == ["ferries"]


def test_who_was_muted_by_command_stays_muted(apply: Topic, topic: Topic) -> None:
    apply(FILE)
    topic("mute", "ferries", "--recipient", "desk@example.org")
    apply(FILE.replace("strike", "sinks"))
    assert "muted" in topic("show", "ferries").out


def test_all_errors_are_told_together_and_nothing_is_applied(apply: Topic, home: Path) -> None:
    wrong = (
        FILE.replace("Europe/Berlin", "Europe/Brelin")
        .replace("(strike OR @russia)", "(strike OR OR ship)")
        .replace('query = "bells"', 'query = "NOT bells"')
    )
    said = apply(wrong, status=2)
    assert said.out == ""
    assert "topics.toml, line 4: defaults.time_zone: 'Europe/Brelin' is no time zone" in said.err
    place = said.err.index("topics.toml, line 14: topic 'ferries', query: ")
    assert "  (strike OR OR ship)\n" in said.err[place:]
    assert "topics.toml, line 19: topic 'bells', query: the query would match" in said.err
    assert "3 errors; nothing is applied" in said.err
    assert not (home / "own").exists()
    told = apply(wrong, "--json", status=2).json["errors"]
    assert [(each["line"], each["topic"]) for each in told] == [
        (4, None),
        (14, "ferries"),
        (19, "bells"),
    ]


def test_topics_that_were_added_by_hand_are_only_taken_over_when_asked(
    apply: Topic, topic: Topic
) -> None:
    topic("add", "ferries", "--query", "ferry", "--webhook", "https://hooks.example.org/x")
    assert "--adopt" in apply(FILE, status=2).err
    said = apply(FILE, "--adopt").out
    assert "~ ferries: taken over from the commands" in said
    assert "newsroom" in topic("show", "ferries").out
    assert "newsroom" in topic("set", "ferries", "--query", "boat").err


def test_two_files_leave_each_other_alone(apply: Topic, topic: Topic) -> None:
    apply(FILE)
    other = 'id = "sport"\n[[topic]]\nname = "football"\nquery = "football"\n'
    apply(other)
    assert names(topic) == ["ferries", "bells", "football"]
    apply(FILE)
    assert names(topic) == ["ferries", "bells", "football"]


def test_a_named_query_that_others_hold_is_not_taken_from_them(apply: Topic, topic: Topic) -> None:
    apply(FILE)
    topic("add", "mine", "--query", "@russia AND snow")
    without = FILE.replace('russia = "kremlin OR moscow"\n', "").replace("@russia", "x-ray")
    said = apply(without, status=2).err
    assert "topic 'mine', which is not of this file, could not be read any more" in said
    before = topic("show", "mine", "--json").json["topic"]["changed"]
    apply(FILE.replace("OR moscow", "OR putin"))
    assert topic("show", "mine", "--json").json["topic"]["changed"] > before, "it is read anew"


def test_a_secret_is_taken_from_a_file_beside_the_topics(apply: Topic, home: Path) -> None:
    (home / "hook").write_text("whsec_c2VjcmV0\n")
    told = 'tell = [{ webhook = "https://hooks.example.org/x", secret_file = "hook" }]'
    text = f'id = "x"\n[[topic]]\nname = "t"\nquery = "ferry"\n{told}\n'
    assert "whsec" not in apply(text).out, "who wrote it knows it"
    (home / "hook").write_text("whsec_b3RoZXI=")
    assert "another secret" in apply(text).out
    (home / "hook").write_text("no base64!")
    assert "hook holds no secret" in apply(text, status=2).err


def test_a_file_that_is_no_utf_8_is_refused_with_its_line(topic: Topic, home: Path) -> None:
    (home / "t.toml").write_bytes(b'id = "x"\n# caf\xe9\n')
    assert "t.toml, line 2: this is not UTF-8" in topic("apply", "t.toml", status=2).err
    assert "can't be read" in topic("apply", "none.toml", status=2).err


def test_what_is_exported_is_what_is_applied(apply: Topic, topic: Topic, home: Path) -> None:
    apply(FILE)
    topic("export", "out.toml")
    again = topic("apply", "out.toml", "--json").json
    assert again["topics"] == {"added": [], "changed": [], "removed": [], "same": 2}
    assert again["named"]["same"] == 1
    assert "whsec" not in (home / "out.toml").read_text()
    topic("add", "mine", "--query", "it's # new\nOR old", "--email", "a@example.org")
    assert "mine" not in topic("export", "-", "--of", "newsroom").out
    topic("export", "all.toml")
    taken = topic("apply", "all.toml", "--adopt", "--json").json["topics"]
    assert all(c["changes"][0].startswith("taken over") for c in taken["changed"])
    assert all(len(c["changes"]) == 1 for c in taken["changed"])
    assert "no topic is applied from" in topic("export", "-", "--of", "none", status=2).err


def test_queries_are_exported_one_a_line_and_imported_again(
    apply: Topic, topic: Topic, home: Path, wirewatch: Wirewatch
) -> None:
    apply(FILE)
    topic("export", "list.txt", "--queries")
    assert (home / "list.txt").read_text() == "ferry AND (strike OR @russia)\nbells\n"
    said = topic("import", "list.txt", "--json").json
    assert said["lines"][1] == {
        "line": 2,
        "query": "bells",
        "result": "there already",
        "topic": "bells",
        "notes": [],
    }


def test_a_list_is_imported_line_by_line(topic: Topic, home: Path) -> None:
    (home / "list.txt").write_bytes(
        '# alerts\r\n"Ansel Ferries" strike\r\n\r\nferry OR\r\nsauna –kiosk\r\n'
        '"ansel ferries"  strike\r\n"Ansel Ferries"   strike'.encode("cp1252")
    )
    said = topic("import", "list.txt", "--email", "a@example.org", status=1)
    assert "read as windows-1252" in said.err
    lines = said.out.splitlines()
    assert lines[0] == "line 2: added as Ansel Ferries strike"
    assert lines[1].startswith("line 4: refused: ")
    assert lines[2:4] == ["  ferry OR", "          ^"]
    assert "line 7: there already as Ansel Ferries strike" in lines
    assert lines[-1] == "3 added, 1 there already, 1 refused"
    assert topic("list", "--json").json[0]["recipients"][0]["address"] == "a@example.org"
    again = topic("import", "list.txt", "--json", status=1).json["lines"]
    assert [each["result"] for each in again] == [
        "there already",
        "refused",
        "there already",
        "there already",
        "there already",
    ]
    assert again[1]["position"] == 8


def test_a_webhook_s_headers_stand_in_a_file_of_their_own_and_stay_without_one(
    topic: Topic, home: Path
) -> None:
    (home / "hook").write_text("Authorization: Bearer hunter2\n")
    head = 'id = "x"\n[[topic]]\nname = "ferries"\nquery = "ferry"\n'
    told = 'tell = [{ webhook = "https://hooks.example.org/x"%s }]'
    for more in (', headers_file = "hook"', ""):
        (home / "t.toml").write_text(head + told % more)
        said = topic("apply", "t.toml")
        assert "hunter2" not in said.out + said.err
        assert headers_stored(home, "ferries") == "Authorization: Bearer hunter2"
    (home / "hook").write_text("none\n")
    (home / "t.toml").write_text(head + told % ', headers_file = "hook"')
    assert "other headers" in topic("apply", "t.toml").out
    assert headers_stored(home, "ferries") is None


def test_a_table_names_its_topics(topic: Topic, home: Path) -> None:
    (home / "list.csv").write_text(
        "Name;Keyword\nFerries (Ansel);ferry AND strike\nBells;bells\nBells;bells rung\n"
    )
    said = topic("import", "list.csv")
    assert "note: the queries are the column 'keyword'" in said.err
    assert said.out.splitlines() == [
        "line 2: added as Ferries (Ansel)",
        "line 3: added as Bells",
        "line 4: added as Bells (2)",
        "3 added, 0 there already, 0 refused",
    ]


def test_a_dry_run_of_an_import_stores_nothing(topic: Topic, home: Path) -> None:
    (home / "list.txt").write_text("ferry\n")
    assert "1 added" in topic("import", "list.txt", "--dry-run").out
    assert not (home / "own").exists()


def test_a_file_that_is_too_large_to_import_is_refused(topic: Topic, home: Path) -> None:
    with (home / "list.txt").open("wb") as file:
        file.truncate(100 * 1024 * 1024)
    assert "more than 16 MB; split it" in topic("import", "list.txt", status=2).err


def test_the_example_in_deploy_can_be_applied(topic: Topic) -> None:
    said = topic("apply", str(ROOT / "deploy" / "topics.toml"), "--dry-run")
    assert "0 changed, 0 removed" in said.out
    assert "note" not in said.err
