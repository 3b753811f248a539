"""Tries before anything happens: a test to a recipient, and what an alert of a story would look like."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import Connection

from scheduler.alerts import service_message
from scheduler.alerts.compose import compose
from scheduler.alerts.content import MessageStyle
from scheduler.alerts.service_message import ServiceMessage
from scheduler.query.language.parser import parse_query
from scheduler.query.matching.document import document_of
from scheduler.query.matching.evaluator import AnalysedDocument, match_query
from storage.delivery import alerts, outbox
from storage.errors import InputError
from storage.models.alerts import Alert
from storage.models.articles import Article
from storage.models.deliveries import Delivery, DeliveryKind, Draft
from storage.models.matches import QueryMatch
from storage.models.recipients import Channel, Recipient
from storage.models.topics import Topic
from storage.stories import articles, stories
from storage.topics import named_queries

_A_MINUTE = timedelta(minutes=1)
_READER = {
    Channel.EMAIL: "reader@example.org",
    Channel.WEBHOOK: "https://example.org/hook",
    Channel.APPRISE: "json://example.org",
}


def put_test(
    conn: Connection, topic: Topic, recipient: Recipient, *, sender: str, now: datetime
) -> Delivery:
    """Put a test into the outbox. Raises InputError when there was one within the last minute."""
    uid = f"test_{recipient.id}_{int(now.timestamp())}"
    if outbox.was_put(conn, recipient.id, DeliveryKind.TEST, now - _A_MINUTE):
        raise InputError("a test was sent to this recipient within the last minute; wait a little")
    message = ServiceMessage(
        kind="test",
        subject=f"Wirewatch: a test of the topic {topic.name}",
        sentences=(
            f"This is a test of the topic {topic.name}, asked for by an operator.",
            "Whoever reads it will be told of the stories that match.",
        ),
        at=now,
        topic=topic.name,
    )
    draft = service_message.to_recipient(message, recipient, uid=uid, sender=sender)
    return outbox.put(conn, alert_id=None, draft=draft, now=now, kind=DeliveryKind.TEST)


def preview(
    conn: Connection,
    story_id: int,
    topic: Topic,
    channel: Channel,
    *,
    style: MessageStyle,
    now: datetime,
) -> Draft:
    """Write what a story's alert says, or would say; nothing is stored and nothing sent.

    Raises NotFoundError, InputError when the topic does not match the story, and QueryError.
    """
    story = stories.get(conn, story_id)
    told = [each for each in alerts.of_story(conn, story.id) if each.topic_id == topic.id]
    original = articles.get(conn, story.root_article_id)
    alert = told[0] if told else _made_up(conn, topic, original, now)
    reader = Recipient(0, topic.id, channel, _READER[channel])
    [draft] = compose(
        alert=alert,
        topic=replace(topic, recipients=(reader,)),
        story=story,
        members=stories.members(conn, story.id),
        article=articles.get(conn, alert.article_id),
        style=style,
    )
    return draft


def _made_up(conn: Connection, topic: Topic, original: Article, now: datetime) -> Alert:
    query = parse_query(topic.query, named_queries.texts(conn))
    matched: QueryMatch | None = match_query(query, AnalysedDocument(document_of(original)))
    if matched is None:
        raise InputError(
            f"story {original.story_id} does not match the topic {topic.name!r}; "
            f"see: wirewatch topic test {topic.name!r}"
        )
    return Alert(0, "alert_preview", topic.id, original.story_id, original.id, now, matched)
