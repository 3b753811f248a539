"""What happened since a moment: new stories, alerts and tries at deliveries, by their ids."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import Connection, Table, func, select

from storage.sql import schema

_MOST = 100  # of a kind at a time


class EventCursor(NamedTuple):
    """The ids of the last story, alert and attempt that a reader has had."""

    story: int
    alert: int
    attempt: int


@dataclass(frozen=True, slots=True)
class StoreEvent:
    """Something that happened: `kind` is story, alert or attempt."""

    kind: str
    id: int
    facts: Mapping[str, object]
    cursor_before: EventCursor  # of who has not had it yet

    @property
    def after(self) -> EventCursor:
        """The cursor of whoever has read up to here."""
        return self.cursor_before._replace(**{self.kind: self.id})


def newest(conn: Connection) -> EventCursor:
    """Return the cursor of whoever has had all."""
    return EventCursor(
        *(_last(conn, table) for table in (schema.stories, schema.alerts, schema.attempts))
    )


def since(conn: Connection, cursor: EventCursor) -> tuple[list[StoreEvent], EventCursor]:
    """Return what happened after a cursor, and the cursor after it."""
    events: list[StoreEvent] = []
    for kind, rows in (
        ("story", _stories(conn, cursor.story)),
        ("alert", _alerts(conn, cursor.alert)),
        ("attempt", _attempts(conn, cursor.attempt)),
    ):
        for facts in rows:
            number = int(str(facts["id"]))
            events.append(StoreEvent(kind, number, facts, cursor))
            cursor = cursor._replace(**{kind: number})
    return events, cursor


def _stories(conn: Connection, after: int) -> list[Mapping[str, object]]:
    s, a = schema.stories.c, schema.articles.c
    return _rows(
        conn,
        select(s.id, a.title, a.url, a.host, s.first_seen)
        .join(schema.articles, a.id == s.root_article_id)
        .where(s.id > after)
        .order_by(s.id)
        .limit(_MOST),
    )


def _alerts(conn: Connection, after: int) -> list[Mapping[str, object]]:
    al, t, a = schema.alerts.c, schema.topics.c, schema.articles.c
    return _rows(
        conn,
        select(al.id, al.uid, t.name.label("topic"), al.story_id, a.title, al.created_at)
        .join(schema.topics, t.id == al.topic_id)
        .join(schema.articles, a.id == al.article_id)
        .where(al.id > after)
        .order_by(al.id)
        .limit(_MOST),
    )


def _attempts(conn: Connection, after: int) -> list[Mapping[str, object]]:
    at, o = schema.attempts.c, schema.outbox.c
    return _rows(
        conn,
        select(at.id, o.uid, o.channel, at.outcome, at.status, at.at)
        .join(schema.outbox, o.id == at.delivery_id)
        .where(at.id > after)
        .order_by(at.id)
        .limit(_MOST),
    )


def _rows(conn: Connection, query: object) -> list[Mapping[str, object]]:
    return [dict(row._mapping) for row in conn.execute(query)]  # type: ignore[call-overload]


def _last(conn: Connection, table: Table) -> int:
    return conn.execute(select(func.max(table.c.id))).scalar() or 0
