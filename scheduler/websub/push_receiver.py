"""Takes what hubs send to our callback: questions whether we meant it, refusals, and pushes.

WebSub (https://www.w3.org/TR/websub/): 5.2 and 5.3 have refusals and the verification of intent, 7 and
8 the pushes and their signatures.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from random import Random
from typing import Protocol

import structlog
from sqlalchemy import Connection

from crawler.listings.websub import (
    Mode,
    Verification,
    back_off,
    is_signed,
    lease_of,
    read_verification,
    renewal_after,
)
from storage.crawl import subscriptions
from storage.crawl.subscriptions import Subscription, SubscriptionState
from storage.sql.database import Database


class PushConsumer(Protocol):
    """What takes pushes: the pipeline."""

    async def pushed(
        self, source_id: int, body: bytes, content_type: str | None, at: datetime
    ) -> None:
        """Take what a source's hub pushed to us."""


@dataclass(frozen=True, slots=True)
class HubResponse:
    """What a hub is answered: the status, and the body."""

    status: HTTPStatus
    says: str = ""


_AS_DENIED = 99  # failures: a hub that said no is asked again after the longest wait
UNKNOWN = HubResponse(HTTPStatus.NOT_FOUND, "There is no such subscription.\n")
_GONE = HubResponse(HTTPStatus.GONE, "This subscription has ended.\n")
_CLOSED = HubResponse(HTTPStatus.SERVICE_UNAVAILABLE, "Please push this again in a minute.\n")
_TAKEN = HubResponse(HTTPStatus.ACCEPTED)


class PushReceiver:
    """Answers hubs. Nothing is taken before `open` and after `close`: hubs push it again."""

    def __init__(self, db: Database, clock: Callable[[], datetime], rng: Random) -> None:
        self._db = db
        self._clock = clock
        self._rng = rng
        self._consumer: PushConsumer | None = None
        self._one_at_a_time = asyncio.Lock()
        self._log = structlog.get_logger("websub")

    def open(self, consumer: PushConsumer) -> None:
        """Take pushes from now on."""
        self._consumer = consumer

    async def close(self) -> None:
        """Take no more, and wait for the push that is in hand."""
        self._consumer = None
        async with self._one_at_a_time:
            return

    async def subscription(self, token: str) -> Subscription | None:
        """Return the subscription whose callback this is."""
        return await self._db.read(subscriptions.by_token, token)

    async def verify(self, token: str, query: Mapping[str, str]) -> HubResponse:
        """Answer whether we meant what a hub was asked: only for what we did ask."""
        asked, subscription = read_verification(query), await self.subscription(token)
        if asked is None or subscription is None or subscription.topic_url != asked.topic:
            return UNKNOWN
        if asked.mode is Mode.DENIED:
            return await self._denied(subscription, asked)
        if (asked.mode is Mode.UNSUBSCRIBE) != (subscription.state is SubscriptionState.LEAVING):
            return UNKNOWN
        if asked.mode is Mode.UNSUBSCRIBE:
            await self._db.write(subscriptions.forget, subscription)
            self._log.info("hub_left", source=subscription.source_id, hub=subscription.hub_url)
        else:
            await self._subscribed(subscription, asked)
        return HubResponse(HTTPStatus.OK, asked.challenge)

    async def push(
        self, token: str, body: bytes, *, content_type: str | None, signature: str | None
    ) -> HubResponse:
        """Take a push. One that is not signed as agreed is answered as if it were taken."""
        subscription = await self.subscription(token)
        if subscription is None:
            return UNKNOWN
        if subscription.state is SubscriptionState.LEAVING:
            return _GONE
        if not is_signed(subscription.secret, body, signature):
            await self.ignore(subscription, "not signed as agreed")
            return _TAKEN
        async with self._one_at_a_time:
            if self._consumer is None:
                return _CLOSED
            now = self._clock()
            await self._db.write(subscriptions.pushed, subscription, now)
            await self._consumer.pushed(subscription.source_id, body, content_type, now)
        return _TAKEN

    async def ignore(self, subscription: Subscription, why: str) -> None:
        """Count a push that is not taken."""
        await self._db.write(subscriptions.ignored, subscription)
        self._log.warning(
            "push_ignored", source=subscription.source_id, hub=subscription.hub_url, why=why
        )

    async def _subscribed(self, subscription: Subscription, asked: Verification) -> None:
        now, lease = self._clock(), lease_of(asked.lease)
        if lease is None:
            granted = 0 if asked.lease is None else asked.lease.total_seconds()
            says = f"the hub leases for {granted:g} s only"
            await self._db.write(subscriptions.failed, subscription, says)
            return
        next_at = now + renewal_after(lease, self._rng.random)
        await self._db.write(
            subscriptions.verified, subscription, lease_until=now + lease, next_at=next_at
        )
        self._log.info(
            "hub_subscribed",
            source=subscription.source_id,
            hub=subscription.hub_url,
            until=now + lease,
        )

    async def _denied(self, subscription: Subscription, asked: Verification) -> HubResponse:
        if subscription.state is SubscriptionState.LEAVING:
            await self._db.write(subscriptions.forget, subscription)
        else:
            await self._db.write(self._deny, subscription, asked.reason)
        self._log.warning(
            "hub_denied",
            source=subscription.source_id,
            hub=subscription.hub_url,
            reason=asked.reason,
        )
        return HubResponse(HTTPStatus.OK)

    def _deny(self, conn: Connection, subscription: Subscription, reason: str) -> None:
        next_at = self._clock() + back_off(_AS_DENIED, self._rng.random)
        subscriptions.denied(conn, subscription, reason=reason, next_at=next_at)
