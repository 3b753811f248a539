"""The deliveries as a part of the daemon, or as a process of their own beside it.

Beside it, a crawl that is busy delays no alert, and a restart of one does not stop the other: the
outbox between them is in the database, which is looked at every second.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import structlog

from scheduler.alerts.apprise.sender import AppriseSender
from scheduler.alerts.smtp import MailSender
from scheduler.alerts.webhook import WebhookSender
from scheduler.alerts.worker import DeliveryWorker
from scheduler.config import factories
from scheduler.config.settings import Settings
from scheduler.daemon.settings_reload import (
    PreparedSettings,
    ReadSettings,
    SettingsReload,
    apply_logging,
    first_of,
    prepare,
)
from scheduler.runtime.clock import utc_now
from scheduler.runtime.lifecycle import run_part, signalled
from storage.models.recipients import Channel
from storage.process.lock import DELIVERIES, data_lock
from storage.sql.database import Database

_DRAIN_SECONDS = 2.0  # after the crawl's own, within the 10 s that we promise


def run_deliveries(reread: ReadSettings, data: Path) -> int:
    """Deliver until SIGTERM or SIGINT; the exit status. Raises DataLockedError for a second one.

    On SIGHUP the settings are read again.
    """
    first = reread()
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    with data_lock(data, DELIVERIES):
        db = Database.open(first.place(data))
        try:
            asyncio.run(_deliver(prepare(first, data), reread, data, db))
        finally:
            db.close()
    return 0


async def _deliver(
    prepared: PreparedSettings, reread: ReadSettings, data: Path, db: Database
) -> None:
    log = structlog.get_logger("deliveries")
    rng = random.Random()  # noqa: S311 - jitter, not secrets  # nosec B311
    stopping = signalled()
    reloading = SettingsReload(reread, data, db, utc_now, job="reload_deliveries")
    following: PreparedSettings | None = prepared
    while following is not None:
        now = following
        async with contextlib.AsyncExitStack() as parts:
            await start_deliveries(parts, now.loaded.settings, db, utc_now, rng)
            log.info("deliveries_started")
            if now is not prepared:
                await reloading.taken()
            following = await first_of(stopping, reloading.next(now))
        log.info("deliveries_stopped")
        if following is not None:
            apply_logging(following.loaded)


async def start_deliveries(
    parts: contextlib.AsyncExitStack,
    settings: Settings,
    db: Database,
    clock: Callable[[], datetime],
    rng: random.Random,
    *,
    alone: bool = True,
) -> DeliveryWorker:
    """Begin to deliver, until the stack is left; one that is not `alone` shares the outbox."""
    egress = factories.egress(settings)
    session = await parts.enter_async_context(egress.session())
    mail = settings.email
    relay = egress.consenting(mail.host, mail.port) if mail.host else egress
    worker = DeliveryWorker(
        db=db,
        senders={
            Channel.WEBHOOK: WebhookSender(session, settings.webhook, clock),
            Channel.EMAIL: MailSender(relay.open_socket, relay.ssl_context, mail),
            Channel.APPRISE: AppriseSender(
                settings.fetch.allow_networks, timeout_seconds=settings.apprise.timeout_seconds
            ),
        },
        clock=clock,
        rng=rng,
        per_second={
            Channel.WEBHOOK: settings.webhook.per_second,
            Channel.EMAIL: mail.per_second,
            Channel.APPRISE: settings.apprise.per_second,
        },
        drain_seconds=_DRAIN_SECONDS,
        alone=alone,
    )
    run_part(parts, worker.run(), worker.stop)
    return worker
