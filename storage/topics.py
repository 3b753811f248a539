"""Topics: stored queries and who is told of their matches."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, Row, insert, select, update

from storage import counters, schema
from storage.errors import InputError, NotFoundError
from storage.models import Channel, Recipient, Topic

_t = schema.topics
_recipients = schema.recipients
_VERSION = "topics_version"


def add(
    conn: Connection,
    *,
    name: str,
    query: str,
    recipients: Sequence[tuple[Channel, str, str | None]],
    now: datetime,
) -> Topic:
    """Add a topic with its recipients: (channel, address, secret for signing).

    The query must have been parsed before. Raises InputError when the name is taken.
    """
    if _kept(conn, name) is not None:
        raise InputError(f"there is a topic {name!r} already; see: wirewatch topic list")
    result = conn.execute(
        insert(_t).values(name=name, query=query, created_at=now).returning(_t.c.id)
    )
    topic_id = result.scalar_one()
    for channel, address, secret in recipients:
        conn.execute(
            insert(_recipients).values(
                topic_id=topic_id, channel=channel, address=address, secret=secret
            )
        )
    counters.add(conn, _VERSION, 1)
    return get(conn, name)


def get(conn: Connection, name: str) -> Topic:
    """Give a topic by its name. Raises NotFoundError."""
    row = _kept(conn, name)
    if row is None:
        raise NotFoundError(f"there is no topic {name!r}; see: wirewatch topic list")
    return _topic(conn, row)


def by_id(conn: Connection, topic_id: int) -> Topic:
    """Give a topic by its id, also a removed one. Raises NotFoundError."""
    row = conn.execute(select(_t).where(_t.c.id == topic_id)).one_or_none()
    if row is None:
        raise NotFoundError(f"there is no topic {topic_id}; see: wirewatch topic list")
    return _topic(conn, row)


def list_all(conn: Connection) -> list[Topic]:
    """Give all topics that were not removed, oldest first."""
    rows = conn.execute(select(_t).where(_t.c.removed_at.is_(None)).order_by(_t.c.id)).all()
    return [_topic(conn, row) for row in rows]


def remove(conn: Connection, name: str, now: datetime) -> None:
    """Stop matching a topic; alerts that were made are still delivered. Raises NotFoundError."""
    topic = get(conn, name)
    conn.execute(update(_t).where(_t.c.id == topic.id).values(removed_at=now))
    counters.add(conn, _VERSION, 1)


def version(conn: Connection) -> int:
    """Give a number that changes whenever a topic is added, changed or removed."""
    return counters.get(conn, _VERSION)


def _kept(conn: Connection, name: str) -> Row[tuple[object, ...]] | None:
    query = select(_t).where(_t.c.name == name, _t.c.removed_at.is_(None))
    return conn.execute(query).one_or_none()


def _topic(conn: Connection, row: Row[tuple[object, ...]]) -> Topic:
    values = dict(row._mapping)
    del values["removed_at"]
    found = conn.execute(
        select(_recipients).where(_recipients.c.topic_id == row.id).order_by(_recipients.c.id)
    )
    recipients = tuple(
        Recipient(r.id, r.topic_id, Channel(r.channel), r.address, r.secret) for r in found
    )
    return Topic(recipients=recipients, **values)
