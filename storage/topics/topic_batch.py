"""Many topics added, changed and removed at once, in few statements; one version for all."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, Table, Update, bindparam, insert, update

from storage.models.recipients import NewRecipient, Recipient
from storage.models.topics import Topic
from storage.sql import schema
from storage.topics import topics

_t = schema.topics
_recipients = schema.recipients


class TopicAddition(NamedTuple):
    """A topic before it is stored; the query must have been parsed."""

    name: str
    query: str
    recipients: Sequence[NewRecipient] = ()
    managed_by: str | None = None


class TopicUpdate(NamedTuple):
    """What a stored topic becomes; its name stays.

    A recipient that it has already, by its key, keeps its id, and its secret unless
    another one is given.
    """

    topic: Topic
    query: str
    recipients: Sequence[NewRecipient]
    managed_by: str | None


def add(conn: Connection, new: Sequence[TopicAddition], now: datetime) -> None:
    """Add topics with their recipients; their names must be free."""
    if not new:
        return
    version = topics.next_version(conn)
    rows: list[Mapping[str, object]] = [
        {
            "name": topic.name,
            "query": topic.query,
            "created_at": now,
            "managed_by": topic.managed_by,
            "changed": version,
        }
        for topic in new
    ]
    ids = conn.execute(insert(_t).returning(_t.c.id, sort_by_parameter_order=True), rows).scalars()
    _add_recipients(
        conn,
        (
            (id_, recipient)
            for id_, topic in zip(ids, new, strict=True)
            for recipient in topic.recipients
        ),
    )


def change(conn: Connection, changes: Sequence[TopicUpdate], now: datetime) -> None:
    """Change topics: what they watch, who is told, and which file manages them."""
    if not changes:
        return
    version = topics.next_version(conn)
    conn.execute(
        _by_id(_t, "query", "managed_by", "changed"),
        [
            {
                "of_id": each.topic.id,
                "query": each.query,
                "managed_by": each.managed_by,
                "changed": version,
            }
            for each in changes
        ],
    )
    _change_recipients(conn, changes, now)


def remove(conn: Connection, removed: Iterable[Topic], now: datetime) -> None:
    """Stop matching topics; alerts that were made are still delivered."""
    ids = [topic.id for topic in removed]
    if ids:
        values = {"removed_at": now, "changed": topics.next_version(conn)}
        conn.execute(
            _by_id(_t, "removed_at", "changed"),
            [{"of_id": id_, **values} for id_ in ids],
        )


def _change_recipients(conn: Connection, changes: Sequence[TopicUpdate], now: datetime) -> None:
    new: list[tuple[int, NewRecipient]] = []
    kept: list[Mapping[str, object]] = []
    gone: list[Mapping[str, object]] = []
    for each in changes:
        known = {recipient.key: recipient for recipient in each.topic.recipients}
        for wanted in each.recipients:
            recipient = known.pop(wanted.key, None)
            if recipient is None:
                new.append((each.topic.id, wanted))
            elif _is_changed(recipient, wanted):
                kept.append(
                    {
                        "of_id": recipient.id,
                        "secret": wanted.secret or recipient.secret,
                        "headers": _headers(recipient, wanted),
                        **topics.routing_values(wanted.routing),
                    }
                )
        gone += [{"of_id": recipient.id, "removed_at": now} for recipient in known.values()]
    if gone:
        conn.execute(_by_id(_recipients, "removed_at"), gone)
    if kept:
        columns = [name for name in kept[0] if name != "of_id"]
        conn.execute(_by_id(_recipients, *columns), kept)
    _add_recipients(conn, new)


def _headers(recipient: Recipient, wanted: NewRecipient) -> str | None:
    return (recipient.headers if wanted.headers is None else wanted.headers) or None


def _is_changed(recipient: Recipient, wanted: NewRecipient) -> bool:
    before = (recipient.routing, recipient.secret, recipient.headers)
    return before != (wanted.routing, wanted.secret, _headers(recipient, wanted))


def _add_recipients(conn: Connection, wanted: Iterable[tuple[int, NewRecipient]]) -> None:
    rows: list[Mapping[str, object]] = [
        {
            "topic_id": topic_id,
            "channel": told.channel,
            "address": told.address,
            "secret": told.secret,
            "headers": told.headers or None,
            **topics.routing_values(told.routing),
        }
        for topic_id, told in wanted
    ]
    if rows:
        conn.execute(insert(_recipients), rows)


def _by_id(table: Table, *columns: str) -> Update:
    """Build an update of the rows that `of_id` names, for many sets of values."""
    values: Mapping[str, object] = {name: bindparam(name) for name in columns}
    return update(table).where(table.c.id == bindparam("of_id")).values(values)
