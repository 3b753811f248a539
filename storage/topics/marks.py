"""Marks: what operators say of a topic's hits, one for a topic and article."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, delete, insert, select

from storage.models.topics import Mark
from storage.sql.schema import marks as _t


def put(conn: Connection, *, topic_id: int, article_id: int, relevant: bool, now: datetime) -> None:
    """Mark an article as what the topic is for, or as noise, in place of an earlier mark."""
    remove(conn, topic_id=topic_id, article_id=article_id)
    conn.execute(
        insert(_t).values(topic_id=topic_id, article_id=article_id, relevant=relevant, at=now)
    )


def remove(conn: Connection, *, topic_id: int, article_id: int) -> None:
    """Take a mark back; nothing happens when there is none."""
    conn.execute(delete(_t).where(_t.c.topic_id == topic_id, _t.c.article_id == article_id))


def of_topic(conn: Connection, topic_id: int) -> list[Mark]:
    """Return a topic's marks, the oldest first."""
    rows = conn.execute(
        select(_t).where(_t.c.topic_id == topic_id).order_by(_t.c.at, _t.c.article_id)
    )
    return [Mark(**row._mapping) for row in rows]
