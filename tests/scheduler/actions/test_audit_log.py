"""What commands alone can do, as the audit log tells it: old and new values, and never a secret."""

from __future__ import annotations

from pathlib import Path

import pytest

from storage.operators import audit
from storage.operators.audit import AuditEntry, Interface
from storage.sql.database import Database
from tests.scheduler.cli.conftest import Wirewatch

HOOK = "https://hooks.example.org/secret-path"


@pytest.fixture
def at(wirewatch: Wirewatch, data: Path) -> Wirewatch:
    """Run commands on the filled data directory."""
    return lambda *arguments: wirewatch("--data", str(data), *arguments)


def lines(data: Path) -> list[AuditEntry]:
    db = Database.open(data / "wirewatch.db")
    with db.connect() as conn:
        found = audit.page(conn, limit=50)
    db.close()
    return found[::-1]


def told(data: Path) -> list[tuple[str, str, str, str]]:
    return [(each.what, each.about, each.old_value, each.new_value) for each in lines(data)]


def test_a_named_query_is_told_with_both_texts(at: Wirewatch, data: Path) -> None:
    for arguments in (
        ("define", "boats", "boat"),
        ("define", "boats", "ship"),
        ("undefine", "boats"),
    ):
        assert at("topic", *arguments).status == 0
    assert told(data) == [
        ("named query added", "@boats", "", "boat"),
        ("named query changed", "@boats", "boat", "ship"),
        ("named query removed", "@boats", "ship", ""),
    ]


def test_a_mark_is_told_with_the_one_before(at: Wirewatch, data: Path) -> None:
    for word in ("relevant", "noise", "none"):
        assert at("topic", "mark", "ferries", "1", word).status == 0
    assert [(each.old_value, each.new_value) for each in lines(data)] == [
        ("no mark", "relevant"),
        ("relevant", "noise"),
        ("noise", "no mark"),
    ]


def test_a_recipient_is_muted_by_itself(at: Wirewatch, data: Path) -> None:
    assert at("topic", "mute", "ferries", "--recipient", "hooks.example.org").status == 0
    about = "topic 1, ferries: webhook hooks.example.org"
    assert told(data) == [("recipient muted", about, "not muted", "muted")]


def test_a_new_secret_is_told_without_any_secret(at: Wirewatch, data: Path) -> None:
    made = at("topic", "new-secret", "ferries", HOOK)
    secret = made.out.rpartition(" ")[2].strip()
    assert secret.startswith("whsec_")
    [line] = lines(data)
    assert (line.what, line.how) == ("secret changed", Interface.CLI)
    assert line.new_value.startswith("another secret")
    assert secret not in repr(line)
    assert "secret-path" not in repr(line)


def test_a_topic_file_is_told_as_a_whole_and_topic_by_topic(
    at: Wirewatch, data: Path, home: Path
) -> None:
    file = home / "topics.toml"
    text = f"""id = "desk"
[named]
sea = "harbour"
[[topic]]
name = "boats"
query = "boat"
[[topic.tell]]
webhook = "{HOOK}"
"""
    file.write_text(text)
    assert at("topic", "apply", str(file), "--dry-run").status == 0
    assert lines(data) == []
    assert at("topic", "apply", str(file)).status == 0
    file.write_text(text.replace('query = "boat"', 'query = "ship"').partition("[[topic.tell]]")[0])
    assert at("topic", "apply", str(file)).status == 0
    to_hook = "webhook hooks.example.org: every story"
    assert told(data) == [
        ("topic file applied", "file desk", "", "topics: 1 added, 0 changed, 0 removed"),
        ("named query added", "@sea", "", "harbour"),
        ("topic added", "topic 2, boats", "", "boat"),
        ("recipient added", "topic 2, boats", "", to_hook),
        ("topic file applied", "file desk", "", "topics: 0 added, 1 changed, 0 removed"),
        ("topic changed", "topic 2, boats", "boat", "ship"),
        ("recipient removed", "topic 2, boats", to_hook, ""),
    ]


def test_a_list_of_queries_is_told_as_a_whole_and_topic_by_topic(
    at: Wirewatch, data: Path, home: Path
) -> None:
    (home / "queries.txt").write_text("boat\nship\n")
    assert at("topic", "import", str(home / "queries.txt"), "--dry-run").status == 0
    assert lines(data) == []
    assert at("topic", "import", str(home / "queries.txt")).status == 0
    assert [(each.what, each.new_value) for each in lines(data)] == [
        ("query list imported", "2 topics added"),
        ("topic added", "boat"),
        ("topic added", "ship"),
    ]


def test_a_feed_readers_list_is_told_as_a_whole_and_source_by_source(
    at: Wirewatch, data: Path, home: Path
) -> None:
    outline = '<outline type="rss" text="Isles" xmlUrl="https://isles.example/feed"/>'
    (home / "list.opml").write_text(f'<opml version="2.0"><body>{outline}</body></opml>')
    assert at("opml", "import", str(home / "list.opml"), "--dry-run").status == 0
    assert lines(data) == []
    assert at("opml", "import", str(home / "list.opml")).status == 0
    assert told(data) == [
        ("source added", "source 7, https://isles.example/feed", "", "Isles"),
        ("source list imported", f"list {home / 'list.opml'}", "", "1 source added"),
    ]


def test_what_a_backup_brings_back_is_told(at: Wirewatch, data: Path, home: Path) -> None:
    assert at("backup", str(home / "kept.db")).status == 0
    assert at("restore", str(home / "kept.db")).status == 0
    assert [(each.what, each.new_value) for each in lines(data)] == [("backup restored", "kept.db")]


def test_pruning_is_told_with_what_went(at: Wirewatch, data: Path) -> None:
    said = at("db", "prune")
    assert said.status == 0, said.err
    [line] = lines(data)
    assert line.what == "data pruned"
    assert "requests" in line.old_value
