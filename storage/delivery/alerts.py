"""Alerts: of articles that topics match, and of changes of what was told; each once a recipient."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import Connection, Join, Row, and_, func, insert, or_, select, tuple_

from storage.errors import NotFoundError
from storage.models.alerts import Alert, AlertedText
from storage.models.matches import QueryMatch
from storage.models.stories import Story
from storage.sql import schema
from storage.sql.schema import alerts as _t
from storage.stories import articles, stories
from storage.topics.matches import as_matched

_recipients = schema.alert_recipients


def create(
    conn: Connection,
    *,
    topic_id: int,
    story_id: int,
    article_id: int,
    matched: QueryMatch,
    now: datetime,
    revision: int = 1,
    change: str = "",
    changes: Sequence[str] = (),
    held: Sequence[tuple[int, str]] = (),
    original: str = "",
    recipient_ids: Collection[int] = (),
) -> Alert | None:
    """Make an alert for recipients, of an article or of a change; None when it was made before.

    Nobody is told the same revision of an article twice. Its uid follows from what it tells, to
    whom, and the time at which it was made.
    """
    if _is_made(conn, (topic_id, article_id, revision, change), recipient_ids):
        return None
    uid = _uid(topic_id, story_id, now.isoformat(), *([change] if change else []))
    if conn.execute(select(_t.c.id).where(_t.c.uid == uid)).first() is not None:
        uid = _uid(uid, article_id, revision, *recipient_ids)  # another text of the story
    alert_id = conn.execute(
        insert(_t)
        .values(
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
            revision=revision,
            made_in=story_id,
        )
        .returning(_t.c.id)
    ).scalar_one()
    rows = [{"alert_id": alert_id, "recipient_id": each} for each in recipient_ids]
    if rows:
        conn.execute(insert(_recipients), rows)
    return get(conn, uid)


def _is_made(
    conn: Connection, of: tuple[int, int, int, str], recipient_ids: Collection[int]
) -> bool:
    """Tell whether one of the recipients, or nobody where there are none, has this alert already."""
    keys = tuple_(_t.c.topic_id, _t.c.article_id, _t.c.revision, _t.c.change)
    query = select(_t.c.id).where(keys == of)
    if recipient_ids and not of[-1]:
        query = query.join(_recipients, _recipients.c.alert_id == _t.c.id).where(
            _recipients.c.recipient_id.in_(recipient_ids)
        )
    return conn.execute(query.limit(1)).first() is not None


def _uid(*parts: object) -> str:
    seed = "/".join(map(str, parts)).encode()
    return "alert_" + hashlib.blake2b(seed, digest_size=12).hexdigest()


def number_of_lineage(conn: Connection, lineage_id: int) -> tuple[int, int]:
    """Return how many alerts told texts of a story's lineage, and the id of the last of them."""
    counted = select(func.count(), func.coalesce(func.max(_t.c.id), 0))
    rows = conn.execute(counted.select_from(_of_lineage(lineage_id)).where(_t.c.revision > 0))
    number, newest = rows.one()
    return number, newest


def recipients_of_revision(
    conn: Connection, topic_id: int, article_id: int, revision: int
) -> frozenset[int]:
    """Return the ids of the recipients whom a topic's alerts told an article in this revision."""
    rows = conn.execute(
        select(_recipients.c.recipient_id)
        .join(_t, _t.c.id == _recipients.c.alert_id)
        .where(_t.c.topic_id == topic_id, _t.c.article_id == article_id)
        .where(_t.c.revision == revision)
    )
    return frozenset(rows.scalars())


def texts_of_lineage(conn: Connection, story: Story, most: int) -> list[AlertedText]:
    """Return the texts that alerts told of a story and of those that were one with it, and to whom.

    Of more than so many texts those of the story itself, and then those told last.
    """
    rows = conn.execute(
        select(
            _t.c.id,
            _t.c.topic_id,
            _t.c.article_id,
            _t.c.revision,
            _t.c.story_id,
            _t.c.made_in,
        )
        .select_from(_of_lineage(story.lineage_id))
        .where(_t.c.revision > 0)
        .order_by(_t.c.story_id != story.id, _t.c.id.desc())
    ).all()
    if not rows:
        return []
    kept = list(dict.fromkeys((row.article_id, row.revision) for row in rows))[:most]
    texts = articles.texts_of_revisions(conn, kept)
    recipients = _recipients_of(conn, [row.id for row in rows])
    merged = stories.with_merged(conn, story.id)
    return [
        AlertedText(
            alert_id=row.id,
            topic_id=row.topic_id,
            article_id=row.article_id,
            story_id=row.story_id,
            stays=row.made_in in merged,
            recipients=recipients[row.id],
            **texts[row.article_id, row.revision],
        )
        for row in rows
        if (row.article_id, row.revision) in texts
    ]


def _of_lineage(lineage_id: int) -> Join:
    s = schema.stories
    of = and_(s.c.id == _t.c.story_id, or_(s.c.lineage_id == lineage_id, s.c.id == lineage_id))
    return _t.join(s, of)


def _recipients_of(
    conn: Connection, alert_ids: Collection[int]
) -> Mapping[int, frozenset[tuple[str, str]]]:
    r = schema.recipients
    told: defaultdict[int, set[tuple[str, str]]] = defaultdict(set)
    for row in conn.execute(
        select(_recipients.c.alert_id, r.c.channel, r.c.address)
        .join(r, r.c.id == _recipients.c.recipient_id)
        .where(_recipients.c.alert_id.in_(alert_ids))
    ):
        told[row.alert_id].add((row.channel, row.address))
    return {alert_id: frozenset(told[alert_id]) for alert_id in alert_ids}


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
    del values["made_in"]
    values["matched"] = as_matched(
        values.pop("clauses"), values.pop("highlights"), values.pop("score")
    )
    values["changes"] = tuple(values["changes"])
    values["held"] = tuple((recipient_id, reason) for recipient_id, reason in values["held"])
    return Alert(**values)
