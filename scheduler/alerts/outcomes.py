"""What a channel says came of a try, and how it is recorded: of the delivery and of its endpoint."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

from sqlalchemy import Connection

from scheduler.alerts import circuit_breaker
from storage.delivery import endpoints, outbox
from storage.failpoints import reach
from storage.models.deliveries import Attempt, Delivery
from storage.models.recipients import Channel


@dataclass(frozen=True, slots=True)
class SendReceipt:
    """The recipient took it: its code, and what it said."""

    status: int | None
    detail: str


class Sender(Protocol):
    """A channel. Sends nothing while `obstacle` says what the operator must do first."""

    @property
    def obstacle(self) -> str | None:
        """Say why nothing can be sent at all, in the operator's words; None when it can."""

    async def send(self, delivery: Delivery) -> SendReceipt:
        """Try once. Raises DeliveryDeferredError or DeliveryRefusedError."""


_GONE = 410

# The example schedule of Standard Webhooks 1.0: seconds to wait before each try, 75 h 35 min in all.
WAITS = (0, 5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400)
MOST_WAIT = timedelta(hours=24)
_JITTER = 0.2


@dataclass(frozen=True, slots=True)
class DeliveryOutcome:
    """What came of a try.

    `refused`: there is to be no other. `of_endpoint`: it was deferred by what the endpoint is, not
    by what it was sent; `wish` is when it wants to be asked again.
    """

    attempt: Attempt
    refused: bool = False
    of_endpoint: bool = False
    wish: datetime | None = None

    @property
    def delivered(self) -> bool:
        """Whether the recipient took it."""
        return self.attempt.outcome == "delivered"

    def disables(self, delivery: Delivery) -> bool:
        """Tell whether the endpoint said that it is gone for good."""
        return self.refused and self.attempt.status == _GONE and delivery.channel is Channel.WEBHOOK


@dataclass(frozen=True, slots=True)
class RetryDecision:
    """What was decided: the time of the next try, None when there is none."""

    again: datetime | None = None
    disabled: bool = False


def record(
    conn: Connection,
    delivery: Delivery,
    outcome: DeliveryOutcome,
    rng: random.Random,
    *,
    was_unwell: bool,
) -> RetryDecision:
    """Store what came of a try, and what it says of the endpoint."""
    attempt = outcome.attempt
    reach("mark")
    if outcome.of_endpoint:
        return _endpoint_failed(conn, delivery, outcome, rng)
    if outcome.disables(delivery):
        outbox.dead(conn, delivery.id, attempt)
        known = endpoints.get(conn, delivery.endpoint)
        endpoints.put(conn, replace(known, disabled_at=attempt.at, last_error=attempt.detail[:500]))
        return RetryDecision(disabled=True)
    if was_unwell:
        endpoints.well(conn, delivery.endpoint)
        outbox.hasten(conn, delivery.endpoint)
    if outcome.delivered:
        outbox.delivered(conn, delivery.id, attempt)
        return RetryDecision()
    if outcome.refused:
        outbox.dead(conn, delivery.id, attempt)
        return RetryDecision()
    return RetryDecision(_deferred(conn, delivery, outcome, rng))


def _endpoint_failed(
    conn: Connection, delivery: Delivery, outcome: DeliveryOutcome, rng: random.Random
) -> RetryDecision:
    again = _deferred(conn, delivery, outcome, rng)
    failed = circuit_breaker.after_failure(
        endpoints.get(conn, delivery.endpoint),
        outcome.attempt.detail,
        outcome.attempt.at,
        rng,
        next_try=again,
        wish=outcome.wish,
    )
    endpoints.put(conn, failed)
    return RetryDecision(again)


def _deferred(
    conn: Connection, delivery: Delivery, outcome: DeliveryOutcome, rng: random.Random
) -> datetime | None:
    """Store a failed try; the time of the next, None when it was the last."""
    again = next_try(delivery.attempts + 1, outcome.attempt.at, rng, outcome.wish)
    if again is None:
        outbox.dead(conn, delivery.id, outcome.attempt)
    else:
        outbox.deferred(conn, delivery.id, outcome.attempt, again)
    return again


def next_try(
    tried: int, now: datetime, rng: random.Random, not_before: datetime | None = None
) -> datetime | None:
    """Return when a delivery is tried again after `tried` failed tries; None to give it up.

    The wait is lengthened by up to a fifth, so that what failed together does not come back
    together; the recipient's own wish (`not_before`) counts for up to 24 hours.
    """
    if tried >= len(WAITS):
        return None
    planned = now + timedelta(seconds=WAITS[tried] * (1 + _JITTER * rng.random()))
    if not_before is None:
        return planned
    return max(planned, min(not_before, now + MOST_WAIT))
