"""What the recrawl policy reckons with: its own numbers, and what the sources brought lately."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection, and_, delete, exists, func, insert, select

from storage.sql import schema

_t, _articles, _matches = schema.gauges, schema.articles, schema.matches
_NEWEST = 200_000  # articles that are counted at most: about a second


def get(conn: Connection) -> dict[str, float]:
    """Return all numbers by name."""
    return {row.name: row.value for row in conn.execute(select(_t))}


def at(conn: Connection, name: str) -> datetime | None:
    """Return the time of a number; None when it was never kept."""
    return conn.execute(select(_t.c.at).where(_t.c.name == name)).scalar()


def put(conn: Connection, numbers: Mapping[str, float], now: datetime) -> None:
    """Keep these numbers in place of those of the same names."""
    conn.execute(delete(_t).where(_t.c.name.in_(numbers)))
    rows = [{"name": name, "value": value, "at": now} for name, value in numbers.items()]
    conn.execute(insert(_t), rows)


def matched_articles(conn: Connection, since: datetime) -> dict[int, tuple[int, int]]:
    """Count each source's articles first seen since then, and those whose stories match a topic."""
    latest = (
        select(_articles.c.source_id, _articles.c.story_id)
        .where(_articles.c.first_seen >= since, _articles.c.backlog.is_(False))
        .order_by(_articles.c.first_seen.desc())
        .limit(_NEWEST)
        .subquery()
    )
    hit = exists().where(_matches.c.story_id == latest.c.story_id)
    rows = conn.execute(
        select(latest.c.source_id, func.count(), func.count().filter(hit)).group_by(
            latest.c.source_id
        )
    )
    return {source_id: (number, hits) for source_id, number, hits in rows}


def revised_articles(
    conn: Connection, since: datetime, until: datetime
) -> dict[int, tuple[int, int]]:
    """Count each source's articles first seen in that time, and their revisions after the first."""
    rows = conn.execute(
        select(_articles.c.source_id, func.count(), func.sum(_articles.c.revision - 1))
        .where(and_(_articles.c.first_seen >= since, _articles.c.first_seen < until))
        .group_by(_articles.c.source_id)
    )
    return {source_id: (number, int(revisions)) for source_id, number, revisions in rows}
