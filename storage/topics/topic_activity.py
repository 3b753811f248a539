"""How much each topic matches: today, in the two weeks before, and last."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, case, func, select

from storage.models.topics import Topic
from storage.sql import schema

DAYS = 14
"""How long before today's 24 hours matches are counted."""

_DAY = timedelta(days=1)

_articles = schema.articles
_FIRST_SINCE = (
    select(_articles.c.id)
    .where(_articles.c.first_seen >= bindparam("since"))
    .order_by(_articles.c.first_seen)
    .limit(1)
)


@dataclass(frozen=True, slots=True)
class TopicActivity:
    """A topic's matches within 24 hours, within the 14 days before these, and the last one.

    About so many `articles` were first seen since the topic is watched.
    """

    topic_id: int
    name: str
    query: str
    created_at: datetime
    today: int
    before: int
    last_match: datetime | None
    articles: int


def activity(conn: Connection, now: datetime) -> list[TopicActivity]:
    """Return the activity of all topics, the oldest first."""
    topics, matches = schema.topics, schema.matches
    last = select(func.max(matches.c.at)).where(matches.c.topic_id == topics.c.id).scalar_subquery()
    rows = conn.execute(
        select(topics.c.id, topics.c.name, topics.c.query, topics.c.created_at, last.label("last"))
        .where(topics.c.removed_at.is_(None))
        .order_by(topics.c.id)
    ).all()
    counted = _counted(conn, now)
    seen = _ActivityRows(conn)
    return [
        TopicActivity(
            topic_id=row.id,
            name=row.name,
            query=row.query,
            created_at=row.created_at,
            today=counted.get(row.id, (0, 0))[0],
            before=counted.get(row.id, (0, 0))[1],
            last_match=row.last,
            articles=seen.since(row.created_at),
        )
        for row in rows
    ]


def of_topic(conn: Connection, topic: Topic, now: datetime) -> TopicActivity:
    """Return the activity of one topic."""
    at = schema.matches.c.at
    own = (schema.matches.c.topic_id == topic.id, schema.matches.c.covered_by.is_(None))
    number = func.count(schema.matches.c.story_id.distinct())
    today, before, last = (
        conn.execute(select(what).where(*own, *when)).scalar()
        for what, when in (
            (number, (at >= now - _DAY, at < now)),
            (number, (at >= now - (DAYS + 1) * _DAY, at < now - _DAY)),
            (func.max(at), ()),
        )
    )
    return TopicActivity(
        topic_id=topic.id,
        name=topic.name,
        query=topic.query,
        created_at=topic.created_at,
        today=today or 0,
        before=before or 0,
        last_match=last,
        articles=_ActivityRows(conn).since(topic.created_at),
    )


class _ActivityRows:
    """About how many articles were first seen since a time: their ids grow as they come."""

    def __init__(self, conn: Connection) -> None:
        self._conn = conn
        self._newest = conn.execute(select(func.max(_articles.c.id))).scalar() or 0

    def since(self, when: datetime) -> int:
        first = self._conn.execute(_FIRST_SINCE, {"since": when}).scalar()
        return 0 if first is None else max(self._newest - first + 1, 0)


def _counted(conn: Connection, now: datetime) -> dict[int, tuple[int, int]]:
    at, topic_id = schema.matches.c.at, schema.matches.c.topic_id
    story_id, is_today = schema.matches.c.story_id, at >= now - _DAY
    today = func.count(case((is_today, story_id)).distinct())
    before = func.count(case((~is_today, story_id)).distinct())
    rows = conn.execute(
        select(topic_id, today, before)
        .where(at >= now - (DAYS + 1) * _DAY, at < now, schema.matches.c.covered_by.is_(None))
        .group_by(topic_id)
    )
    return {topic: (new, old) for topic, new, old in rows}
