"""Topics and their recipients as JSON, and what is asked of them."""

from __future__ import annotations

from datetime import time
from typing import Annotated

from pydantic import BaseModel, Field

from scheduler.addresses.webhook_headers import headers_of
from scheduler.shapes.base import RecordShape, RequestShape, Time
from scheduler.wording.formatters import recipient as recipient_name
from storage.models.recipients import Channel, Recipient, WatchMode
from storage.models.topics import Topic

Name = Annotated[str, Field(min_length=1, max_length=200)]
QueryText = Annotated[str, Field(min_length=1, max_length=1_000_000)]


class RoutingShape(RecordShape):
    """When a recipient is told; quiet hours and days are those of its time zone."""

    mode: WatchMode
    updates: bool
    time_zone: str
    quiet_from: time | None
    quiet_until: time | None
    muted: bool
    snoozed_until: Time | None
    digest: str
    most_an_hour: int | None


class RecipientShape(BaseModel):
    """Who is told of a topic; of a webhook only its host, and its secret once, when it is new."""

    id: int
    channel: Channel
    name: str
    routing: RoutingShape
    secret: str | None = None
    address: str | None = Field(default=None, description="Only commands show it.")
    headers: list[str] = Field(default=[], description="Names of a webhook's fixed headers.")


class NewRecipientRequest(RequestShape):
    """Who is to be told of a topic, and when."""

    channel: Channel
    address: str = Field(min_length=1, max_length=2000)
    mode: str | None = Field(default=None, max_length=100)
    updates: bool = False
    digest: str | None = Field(default=None, max_length=200)
    quiet: str | None = Field(default=None, max_length=100)
    time_zone: str | None = Field(default=None, max_length=100)
    most_an_hour: int | None = Field(default=None, ge=0, le=10_000)
    headers: list[str] | None = Field(
        default=None,
        max_length=50,
        description='Of a webhook, "Name: value" each, kept as secrets; [] removes those it has.',
    )


class TopicShape(BaseModel):
    """A topic with its recipients."""

    id: int
    name: str
    query: str
    created_at: Time
    muted: bool
    snoozed_until: Time | None
    managed_by: str | None
    changed: int = Field(description="The version of all topics at which it was changed last.")
    recipients: list[RecipientShape]


class NewTopicRequest(RequestShape):
    """A topic to be watched."""

    name: Name
    query: QueryText


class TopicChangeRequest(RequestShape):
    """What is to be changed of a topic; what is left out stays."""

    query: QueryText | None = None
    muted: bool | None = None


def recipient_shape(
    recipient: Recipient, *, secret: str | None = None, address: str | None = None
) -> RecipientShape:
    """Return a recipient's shape; a webhook's secret and address only where they are given."""
    return RecipientShape(
        id=recipient.id,
        channel=recipient.channel,
        name=recipient_name(recipient),
        routing=RoutingShape.model_validate(recipient.routing),
        secret=secret,
        address=address,
        headers=list(headers_of(recipient.headers)),
    )


def topic_shape(topic: Topic, *, with_addresses: bool = False) -> TopicShape:
    """Return a topic's shape, with its recipients' whole addresses or without."""
    return TopicShape(
        id=topic.id,
        name=topic.name,
        query=topic.query,
        created_at=topic.created_at,
        muted=topic.muted,
        snoozed_until=topic.snoozed_until,
        managed_by=topic.managed_by,
        changed=topic.changed,
        recipients=[
            recipient_shape(recipient, address=recipient.address if with_addresses else None)
            for recipient in topic.recipients
        ],
    )
