"""When a topic needs a look: it never matches, far too often, or can't."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from scheduler.diagnosis.topic_health import topic_health
from storage.topics.topic_activity import TopicActivity

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)


def word(*, days: float, today: int = 0, before: int = 0, articles: int = 100) -> str:
    last = NOW if today or before else None
    added = NOW - timedelta(days=days)
    return topic_health(
        TopicActivity(1, "ferries", "ferry", added, today, before, last, articles), NOW
    ).word


@pytest.mark.parametrize(
    ("days", "articles", "expected"), [(6, 100, "new"), (7, 100, "silent"), (7, 0, "new")]
)
def test_a_topic_without_a_match_is_silent_after_a_week_with_articles(
    days: float, articles: int, expected: str
) -> None:
    assert word(days=days, articles=articles) == expected


@pytest.mark.parametrize(
    ("today", "before", "expected"),
    [(49, 13, "matching"), (50, 13, "flooded"), (19, 0, "matching"), (20, 0, "flooded")],
)
def test_fifty_times_the_usual_rate_is_a_flood_unless_there_are_few(
    today: int, before: int, expected: str
) -> None:
    assert word(days=30, today=today, before=before) == expected


def test_a_topic_of_yesterday_has_no_usual_rate_yet() -> None:
    assert word(days=1, today=5000) == "matching"


def test_a_topic_that_can_not_be_read_is_broken_whatever_it_matched() -> None:
    topic = TopicActivity(1, "ferries", "@gone", NOW, 3, 9, NOW, 100)
    health = topic_health(topic, NOW, "no query is kept under the name gone")
    assert health.word == "broken"
    assert health.needs_a_look
    assert "the name gone" in health.says
