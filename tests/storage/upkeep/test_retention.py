"""What is forgotten and what is not; what went does not come back as news."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import Connection, func, select, update

from storage.crawl import pages
from storage.delivery import outbox
from storage.models.deliveries import Attempt, Draft
from storage.models.pages import PageState
from storage.models.recipients import Channel
from storage.settings import RetentionSettings
from storage.sql import schema
from storage.stories import articles, divisions, stories
from storage.topics import marks, match_work
from storage.upkeep import retention
from storage.upkeep.retention import Pruned
from tests.storage.world import NOON, a_match, a_page, a_source, a_topic, a_verdict, an_article

pytestmark = pytest.mark.both_engines

LATER = NOON + timedelta(days=100)


def count(conn: Connection, table: str) -> int:
    found = schema.metadata.tables[table]
    return conn.execute(select(func.count()).select_from(found)).scalar_one()


def pruned(conn: Connection, now: datetime = LATER, most: int = 100, **days: int) -> Pruned:
    off = {"ledger_days": 0, "delivery_days": 0, "audit_days": 0}
    rules = RetentionSettings().model_copy(update=off | days)
    return retention.prune(conn, rules, now, most)


@pytest.fixture
def story(conn: Connection) -> int:
    """Store a story with a copy, a match and an alert that was delivered."""
    source = a_source(conn)
    root = an_article(conn, a_page(conn, source))
    copy = an_article(conn, a_page(conn, source, "copy"), root.story_id)
    stories.add_copy(conn, copy.id, a_verdict(root.id), NOON)
    topic = a_topic(conn)
    a_match(conn, topic, root)
    return root.story_id


def an_alert(conn: Connection, story_id: int, *, delivered: bool) -> int:
    root = stories.get(conn, story_id).root_article_id
    alert_id = conn.execute(
        schema.alerts.insert()
        .values(
            uid=f"alert_{story_id}",
            topic_id=1,
            story_id=story_id,
            article_id=root,
            created_at=NOON,
            clauses=[],
            highlights=[],
        )
        .returning(schema.alerts.c.id)
    ).scalar_one()
    draft = Draft(1, Channel.EMAIL, "desk@example.org", "alert_1_1", b"x")
    made = outbox.put(conn, alert_id=alert_id, draft=draft, now=NOON)
    if delivered:
        outbox.delivered(conn, made.id, Attempt(NOON, "delivered", 250, "ok", 0.1))
    return made.id


def test_a_text_goes_and_all_else_of_its_article_stays(conn: Connection, story: int) -> None:
    assert pruned(conn, text_days=90).texts == 2
    [root, copy] = stories.members(conn, story)
    assert (root.article.text, root.article.title) == ("", "Ferry sinks")
    assert copy.verdict is not None
    assert pruned(conn, text_days=90).total == 0, "once is enough"
    assert pruned(conn, text_days=101).total == 0


def test_texts_go_in_parts_and_none_is_forgotten(conn: Connection) -> None:
    source = a_source(conn)
    for number in range(7):
        an_article(conn, a_page(conn, source, f"p{number}"))
    gone = [pruned(conn, text_days=90, most=3).texts for _ in range(4)]
    assert sum(gone) == 7
    assert all(not each.text for each in articles.search(conn, 10))


def test_a_story_goes_with_all_that_is_its_own(conn: Connection, story: int) -> None:
    an_alert(conn, story, delivered=True)
    divisions.doubt(conn, stories.member_ids(conn, story))
    divisions.divide(conn, story, stories.begin(conn, NOON))
    gone = pruned(conn, story_days=90)
    assert (gone.stories, gone.articles) == (2, 2)
    for table in (
        "stories",
        "articles",
        "copies",
        "divisions",
        "doubts",
        "matches",
        "alerts",
        "outbox",
        "attempts",
    ):
        assert count(conn, table) == 0, table
    if conn.dialect.name == "sqlite":  # a server would have refused
        assert conn.exec_driver_sql("PRAGMA foreign_key_check").all() == []


def test_its_pages_stay_so_that_no_listing_makes_it_news_again(
    conn: Connection, story: int
) -> None:
    pruned(conn, story_days=90)
    page = pages.by_url(conn, "https://harbor-herald.example/ferry")
    assert page is not None
    assert page.state is PageState.DONE
    assert pages.due_after(conn, 0, 99) == []


def test_what_is_still_to_be_done_keeps_a_story(conn: Connection, story: int) -> None:
    root = stories.get(conn, story).root_article_id
    delivery = an_alert(conn, story, delivered=False)
    assert pruned(conn, story_days=90).stories == 0, "an alert waits"
    outbox.dead(conn, delivery, Attempt(NOON, "refused", 550, "no", 0.1))
    assert pruned(conn, story_days=90).stories == 0, "a dead letter can be sent again"
    outbox.delivered(conn, delivery, Attempt(NOON, "delivered", 250, "ok", 0.1))
    match_work.add(conn, story_id=story, article_id=root, now=NOON)
    assert pruned(conn, story_days=90).stories == 0, "it is to be matched"
    conn.execute(schema.match_work.delete())
    marks.put(conn, topic_id=1, article_id=root, relevant=True, now=NOON)
    assert pruned(conn, story_days=90).stories == 0, "an operator has marked it"
    conn.execute(schema.marks.delete())
    conn.execute(update(schema.pages).values(state=PageState.DUE))
    assert pruned(conn, story_days=90).stories == 0, "its page is looked at again"
    conn.execute(update(schema.pages).values(state=PageState.DONE))
    assert pruned(conn, story_days=90).stories == 1


def test_a_merged_story_goes_with_the_one_that_holds_its_articles(conn: Connection) -> None:
    source = a_source(conn)
    keep = an_article(conn, a_page(conn, source, "a")).story_id
    absorbed = an_article(conn, a_page(conn, source, "b")).story_id
    stories.merge(conn, keep, absorbed, NOON)
    assert pruned(conn, story_days=90).stories == 2
    assert count(conn, "stories") == 0


def test_a_story_that_got_a_copy_lately_stays(conn: Connection, story: int) -> None:
    root = stories.get(conn, story).root_article_id
    late = schema.articles.c.id != root
    conn.execute(update(schema.articles).where(late).values(first_seen=LATER))
    assert pruned(conn, story_days=90).stories == 0


def test_deliveries_go_when_they_were_made(conn: Connection, story: int) -> None:
    an_alert(conn, story, delivered=True)
    assert pruned(conn, delivery_days=90).deliveries == 1
    assert count(conn, "attempts") == 0
    assert count(conn, "alerts") == 1, "that it was told stays, so that it is not told again"


def test_what_would_go_is_counted_and_nothing_is_changed(conn: Connection, story: int) -> None:
    rules = RetentionSettings(text_days=90, story_days=95)
    due = retention.due(conn, rules, LATER)
    assert (due.texts, due.stories) == (2, 1)
    assert count(conn, "articles") == 2
