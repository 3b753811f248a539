"""Deliveries, the attempts at them, and the endpoints that they go to. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from storage.models.recipients import Channel


class DeliveryState(StrEnum):
    PENDING = "pending"
    DELIVERED = "delivered"
    DEAD = "dead"  # a dead letter: given up, replayable


class DeliveryKind(StrEnum):
    ALERT = "alert"
    DIGEST = "digest"  # what waited for a recipient's time, in one
    SUMMARY = "summary"  # what came beyond the most that a recipient wants in an hour
    NOTICE = "notice"  # of Wirewatch itself: an endpoint that fails
    TEST = "test"  # asked for by an operator


@dataclass(frozen=True, slots=True)
class Draft:
    """A delivery, composed but not yet stored: the exact bytes that every attempt will send."""

    recipient_id: int | None
    channel: Channel
    address: str
    uid: str
    payload: bytes


@dataclass(frozen=True, slots=True)
class Delivery:
    """An alert, or several in one, on its way to one recipient; `uid` and `payload` never change.

    `alert_id` is None where it tells of no single alert, `recipient_id` where it goes to the
    operator. `endpoint` is what fails as one: a webhook's address, or the mail relay.
    `old_secret` signs beside `secret` until a time, while a webhook's secret is being changed;
    `headers` go with it, "Name: value" a line.
    """

    id: int
    uid: str
    alert_id: int | None
    recipient_id: int | None
    channel: Channel
    address: str
    payload: bytes
    state: DeliveryState
    attempts: int
    created_at: datetime
    next_attempt_at: datetime
    delivered_at: datetime | None = None
    last_error: str = ""
    secret: str | None = field(default=None, repr=False)
    old_secret: str | None = field(default=None, repr=False)
    old_secret_until: datetime | None = None
    headers: str | None = field(default=None, repr=False)
    kind: DeliveryKind = DeliveryKind.ALERT
    endpoint: str = ""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """What deliveries go to and fail with as one, while it is not well.

    It has failed `failures` times in a row since `failing_since`; until `open_until` it is left
    alone. One that is disabled takes nothing until an operator enables it.
    """

    name: str
    failures: int = 0
    failing_since: datetime | None = None
    open_until: datetime | None = None
    last_error: str = ""
    noticed_at: datetime | None = None
    disabled_at: datetime | None = None

    def seen_at(self, now: datetime) -> Endpoint:
        """Return it without a time until which it was left alone, when that has passed."""
        is_past = self.open_until is not None and self.open_until <= now
        return replace(self, open_until=None) if is_past else self


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try at a delivery, for the delivery log."""

    at: datetime
    outcome: str  # delivered, deferred, refused
    status: int | None
    detail: str
    seconds: float
