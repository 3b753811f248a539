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

from scheduler import assembly
from scheduler.alerts.apprise.sender import AppriseSender
from scheduler.alerts.mail import MailSender
from scheduler.alerts.webhook import WebhookSender
from scheduler.alerts.worker import DeliveryWorker
from scheduler.clock import utc_now
from scheduler.parts import run_part, signalled
from scheduler.settings import Settings
from storage.database import Database
from storage.lock import DELIVERIES, data_lock
from storage.models import Channel

_DRAIN_SECONDS = 2.0  # after the crawl's own, within the 10 s that we promise


def run_deliveries(settings: Settings, data: Path) -> int:
    """Deliver until SIGTERM or SIGINT; the exit status. Raises DataLockedError for a second one."""
    data.mkdir(parents=True, exist_ok=True)
    with data_lock(data, DELIVERIES):
        db = Database.open(data / assembly.DATABASE_NAME)
        try:
            asyncio.run(_deliver(settings, db))
        finally:
            db.close()
    return 0


async def _deliver(settings: Settings, db: Database) -> None:
    log = structlog.get_logger("deliveries")
    rng = random.Random()  # noqa: S311 - jitter, not secrets
    stopping = signalled()
    async with contextlib.AsyncExitStack() as parts:
        await start_deliveries(parts, settings, db, utc_now, rng)
        log.info("deliveries_started")
        await stopping.wait()
    log.info("deliveries_stopped")


async def start_deliveries(
    parts: contextlib.AsyncExitStack,
    settings: Settings,
    db: Database,
    clock: Callable[[], datetime],
    rng: random.Random,
) -> DeliveryWorker:
    """Begin to deliver, until the stack is left."""
    egress = assembly.egress(settings)
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
        paces={
            Channel.WEBHOOK: settings.webhook.per_second,
            Channel.EMAIL: mail.per_second,
            Channel.APPRISE: settings.apprise.per_second,
        },
        drain_seconds=_DRAIN_SECONDS,
    )
    run_part(parts, worker.run(), worker.stop)
    return worker
