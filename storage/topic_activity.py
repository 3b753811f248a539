"""How much each topic matches: today, in the two weeks before, and last; in three statements."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import accumulate

from sqlalchemy import Connection, case, func, select

from storage import schema

DAYS = 14
"""How long before today's 24 hours matches are counted."""

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class TopicActivity:
    """A topic's matches within 24 hours, within the 14 days before these, and the last one.

    `articles` were first seen since the topic is watched, to the hour.
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
    """Give the activity of all topics, the oldest first."""
    topics, matches = schema.topics, schema.matches
    last = select(func.max(matches.c.at)).where(matches.c.topic_id == topics.c.id).scalar_subquery()
    rows = conn.execute(
        select(topics.c.id, topics.c.name, topics.c.query, topics.c.created_at, last.label("last"))
        .where(topics.c.removed_at.is_(None))
        .order_by(topics.c.id)
    ).all()
    counted = _counted(conn, now)
    seen = _Seen(_articles_by_hour(conn))
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


class _Seen:
    """How many articles were first seen since a time, from counts by the hour."""

    def __init__(self, by_hour: Iterable[tuple[str, int]]) -> None:
        hours = sorted(by_hour)
        self._hours = [hour for hour, _ in hours]
        self._before = [0, *accumulate(count for _, count in hours)]

    def since(self, when: datetime) -> int:
        place = bisect_left(self._hours, when.astimezone(UTC).isoformat(" ", "hours")[:13])
        return self._before[-1] - self._before[place]


def _counted(conn: Connection, now: datetime) -> dict[int, tuple[int, int]]:
    at, topic_id = schema.matches.c.at, schema.matches.c.topic_id
    today = func.sum(case((at >= now - _DAY, 1), else_=0))
    rows = conn.execute(
        select(topic_id, today, func.count())
        .where(at >= now - (DAYS + 1) * _DAY, at < now)
        .group_by(topic_id)
    )
    return {topic: (new, total - new) for topic, new, total in rows}


def _articles_by_hour(conn: Connection) -> list[tuple[str, int]]:
    hour = func.strftime("%Y-%m-%d %H", schema.articles.c.first_seen)
    rows = conn.execute(select(hour, func.count()).group_by(hour))
    return [(when, count) for when, count in rows]
