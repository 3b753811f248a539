"""Topics by the page and by the batch; what changes is read anew, the rest is left."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection

from storage.errors import NotFoundError
from storage.models.recipients import Channel, NewRecipient, Routing, WatchMode
from storage.topics import matches, named_queries, topic_batch, topics
from storage.topics.topic_batch import TopicAddition, TopicUpdate
from tests.storage.world import MATCHED, NOON, a_page, a_source, a_topic, after, an_article

pytestmark = pytest.mark.both_engines

DESK = NewRecipient(Channel.EMAIL, "desk@example.org")
HOOK = NewRecipient(Channel.WEBHOOK, "https://example.org/x", "whsec_1")


def add(conn: Connection, *names: str, managed_by: str | None = None) -> None:
    new = [TopicAddition(name, f"query of {name}", (DESK, HOOK), managed_by) for name in names]
    topic_batch.add(conn, new, NOON)


def test_a_batch_is_added_with_its_recipients_under_one_version(conn: Connection) -> None:
    before = topics.version(conn)
    add(conn, "a", "b", "c", managed_by="desk")
    found = topics.list_all(conn)
    assert [topic.name for topic in found] == ["a", "b", "c"]
    assert {topic.changed for topic in found} == {topics.version(conn)} == {before + 1}
    assert [(r.channel, r.address, r.secret) for r in topics.get(conn, "b").recipients] == [
        DESK[:3],
        HOOK[:3],
    ]
    assert [t for t, _ in topics.changed_since(conn, before)] == [t.id for t in found]


def test_a_changed_topic_keeps_the_recipients_that_stay(conn: Connection) -> None:
    add(conn, "a", "b")
    before = topics.get(conn, "a")
    spike = HOOK._replace(secret=None, routing=Routing(WatchMode.SPIKE))
    new = NewRecipient(Channel.EMAIL, "new@example.org")
    topic_batch.change(conn, [TopicUpdate(before, "ship", (spike, new), "desk")], NOON)
    changed = topics.get(conn, "a")
    assert (changed.query, changed.managed_by) == ("ship", "desk")
    hook, added = changed.recipients
    assert (hook.id, hook.secret) == (before.recipients[1].id, "whsec_1")
    assert hook.routing.mode is WatchMode.SPIKE
    assert added.address == "new@example.org"
    assert topics.get(conn, "b").query == "query of b"


def test_a_batch_is_removed_and_the_names_are_free_again(conn: Connection) -> None:
    add(conn, "a", "b")
    version = topics.version(conn)
    topic_batch.remove(conn, [topics.get(conn, "a")], NOON)
    assert topics.names(conn) == ["b"]
    assert topics.changed_since(conn, version) == [(1, None)]
    add(conn, "a")


def test_an_empty_batch_changes_nothing(conn: Connection) -> None:
    before = topics.version(conn)
    topic_batch.add(conn, [], NOON)
    topic_batch.change(conn, [], NOON)
    topic_batch.remove(conn, [], NOON)
    topics.touch(conn, [])
    assert topics.list_all(conn) == []
    assert topics.version(conn) >= before


def test_a_page_holds_the_oldest_that_hold_a_text(conn: Connection) -> None:
    add(conn, "Ferries", "bells", "100% ferry_x")
    page, total = topics.page(conn, limit=1, match="FERR")
    assert ([topic.name for topic in page], total) == (["Ferries"], 2)
    assert len(page[0].recipients) == 2
    assert topics.page(conn, limit=None)[1] == 3
    assert [t.name for t in topics.page(conn, limit=9, match="100%")[0]] == ["100% ferry_x"]
    assert topics.page(conn, limit=9, match="_")[1] == 1, "no wildcard"
    assert topics.page(conn, limit=9, match="query of b")[1] == 1


def test_the_oldest_topic_of_a_query_is_named(conn: Connection) -> None:
    topic_batch.add(
        conn, [TopicAddition("a", "x"), TopicAddition("b", "x"), TopicAddition("c", "y")], NOON
    )
    assert topics.names_of_queries(conn) == {"x": "a", "y": "c"}


def test_topics_that_mention_a_text_are_found_and_touched(conn: Connection) -> None:
    topic_batch.add(
        conn,
        [TopicAddition("a", "@russia x"), TopicAddition("b", "rus"), TopicAddition("c", "z")],
        NOON,
    )
    assert topics.mentioning(conn, []) == []
    found = topics.mentioning(conn, ["@russia", "z"])
    assert [name for _, name, _ in found] == ["a", "c"]
    version = topics.version(conn)
    topics.touch(conn, [topic_id for topic_id, _, _ in found])
    assert [t for t, _ in topics.changed_since(conn, version)] == [f[0] for f in found]


def test_the_secrets_of_a_files_webhooks_are_known_by_address(conn: Connection) -> None:
    add(conn, "a", managed_by="desk")
    add(conn, "b", managed_by="sport")
    topic_batch.remove(conn, [topics.get(conn, "b")], NOON)
    assert topics.secrets(conn, managed_by="desk") == {HOOK.address: "whsec_1"}
    assert topics.secrets(conn, managed_by="sport") == {}


def test_a_topics_matches_are_counted_and_the_last_is_dated(conn: Connection) -> None:
    topic = a_topic(conn)
    assert matches.of_topic(conn, topic.id) == (0, None)
    article = an_article(conn, a_page(conn, a_source(conn)))
    matches.record(
        conn,
        topic_id=topic.id,
        story_id=article.story_id,
        article_id=article.id,
        matched=MATCHED,
        now=after(5),
        held_by=None,
    )
    assert matches.of_topic(conn, topic.id) == (1, after(5))


def test_a_named_query_is_kept_replaced_and_forgotten(conn: Connection) -> None:
    named_queries.put(conn, name="russia", query="kremlin", now=NOON)
    named_queries.put(conn, name="russia", query="moscow", now=after(1), managed_by="desk")
    assert named_queries.texts(conn) == {"russia": "moscow"}
    assert named_queries.managed_by(conn, "russia") == "desk"
    assert named_queries.managed_by(conn, "none") is None
    named_queries.remove(conn, "russia")
    with pytest.raises(NotFoundError, match="topic named"):
        named_queries.remove(conn, "russia")
