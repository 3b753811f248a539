"""What a topic matched today, in the two weeks before, and last; what was seen since it is watched."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import Connection

from storage.models.matches import QueryMatch
from storage.topics import matches, topic_activity, topics
from tests.storage.world import NOON, a_page, a_source, a_topic, an_article

pytestmark = pytest.mark.both_engines

DAY = timedelta(days=1)


def test_matches_are_counted_by_topic_and_time(conn: Connection) -> None:
    topic, source = a_topic(conn), a_source(conn)
    times = (NOON - 20 * DAY, NOON - 3 * DAY, NOON - DAY / 2, NOON - DAY / 4)
    for number, at in enumerate(times):
        article = an_article(conn, a_page(conn, source, str(number)))
        matches.record(
            conn,
            topic_id=topic.id,
            story_id=article.story_id,
            article_id=article.id,
            matched=QueryMatch((), ()),
            now=at,
            held_by=None,
        )
    topics.add(conn, name="late", query="bus", recipients=[], now=NOON + DAY)
    seen, late = topic_activity.activity(conn, NOON)
    assert (seen.today, seen.before, seen.last_match) == (2, 1, NOON - DAY / 4)
    assert seen.articles == 4
    assert (late.today, late.before, late.last_match, late.articles) == (0, 0, None, 0)


def test_removed_topics_are_left_out(conn: Connection) -> None:
    a_topic(conn)
    topics.remove(conn, "ferries", NOON)
    assert topic_activity.activity(conn, NOON) == []
