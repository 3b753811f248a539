"""Matches: which stories answer which topics, alerted or held back."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime

from sqlalchemy import Connection, bindparam, func, insert, select

from storage.models.matches import Highlight, QueryMatch
from storage.sql.schema import articles, stories
from storage.sql.schema import matches as _t

# Asked for each match: to build a statement takes longer than to run it.
_KNOWN = select(_t.c.id).where(
    _t.c.topic_id == bindparam("topic_id"), _t.c.story_id == bindparam("story_id")
)
_ADD = insert(_t)


def record(
    conn: Connection,
    *,
    topic_id: int,
    story_id: int,
    article_id: int,
    matched: QueryMatch,
    now: datetime,
    held_by: str | None,
) -> bool:
    """Keep a match, once for a story and topic; `held_by` says why it is not told.

    False when that story and topic have matched before.
    """
    if is_known(conn, topic_id, story_id):
        return False
    conn.execute(
        _ADD,
        {
            "topic_id": topic_id,
            "story_id": story_id,
            "article_id": article_id,
            "at": now,
            "clauses": list(matched.clauses),
            "highlights": [asdict(highlight) for highlight in matched.highlights],
            "held_by": held_by,
            "score": matched.score,
        },
    )
    return True


def is_known(conn: Connection, topic_id: int, story_id: int) -> bool:
    """Tell whether a story and a topic have matched before."""
    match_id = conn.execute(_KNOWN, {"topic_id": topic_id, "story_id": story_id})
    return match_id.first() is not None


def of_story(conn: Connection, story_id: int) -> list[tuple[int, QueryMatch, str | None]]:
    """Return a story's matches: (topic id, what matched, why it was held)."""
    rows = conn.execute(select(_t).where(_t.c.story_id == story_id).order_by(_t.c.id))
    return [
        (row.topic_id, as_matched(row.clauses, row.highlights, row.score), row.held_by)
        for row in rows
    ]


def of_topic(conn: Connection, topic_id: int) -> tuple[int, datetime | None]:
    """Say how many stories a topic has matched, and when it did last."""
    found = select(func.count(), func.max(_t.c.at)).where(_t.c.topic_id == topic_id)
    number, last = conn.execute(found).one()
    return number, last


def count(conn: Connection, topic_id: int, since: datetime, until: datetime) -> int:
    """Count the stories of a topic from one time to before another.

    Stories of the backlog, and those that were merged into others, are not counted.
    """
    query = (
        select(func.count())
        .select_from(_t)
        .join(articles, articles.c.id == _t.c.article_id)
        .join(stories, stories.c.id == _t.c.story_id)
        .where(_t.c.topic_id == topic_id, _t.c.at >= since, _t.c.at < until)
        .where(~articles.c.backlog, stories.c.merged_into.is_(None))
    )
    return conn.execute(query).scalar_one()


def as_matched(clauses: list[str], highlights: list[dict[str, object]], score: float) -> QueryMatch:
    """Build the record from stored JSON."""
    return QueryMatch(tuple(clauses), tuple(Highlight(**item) for item in highlights), score)  # type: ignore[arg-type]


def by_day(conn: Connection, topic_id: int, since: datetime) -> dict[date, int]:
    """Count a topic's matches since then by the day, UTC."""
    day = func.date(_t.c.at)
    rows = conn.execute(
        select(day, func.count()).where(_t.c.topic_id == topic_id, _t.c.at >= since).group_by(day)
    )
    return {_day(when): number for when, number in rows}


def _day(when: date | str) -> date:
    return date.fromisoformat(when) if isinstance(when, str) else when
