"""Topics and their recipients as JSON, and what is asked of them."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, Field

from scheduler.shapes.base import RequestShape, Time
from scheduler.wording.formatters import recipient as recipient_name
from storage.models.recipients import Channel, Recipient, WatchMode
from storage.models.topics import Topic

Name = Annotated[str, Field(min_length=1, max_length=200)]
QueryText = Annotated[str, Field(min_length=1, max_length=1_000_000)]


class RecipientShape(BaseModel):
    """Who is told of a topic; of a webhook only its host, and its secret once, when it is new."""

    id: int
    channel: Channel
    name: str
    mode: WatchMode
    updates: bool
    digest: str
    muted: bool
    secret: str | None = None


class NewRecipientShape(RequestShape):
    """Who is to be told of a topic, and when."""

    channel: Channel
    address: str = Field(min_length=1, max_length=2000)
    mode: str | None = Field(default=None, max_length=100)
    updates: bool = False
    digest: str | None = Field(default=None, max_length=200)
    quiet: str | None = Field(default=None, max_length=100)
    time_zone: str | None = Field(default=None, max_length=100)
    most_an_hour: int | None = Field(default=None, ge=0, le=10_000)


class TopicShape(BaseModel):
    """A topic with its recipients."""

    id: int
    name: str
    query: str
    created_at: Time
    muted: bool
    snoozed_until: Time | None
    managed_by: str | None
    recipients: list[RecipientShape]


class NewTopic(RequestShape):
    """A topic to be watched."""

    name: Name
    query: QueryText


class TopicChange(RequestShape):
    """What is to be changed of a topic; what is left out stays."""

    query: QueryText | None = None
    muted: bool | None = None


def recipient_shape(recipient: Recipient, *, secret: str | None = None) -> RecipientShape:
    """Return a recipient's shape."""
    return RecipientShape(
        id=recipient.id,
        channel=recipient.channel,
        name=recipient_name(recipient),
        mode=recipient.routing.mode,
        updates=recipient.routing.updates,
        digest=recipient.routing.digest,
        muted=recipient.routing.muted,
        secret=secret,
    )


def topic_shape(topic: Topic) -> TopicShape:
    """Return a topic's shape."""
    return TopicShape(
        id=topic.id,
        name=topic.name,
        query=topic.query,
        created_at=topic.created_at,
        muted=topic.muted,
        snoozed_until=topic.snoozed_until,
        managed_by=topic.managed_by,
        recipients=[recipient_shape(recipient) for recipient in topic.recipients],
    )
