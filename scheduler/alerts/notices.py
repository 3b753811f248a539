"""An endpoint that fails for long, or said that it is gone, is told of once, by another channel."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import structlog
from sqlalchemy import Connection

from crawler.extract.markup.clean_text import visible_line
from scheduler.alerts import service_message
from scheduler.alerts.service_message import ServiceMessage
from scheduler.config.settings import AlertSettings
from scheduler.wording.formatters import count
from scheduler.wording.formatters import endpoint as named
from storage.delivery import endpoints, outbox
from storage.models.deliveries import DeliveryKind, DeliveryState, Draft, Endpoint
from storage.models.recipients import Channel, Recipient
from storage.sql.database import Database
from storage.topics import topics

_KIND = "endpoint.failing"
_MOST_TOLD = 5  # of those who are told of the same topics
_MOST_SAID = 300


class EndpointNotices:
    """The job of every minute. `sender` is the From of e-mails."""

    def __init__(
        self,
        *,
        db: Database,
        settings: AlertSettings,
        sender: str,
        clock: Callable[[], datetime],
        on_outbox: Callable[[], None],
    ) -> None:
        self._db = db
        self._settings = settings
        self._sender = sender
        self._clock = clock
        self._on_outbox = on_outbox
        self._log = structlog.get_logger("notices")

    async def tell(self) -> None:
        """Tell of what was not told yet."""
        told = await self._db.write(self._tell_all, self._clock())
        for endpoint, number in told:
            self._log.error(
                "endpoint_failing",
                endpoint=named(endpoint.name),
                detail=endpoint.last_error,
                disabled=endpoint.disabled_at is not None,
                told=number,
            )
        if any(number for _, number in told):
            self._on_outbox()

    def _tell_all(self, conn: Connection, now: datetime) -> list[tuple[Endpoint, int]]:
        patience = timedelta(minutes=self._settings.notice_minutes)
        unwell = endpoints.unwell(conn)
        due = [each for each in unwell.values() if _is_due(each, now, patience)]
        waiting = outbox.count_by_endpoint(conn, DeliveryState.PENDING) if due else {}
        told: list[tuple[Endpoint, int]] = []
        for endpoint in due:
            message = notice_of(endpoint, waiting.get(endpoint.name, 0), now)
            drafts = self._drafts(conn, endpoint, message, frozenset(unwell))
            for draft in drafts:
                outbox.put(conn, alert_id=None, draft=draft, now=now, kind=DeliveryKind.NOTICE)
            endpoints.noticed(conn, endpoint.name, now)
            told.append((endpoint, len(drafts)))
        return told

    def _drafts(
        self, conn: Connection, endpoint: Endpoint, message: ServiceMessage, unwell: frozenset[str]
    ) -> list[Draft]:
        """Write to the operators, or where none are named or mail itself fails, to who hears too."""
        since = endpoint.disabled_at or endpoint.failing_since or message.at
        uid = f"notice_{since:%Y%m%d%H%M%S}_{hash_of(endpoint.name)}"
        mail_is_well = Channel.EMAIL.value not in unwell
        if self._settings.notify and mail_is_well:
            return [
                service_message.to_address(message, address, uid=f"{uid}_{n}", sender=self._sender)
                for n, address in enumerate(self._settings.notify)
            ]
        beside = [
            each
            for each in topics.also_alerted(conn, endpoint.name)
            if endpoints.name_of(each.channel, each.address) not in unwell
        ]
        return [
            service_message.to_recipient(message, each, uid=f"{uid}_{each.id}", sender=self._sender)
            for each in _each_once(beside)[:_MOST_TOLD]
        ]


def notice_of(endpoint: Endpoint, waiting: int, now: datetime) -> ServiceMessage:
    """Say what is wrong with an endpoint, since when, and what becomes of what waits."""
    what = "The mail relay" if endpoint.name == Channel.EMAIL else named(endpoint.name)
    held = (
        f"{count(waiting, 'delivery', 'deliveries')} for it {'waits' if waiting == 1 else 'wait'}"
    )
    if endpoint.disabled_at is not None:
        subject = f"{what} said that it is gone"
        after = f"{held}, and none is sent until you say: wirewatch delivery enable."
    else:
        since = endpoint.failing_since or now
        subject = f"{what} takes nothing since {since.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
        after = f"{held}; they go by themselves when it is well again, the oldest first."
    detail = visible_line(endpoint.last_error, _MOST_SAID)
    said = f"It was tried {count(endpoint.failures, 'time')}; the last answer: {detail}."
    return ServiceMessage(_KIND, f"Wirewatch: {subject}", (f"{subject}.", said, after), now)


def hash_of(name: str) -> int:
    """Return a number for an endpoint's name, the same in every process."""
    return int.from_bytes(hashlib.blake2b(name.encode(), digest_size=6).digest(), "big")


def _is_due(endpoint: Endpoint, now: datetime, patience: timedelta) -> bool:
    if endpoint.noticed_at is not None:
        return False
    if endpoint.disabled_at is not None:
        return True
    return endpoint.failing_since is not None and now - endpoint.failing_since >= patience


def _each_once(recipients: list[Recipient]) -> list[Recipient]:
    return list({(each.channel, each.address): each for each in recipients}.values())
