"""Topics: added, changed, muted, removed, and their hits marked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from scheduler.actions.audit_log import Actor, AuditAction
from scheduler.addresses.webhook_headers import headers_of
from scheduler.query.language.parser import parse_with_notes
from scheduler.query.named_queries import topic_name
from scheduler.wording.formatters import recipient as recipient_name
from scheduler.wording.routing_text import routing_words
from storage.models.articles import Article
from storage.models.recipients import NewRecipient, Recipient
from storage.models.topics import Topic
from storage.topics import marks, named_queries, topics

_SILENCED = {
    "topic": (
        AuditAction.TOPIC_MUTED,
        AuditAction.TOPIC_SNOOZED,
        AuditAction.TOPIC_UNMUTED,
    ),
    "recipient": (
        AuditAction.RECIPIENT_MUTED,
        AuditAction.RECIPIENT_SNOOZED,
        AuditAction.RECIPIENT_UNMUTED,
    ),
}


def add_topic(
    conn: Connection,
    actor: Actor,
    *,
    name: str,
    query: str,
    recipients: Sequence[NewRecipient] = (),
    now: datetime,
) -> Topic:
    """Watch a topic. Raises InputError for its name, and QueryError for a query that can't be read."""
    parse_with_notes(query, named_queries.texts(conn))
    topic = topics.add(conn, name=topic_name(name), query=query, recipients=recipients, now=now)
    actor.record(conn, AuditAction.TOPIC_ADDED, about_topic(topic), new=query, now=now)
    for recipient in topic.recipients:
        record_recipient(conn, actor, topic, None, recipient, now=now)
    return topic


def change_query(conn: Connection, actor: Actor, topic_id: int, query: str, now: datetime) -> Topic:
    """Watch something else under a topic's name; return the topic as it was.

    Raises NotFoundError, and QueryError for a query that can't be read.
    """
    topic = topics.by_id(conn, topic_id)
    parse_with_notes(query, named_queries.texts(conn))
    if query != topic.query:
        topics.set_query(conn, topic_id, query)
        about = about_topic(topic)
        actor.record(conn, AuditAction.TOPIC_CHANGED, about, old=topic.query, new=query, now=now)
    return topic


def remove_topic(conn: Connection, actor: Actor, topic_id: int, now: datetime) -> Topic:
    """Stop watching a topic; alerts that were made are still delivered. Raises NotFoundError."""
    topic = topics.by_id(conn, topic_id)
    topics.remove(conn, topic.name, now)
    actor.record(conn, AuditAction.TOPIC_REMOVED, about_topic(topic), old=topic.query, now=now)
    return topic


def mute(
    conn: Connection,
    actor: Actor,
    topic_id: int,
    now: datetime,
    *,
    recipient: Recipient | None = None,
) -> None:
    """Send no alerts of a topic, or none to one recipient, until `unmute`. Raises NotFoundError."""
    _silence(conn, actor, topic_id, recipient, muted=True, until=None, now=now)


def unmute(
    conn: Connection,
    actor: Actor,
    topic_id: int,
    now: datetime,
    *,
    recipient: Recipient | None = None,
) -> None:
    """Send alerts of a topic, or to one recipient, again. Raises NotFoundError."""
    _silence(conn, actor, topic_id, recipient, muted=False, until=None, now=now)


def snooze(
    conn: Connection,
    actor: Actor,
    topic_id: int,
    until: datetime,
    now: datetime,
    *,
    recipient: Recipient | None = None,
) -> None:
    """Send no alerts of a topic, or none to one recipient, until a time. Raises NotFoundError."""
    _silence(conn, actor, topic_id, recipient, muted=None, until=until, now=now)


def mark_hit(
    conn: Connection,
    actor: Actor,
    topic_id: int,
    article: Article,
    *,
    relevant: bool | None,
    now: datetime,
) -> None:
    """Mark an article as what a topic is for, or as noise; None takes the mark back.

    Raises NotFoundError.
    """
    topic = topics.by_id(conn, topic_id)
    before = {mark.article_id: mark.relevant for mark in marks.of_topic(conn, topic_id)}
    if relevant is None:
        marks.remove(conn, topic_id=topic_id, article_id=article.id)
    else:
        marks.put(conn, topic_id=topic_id, article_id=article.id, relevant=relevant, now=now)
    actor.record(
        conn,
        AuditAction.HIT_MARKED,
        f"{about_topic(topic)}: article {article.id}",
        old=_mark_word(before.get(article.id)),
        new=_mark_word(relevant),
        now=now,
    )


def about_topic(topic: Topic) -> str:
    """Name a topic in the audit log."""
    return f"topic {topic.id}, {topic.name}"


def record_recipient(
    conn: Connection,
    actor: Actor,
    topic: Topic,
    before: Recipient | None,
    after: Recipient | None,
    *,
    now: datetime,
) -> None:
    """Write into the audit log that a recipient was added (no `before`), changed or removed."""
    action = (
        AuditAction.RECIPIENT_ADDED
        if before is None
        else AuditAction.RECIPIENT_REMOVED
        if after is None
        else AuditAction.RECIPIENT_CHANGED
    )
    old, new = (
        "" if recipient is None else recipient_words(recipient, now)
        for recipient in (before, after)
    )
    actor.record(conn, action, about_topic(topic), old=old, new=new, now=now)


def recipient_words(recipient: Recipient, now: datetime) -> str:
    """Name a recipient and its routing; of a webhook only its host and its headers' names."""
    name = f"{recipient.channel} {recipient_name(recipient)}"
    names = ", ".join(headers_of(recipient.headers))
    return f"{name}: {routing_words(recipient.routing, now)}{f'; header {names}' if names else ''}"


def _silence(
    conn: Connection,
    actor: Actor,
    topic_id: int,
    recipient: Recipient | None,
    *,
    muted: bool | None,
    until: datetime | None,
    now: datetime,
) -> None:
    """Mute, snooze or unmute; None leaves a topic or recipient muted if it is."""
    topic = topics.by_id(conn, topic_id)
    of = topic if recipient is None else recipient.routing
    new_muted = of.muted if muted is None else muted
    if recipient is None:
        topics.set_quiet(conn, topic_id, muted=new_muted, snoozed_until=until)
        about, kind = about_topic(topic), "topic"
    else:
        routing = replace(recipient.routing, muted=new_muted, snoozed_until=until)
        topics.set_routing(conn, recipient.id, routing)
        name = f"{recipient.channel} {recipient_name(recipient)}"
        about, kind = f"{about_topic(topic)}: {name}", "recipient"
    mute_action, snooze_action, unmute_action = _SILENCED[kind]
    actor.record(
        conn,
        snooze_action if until is not None else mute_action if muted else unmute_action,
        about,
        old=_silence_words(of.muted, of.snoozed_until),
        new=_silence_words(new_muted, until),
        now=now,
    )


def _silence_words(muted: bool, until: datetime | None) -> str:
    words = ["muted"] if muted else []
    words += [] if until is None else [f"snoozed until {until:%F %R} UTC"]
    return ", ".join(words) or "not muted"


def _mark_word(relevant: bool | None) -> str:
    return {None: "no mark", True: "relevant", False: "noise"}[relevant]
