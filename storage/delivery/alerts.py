"""Alerts: one for a story and a topic, for ever; and one for each change of an alerted story."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import Connection, Row, insert, select

from storage.errors import NotFoundError
from storage.models.alerts import Alert
from storage.models.matches import QueryMatch
from storage.sql.schema import alerts as _t
from storage.topics.matches import as_matched


def create(
    conn: Connection,
    *,
    topic_id: int,
    story_id: int,
    article_id: int,
    matched: QueryMatch,
    now: datetime,
    change: str = "",
    changes: Sequence[str] = (),
    held: Sequence[tuple[int, str]] = (),
    original: str = "",
) -> Alert | None:
    """Make the alert of a story and topic, or of a change of the story; None when there is one.

    Its uid follows from the topic, the story, the change and the time at which it was made.
    """
    query = select(_t.c.id).where(
        _t.c.topic_id == topic_id, _t.c.story_id == story_id, _t.c.change == change
    )
    if conn.execute(query).first() is not None:
        return None
    of_change = f"/{change}" if change else ""
    seed = f"{topic_id}/{story_id}/{now.isoformat()}{of_change}".encode()
    uid = "alert_" + hashlib.blake2b(seed, digest_size=12).hexdigest()
    conn.execute(
        insert(_t).values(
            uid=uid,
            topic_id=topic_id,
            story_id=story_id,
            article_id=article_id,
            created_at=now,
            clauses=list(matched.clauses),
            highlights=[asdict(highlight) for highlight in matched.highlights],
            score=matched.score,
            change=change,
            changes=list(changes),
            held=[list(recipient) for recipient in held],
            original=original,
        )
    )
    return get(conn, uid)


def get(conn: Connection, uid: str) -> Alert:
    """Return an alert by its uid. Raises NotFoundError."""
    row = conn.execute(select(_t).where(_t.c.uid == uid)).one_or_none()
    if row is None:
        raise NotFoundError(f"there is no alert {uid!r}; see: wirewatch alert list")
    return _alert(row)


def by_id(conn: Connection, alert_id: int) -> Alert:
    """Return an alert by its id. Raises NotFoundError."""
    row = conn.execute(select(_t).where(_t.c.id == alert_id)).one_or_none()
    if row is None:
        raise NotFoundError(f"there is no alert {alert_id}; see: wirewatch alert list")
    return _alert(row)


def of_story(conn: Connection, story_id: int) -> list[Alert]:
    """Return a story's alerts, oldest first."""
    return of_stories(conn, [story_id])


def of_stories(conn: Connection, story_ids: Collection[int]) -> list[Alert]:
    """Return the alerts of stories, oldest first."""
    rows = conn.execute(select(_t).where(_t.c.story_id.in_(story_ids)).order_by(_t.c.id))
    return [_alert(row) for row in rows]


def of_topic(conn: Connection, topic_id: int, limit: int) -> list[Alert]:
    """Return a topic's newest alerts, newest first."""
    rows = conn.execute(
        select(_t).where(_t.c.topic_id == topic_id).order_by(_t.c.id.desc()).limit(limit)
    )
    return [_alert(row) for row in rows]


def list_recent(conn: Connection, limit: int) -> list[Alert]:
    """Return the newest alerts, newest first."""
    rows = conn.execute(select(_t).order_by(_t.c.id.desc()).limit(limit))
    return [_alert(row) for row in rows]


def page(
    conn: Connection, *, limit: int, before: int | None = None, topic_id: int | None = None
) -> list[Alert]:
    """Return the newest alerts, newest first, before an id; of one topic."""
    query = select(_t).order_by(_t.c.id.desc()).limit(limit)
    if before is not None:
        query = query.where(_t.c.id < before)
    if topic_id is not None:
        query = query.where(_t.c.topic_id == topic_id)
    return [_alert(row) for row in conn.execute(query)]


def _alert(row: Row[tuple[object, ...]]) -> Alert:
    values = dict(row._mapping)
    values["matched"] = as_matched(
        values.pop("clauses"), values.pop("highlights"), values.pop("score")
    )
    values["changes"] = tuple(values["changes"])
    values["held"] = tuple((recipient_id, reason) for recipient_id, reason in values["held"])
    return Alert(**values)
