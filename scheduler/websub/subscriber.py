"""Keeps subscriptions: asks hubs, renews leases, leaves, and says whose pushes are relied on."""

from __future__ import annotations

import asyncio
import secrets
from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from datetime import datetime, timedelta
from random import Random
from typing import Protocol

import structlog
from sqlalchemy import Connection

from crawler.listings.websub import Mode, back_off, subscription_form
from crawler.urls.canonical import host_of
from scheduler.config.settings import WebSubSettings
from scheduler.websub.hub_client import HubClient
from storage.crawl import subscriptions
from storage.crawl.subscriptions import Subscription, SubscriptionState
from storage.models.sources import Source
from storage.sql.database import Database

_AT_ONCE = 20  # new subscriptions a minute
_A_HUB = 6  # requests to one hub a minute, one after the other
_LOOKED_AT = 500  # subscriptions that are due, of which each hub gets its few
_LEAVING_TRIES = 3  # a hub that does not answer to "no more" meets a callback that is gone
RELIED_DAYS = 7  # since the last push: what pushes less often is polled by its own rhythm
_TOKEN_BYTES, _SECRET_BYTES = 24, 32
_NO_MORE = "its hub is not relied on any more"


class VisitScheduler(Protocol):
    """What plans the visits of sources: the pipeline."""

    async def bring_forward(self, source_id: int, at: datetime, reason: str) -> None:
        """Visit a source at this time, unless it is visited sooner."""


class Subscriber:
    """The job of every minute. `on_relied` is told which sources need polling for safety only."""

    def __init__(
        self,
        *,
        db: Database,
        hubs: HubClient,
        settings: WebSubSettings,
        visits: VisitScheduler,
        clock: Callable[[], datetime],
        rng: Random,
        on_relied: Callable[[Collection[int]], None],
    ) -> None:
        self._db = db
        self._hubs = hubs
        self._settings = settings
        self._visits = visits
        self._clock = clock
        self._rng = rng
        self._on_relied = on_relied
        self._settled_at = clock() - timedelta(days=1)
        self._log = structlog.get_logger("websub")

    async def keep(self) -> None:
        """Do what is due: judge, subscribe to what is new, renew, leave."""
        await self._settle()
        for source in await self._db.read(subscriptions.wanted, _AT_ONCE):
            await self._db.write(_begin, source, self._clock())
        by_hub: defaultdict[str, list[Subscription]] = defaultdict(list)
        for subscription in await self._db.read(subscriptions.due, self._clock(), _LOOKED_AT):
            by_hub[host_of(subscription.hub_url)].append(subscription)
        await asyncio.gather(*(self._ask_in_turn(some[:_A_HUB]) for some in by_hub.values()))

    async def _ask_in_turn(self, of_one_hub: Sequence[Subscription]) -> None:
        for subscription in of_one_hub:
            await self._ask(subscription)

    async def _settle(self) -> None:
        """Tell whose pushes are relied on, then poll those at once that are not any more."""
        now = self._clock()
        lost = await self._db.write(subscriptions.settle, now, self._settled_at)
        since = now - timedelta(days=RELIED_DAYS)
        self._on_relied(await self._db.read(subscriptions.relied_on, now, since))
        self._settled_at = now
        for source_id in lost:
            self._log.warning("push_not_relied_on", source=source_id)
            await self._visits.bring_forward(source_id, now, _NO_MORE)

    async def _ask(self, subscription: Subscription) -> None:
        if await self._db.read(subscriptions.is_wanted, subscription):
            await self._subscribe(subscription)
        elif (
            subscription.state is SubscriptionState.LEAVING
            and subscription.failures >= _LEAVING_TRIES
        ):
            await self._db.write(subscriptions.forget, subscription)
        else:
            await self._leave(subscription)

    async def _subscribe(self, subscription: Subscription) -> None:
        now = self._clock()
        next_at = now + back_off(subscription.failures + 1, self._rng.random)
        # Stored before it is asked: a hub may verify before it answers.
        await self._db.write(subscriptions.asking, subscription, next_at=next_at, now=now)
        await self._send(subscription, Mode.SUBSCRIBE)

    async def _leave(self, subscription: Subscription) -> None:
        next_at = self._clock() + back_off(subscription.failures + 1, self._rng.random)
        await self._db.write(subscriptions.leaving, subscription, next_at=next_at)
        await self._send(subscription, Mode.UNSUBSCRIBE)

    async def _send(self, subscription: Subscription, mode: Mode) -> None:
        form = subscription_form(
            mode,
            topic=subscription.topic_url,
            callback=self._settings.callback(subscription.token),
            secret=subscription.secret,
        )
        error = await self._hubs.ask(subscription.hub_url, form)
        if error:
            await self._db.write(subscriptions.failed, subscription, error)
        self._log.info(
            "hub_asked",
            source=subscription.source_id,
            hub=subscription.hub_url,
            mode=mode.value,
            error=error,
        )


def _begin(conn: Connection, source: Source, now: datetime) -> None:
    subscriptions.begin(
        conn,
        source,
        token=secrets.token_urlsafe(_TOKEN_BYTES),
        secret=secrets.token_hex(_SECRET_BYTES),
        now=now,
    )
