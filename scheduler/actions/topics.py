"""Topics: watched, changed, told of to others or fewer, muted and removed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from scheduler.actions.actor import Actor
from scheduler.alerts.webhook import new_secret
from scheduler.query.language.parser import parse_with_notes
from scheduler.query.topic_names import topic_name
from scheduler.wording.formatters import recipient as shown
from storage.errors import InputError, NotFoundError
from storage.models.recipients import Channel, NewRecipient, Recipient, Routing
from storage.models.topics import Topic
from storage.topics import named_queries, topics

AddressCheck = Callable[[Channel, str], None]
"""Raises InputError for an address that can't be told."""


def add(conn: Connection, actor: Actor, *, name: str, query: str, now: datetime) -> Topic:
    """Watch a topic. Raises InputError, QueryError for a query that can't be read."""
    parse_with_notes(query, named_queries.texts(conn))
    made = topics.add(conn, name=topic_name(name), query=query, recipients=[], now=now)
    actor.did(conn, "topic added", f"topic {made.id}", f"{made.name}: {query}", now=now)
    return made


def set_query(conn: Connection, actor: Actor, topic_id: int, query: str, now: datetime) -> None:
    """Watch something else under a topic's name."""
    topic = topics.by_id(conn, topic_id)
    parse_with_notes(query, named_queries.texts(conn))
    if query != topic.query:
        topics.set_query(conn, topic_id, query)
        actor.did(conn, "topic changed", f"topic {topic_id}", f"was: {topic.query}", now=now)


def mute(
    conn: Connection,
    actor: Actor,
    topic_id: int,
    *,
    muted: bool,
    until: datetime | None,
    now: datetime,
) -> None:
    """Tell nobody of a topic, for good or until a time, or tell again."""
    topics.set_quiet(conn, topic_id, muted=muted, snoozed_until=until)
    what = "topic muted" if muted else "topic snoozed" if until else "topic unmuted"
    actor.did(
        conn, what, f"topic {topic_id}", "" if until is None else f"{until:%F %R} UTC", now=now
    )


def remove(conn: Connection, actor: Actor, topic_id: int, now: datetime) -> None:
    """Stop watching a topic; alerts that were made are still delivered."""
    topic = topics.by_id(conn, topic_id)
    topics.remove(conn, topic.name, now)
    actor.did(conn, "topic removed", f"topic {topic_id}", topic.name, now=now)


def tell(
    conn: Connection,
    actor: Actor,
    topic_id: int,
    *,
    channel: Channel,
    address: str,
    routing: Routing,
    check: AddressCheck,
    now: datetime,
) -> Recipient:
    """Tell somebody of a topic; of who is told already, change when. Raises InputError."""
    check(channel, address)
    topic = topics.by_id(conn, topic_id)
    wanted = [_as_new(each) for each in topic.recipients]
    mine = [each for each in wanted if (each.channel, each.address) == (channel, address)]
    if mine:
        wanted[wanted.index(mine[0])] = mine[0]._replace(routing=routing)
    else:
        secret = new_secret() if channel is Channel.WEBHOOK else None
        wanted.append(NewRecipient(channel, address, secret, routing))
    topics.set_recipients(conn, topic_id, wanted, now)
    told = topics.by_id(conn, topic_id).recipients
    found = next(each for each in told if (each.channel, each.address) == (channel, address))
    what = "recipient changed" if mine else "recipient added"
    actor.did(conn, what, f"topic {topic_id}", f"{channel} to {shown(found)}", now=now)
    return found if not mine else replace(found, secret=None)


def untell(conn: Connection, actor: Actor, topic_id: int, recipient_id: int, now: datetime) -> None:
    """Tell somebody no longer; deliveries that wait are still made. Raises NotFoundError."""
    topic = topics.by_id(conn, topic_id)
    gone = [each for each in topic.recipients if each.id == recipient_id]
    if not gone:
        raise NotFoundError(f"topic {topic.name!r} has no recipient {recipient_id}")
    kept = [_as_new(each) for each in topic.recipients if each.id != recipient_id]
    topics.set_recipients(conn, topic_id, kept, now)
    detail = f"{gone[0].channel} to {shown(gone[0])}"
    actor.did(conn, "recipient removed", f"topic {topic_id}", detail, now=now)


def channel_of(text: str) -> Channel:
    """Read a channel. Raises InputError."""
    try:
        return Channel(text)
    except ValueError as error:
        raise InputError(f"a channel is one of {', '.join(Channel)}") from error


def _as_new(recipient: Recipient) -> NewRecipient:
    return NewRecipient(recipient.channel, recipient.address, recipient.secret, recipient.routing)
