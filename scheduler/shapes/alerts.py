"""Alerts, their deliveries and each try at them as JSON."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import BaseModel

from scheduler.shapes.base import RecordShape, Time
from scheduler.wording.formatters import recipient as recipient_name
from storage.models.deliveries import Attempt, Delivery, DeliveryKind, DeliveryState
from storage.models.recipients import Channel
from storage.reports.statistics import AlertRow


class AttemptShape(RecordShape):
    """One try at a delivery."""

    at: Time
    outcome: str
    status: int | None
    detail: str
    seconds: float


class DeliveryShape(BaseModel):
    """A delivery, without its bytes and its address."""

    id: int
    uid: str
    kind: DeliveryKind
    channel: Channel
    recipient: str
    state: DeliveryState
    attempts: int
    created_at: Time
    next_attempt_at: Time
    delivered_at: Time | None
    last_error: str


class TriedDeliveryShape(DeliveryShape):
    """A delivery with every try."""

    tries: list[AttemptShape]


class AlertShape(BaseModel):
    """An alert, and what became of it."""

    uid: str
    topic_id: int
    topic: str
    story_id: int
    article_id: int
    headline: str
    created_at: Time
    clauses: list[str]
    changes: list[str]
    deliveries: list[DeliveryShape]


def delivery_shape(delivery: Delivery) -> DeliveryShape:
    """Return a delivery's shape."""
    return DeliveryShape(
        id=delivery.id,
        uid=delivery.uid,
        kind=delivery.kind,
        channel=delivery.channel,
        recipient=recipient_name(delivery),
        state=delivery.state,
        attempts=delivery.attempts,
        created_at=delivery.created_at,
        next_attempt_at=delivery.next_attempt_at,
        delivered_at=delivery.delivered_at,
        last_error=delivery.last_error,
    )


def tried_delivery_shape(delivery: Delivery, attempts: Sequence[Attempt]) -> TriedDeliveryShape:
    """Return a delivery's shape with its tries."""
    return TriedDeliveryShape(
        **dict(delivery_shape(delivery)),
        tries=[AttemptShape.model_validate(attempt) for attempt in attempts],
    )


def alert_shape(row: AlertRow) -> AlertShape:
    """Return an alert's shape."""
    alert = row.alert
    return AlertShape(
        uid=alert.uid,
        topic_id=alert.topic_id,
        topic=row.topic,
        story_id=alert.story_id,
        article_id=alert.article_id,
        headline=row.headline,
        created_at=alert.created_at,
        clauses=list(alert.matched.clauses),
        changes=list(alert.changes),
        deliveries=[delivery_shape(delivery) for delivery in row.deliveries],
    )
