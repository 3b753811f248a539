"""Yields: what the sources brought lately, counted for the recrawl policy."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, and_, exists, func, select

from storage.sql.schema import articles, matches

_NEWEST = 200_000  # articles that are counted at most: about a second


def matched(conn: Connection, since: datetime) -> dict[int, tuple[int, int]]:
    """Count each source's articles first seen since then, and those whose stories match a topic."""
    latest = (
        select(articles.c.source_id, articles.c.story_id)
        .where(articles.c.first_seen >= since, articles.c.backlog.is_(False))
        .order_by(articles.c.first_seen.desc())
        .limit(_NEWEST)
        .subquery()
    )
    hit = exists().where(matches.c.story_id == latest.c.story_id)
    rows = conn.execute(
        select(latest.c.source_id, func.count(), func.count().filter(hit)).group_by(
            latest.c.source_id
        )
    )
    return {source_id: (number, hits) for source_id, number, hits in rows}


def revised(conn: Connection, since: datetime, until: datetime) -> dict[int, tuple[int, int]]:
    """Count each source's articles first seen in that time, and their revisions after the first."""
    rows = conn.execute(
        select(articles.c.source_id, func.count(), func.sum(articles.c.revision - 1))
        .where(and_(articles.c.first_seen >= since, articles.c.first_seen < until))
        .group_by(articles.c.source_id)
    )
    return {source_id: (number, int(revisions)) for source_id, number, revisions in rows}
