"""A topic that never matches, or far too often, needs a look; one that is only busy does not."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import Connection

from scheduler.watch.topic_health import topic_health
from storage import matches, topic_activity
from storage.models import Matched
from storage.topic_activity import TopicActivity
from tests.storage.world import NOON, a_page, a_source, a_topic, an_article

DAY = timedelta(days=1)


def activity(
    *, days: float = 30, today: int = 0, before: int = 0, last: datetime | None = NOON
) -> TopicActivity:
    return TopicActivity(1, "ferries", "ferry", NOON - days * DAY, today, before, last, 1000)


def word(topic: TopicActivity) -> str:
    return topic_health(topic, NOON).word


def test_a_topic_that_never_matched_is_new_for_a_week_and_silent_then() -> None:
    assert word(activity(days=6, last=None)) == "new"
    silent = topic_health(activity(days=8, last=None), NOON)
    assert (silent.word, silent.needs_a_look) == ("silent", True)
    assert silent.says == "no match in 1,000 articles and 8 days"


@pytest.mark.parametrize(
    ("today", "before", "expected"),
    [
        (60, 14, "flooded"),
        (49, 14, "matching"),
        (500, 1400, "matching"),
        (20, 0, "flooded"),
        (19, 0, "matching"),
    ],
)
def test_fifty_times_the_usual_rate_is_a_flood(today: int, before: int, expected: str) -> None:
    assert word(activity(today=today, before=before)) == expected


def test_without_days_before_no_rate_is_usual() -> None:
    assert word(activity(days=2, today=1000)) == "matching"


def test_activity_counts_today_the_days_before_and_the_last(conn: Connection) -> None:
    topic = a_topic(conn)
    source = a_source(conn)
    for number, at in enumerate((NOON - 20 * DAY, NOON - 3 * DAY, NOON - DAY / 2, NOON - DAY / 4)):
        article = an_article(conn, a_page(conn, source, str(number)))
        matches.record(
            conn,
            topic_id=topic.id,
            story_id=article.story_id,
            article_id=article.id,
            matched=Matched((), ()),
            now=at,
            held_by=None,
        )
    [seen] = topic_activity.activity(conn, NOON)
    assert (seen.today, seen.before, seen.last_match) == (2, 1, NOON - DAY / 4)
    assert seen.articles == 4
