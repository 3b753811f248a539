"""Matches: which articles answer which topics, alerted or held back; counted by their stories."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime

from sqlalchemy import Connection, bindparam, func, insert, select, update

from storage.models.matches import Highlight, QueryMatch, StoredMatch
from storage.sql.schema import articles
from storage.sql.schema import matches as _t

# Asked for each match: to build a statement takes longer than to run it.
_OF_ARTICLE = select(_t.c.id, _t.c.held_by).where(
    _t.c.topic_id == bindparam("of_topic"), _t.c.article_id == bindparam("of_article")
)
_ADD = insert(_t)
_COUNTED = _t.c.covered_by.is_(None)  # a copy of what was told is no further match of its topic


def record(
    conn: Connection,
    *,
    topic_id: int,
    story_id: int,
    article_id: int,
    matched: QueryMatch,
    now: datetime,
    held_by: str | None,
    covered_by: int | None = None,
) -> None:
    """Keep a match, one for an article and topic.

    `held_by` says why it is not told; `covered_by` is the alert that told its text already. One
    that was told stays as it was; one that was held is told from now on, or held for another
    reason.
    """
    values = {
        "clauses": list(matched.clauses),
        "highlights": [asdict(highlight) for highlight in matched.highlights],
        "held_by": held_by,
        "covered_by": covered_by,
        "score": matched.score,
    }
    known = conn.execute(_OF_ARTICLE, {"of_topic": topic_id, "of_article": article_id}).first()
    if known is None:
        key = {"topic_id": topic_id, "story_id": story_id, "article_id": article_id, "at": now}
        conn.execute(_ADD, key | values)
    elif known.held_by is not None:
        at = {"at": now} if held_by is None else {}
        conn.execute(update(_t).where(_t.c.id == known.id).values(**values, **at))


def is_known(conn: Connection, topic_id: int, article_id: int) -> bool:
    """Tell whether an article and a topic have matched before."""
    keys = {"of_topic": topic_id, "of_article": article_id}
    return conn.execute(_OF_ARTICLE, keys).first() is not None


def of_story(conn: Connection, story_id: int) -> list[StoredMatch]:
    """Return the matches of a story's articles, in the order in which they were found."""
    rows = conn.execute(select(_t).where(_t.c.story_id == story_id).order_by(_t.c.id))
    return [
        StoredMatch(
            row.topic_id,
            row.article_id,
            as_matched(row.clauses, row.highlights, row.score),
            row.held_by,
        )
        for row in rows
    ]


def of_topic(conn: Connection, topic_id: int) -> tuple[int, datetime | None]:
    """Say how many stories a topic has matched, and when it did last."""
    found = select(func.count(_t.c.story_id.distinct()), func.max(_t.c.at)).where(
        _t.c.topic_id == topic_id, _COUNTED
    )
    number, last = conn.execute(found).one()
    return number, last


def count(
    conn: Connection,
    topic_id: int,
    since: datetime,
    until: datetime,
    *,
    beside: int | None = None,
) -> int:
    """Count the stories that a topic matched first from one time to before another.

    Stories of the backlog are not counted, and the one `beside` which others are counted.
    """
    earlier, of = _t.alias(), articles.alias()
    before = (
        select(earlier.c.id)
        .join(of, of.c.id == earlier.c.article_id)
        .where(earlier.c.topic_id == topic_id, earlier.c.story_id == _t.c.story_id)
        .where(earlier.c.at < since, ~of.c.backlog)
    )
    query = (
        select(func.count(_t.c.story_id.distinct()))
        .select_from(_t)
        .join(articles, articles.c.id == _t.c.article_id)
        .where(_t.c.topic_id == topic_id, _t.c.at >= since, _t.c.at < until, _COUNTED)
        .where(~articles.c.backlog, ~before.exists())
    )
    if beside is not None:
        query = query.where(_t.c.story_id != beside)
    return conn.execute(query).scalar_one()


def as_matched(clauses: list[str], highlights: list[dict[str, object]], score: float) -> QueryMatch:
    """Build the record from stored JSON."""
    return QueryMatch(tuple(clauses), tuple(Highlight(**item) for item in highlights), score)  # type: ignore[arg-type]


def by_day(conn: Connection, topic_id: int, since: datetime) -> dict[date, int]:
    """Count the stories that a topic matched since then by the day, UTC."""
    day = func.date(_t.c.at)
    rows = conn.execute(
        select(day, func.count(_t.c.story_id.distinct()))
        .where(_t.c.topic_id == topic_id, _t.c.at >= since, _COUNTED)
        .group_by(day)
    )
    return {_day(when): number for when, number in rows}


def _day(when: date | str) -> date:
    return date.fromisoformat(when) if isinstance(when, str) else when
