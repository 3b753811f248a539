"""Makes one delivery of what waits for a recipient, when its time has come."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy import Connection

from scheduler.alerts.content import AlertContent, MessageStyle, RecipientNote, alert_content
from scheduler.alerts.digest_message import MOST_ALERTS, Digest, draft_of
from scheduler.calendar.local_time import quiet_end, zone_of
from scheduler.runtime.lifecycle import result_or_error
from storage.delivery import alerts, digest_entries, outbox
from storage.errors import StorageError
from storage.models.deliveries import DeliveryKind
from storage.models.recipients import Channel, Recipient, Routing
from storage.process.quarantine import Step
from storage.process.work_in_hand import WorkInHand
from storage.sql.database import Database
from storage.stories import articles, stories
from storage.topics import topics

_Group = tuple[Channel, str, str]


def _due_groups(conn: Connection, now: datetime) -> list[list[Recipient]]:
    """Return the recipients for whom it is time, those together who are told in one."""
    due = sorted(topics.gathered(conn, now), key=_group)
    return [list(group) for _, group in itertools.groupby(due, key=_group)]


class DigestMaker:
    """The job of every few seconds.

    All that waits for one address by one schedule is told in one, whatever its topics. What was
    told is marked in the transaction that stores the delivery: after a crash, a sleep of hours or a
    clock that was set, nothing is told twice and nothing is lost.
    """

    def __init__(
        self,
        *,
        db: Database,
        style: MessageStyle,
        clock: Callable[[], datetime],
        on_outbox: Callable[[], None],
    ) -> None:
        self._db = db
        self._style = style
        self._clock = clock
        self._on_outbox = on_outbox
        self._log = structlog.get_logger("digests")

    async def make_due(self) -> None:
        """Make the deliveries that are due."""
        made: list[tuple[DeliveryKind, int]] = []
        for group in await self._db.read(_due_groups, self._clock()):
            made += await self._make(group)
        for kind, number in made:
            self._log.info("gathered", kind=kind.value, alerts=number)
        if made:
            self._on_outbox()

    async def _make(self, group: Sequence[Recipient]) -> list[tuple[DeliveryKind, int]]:
        """Make one delivery; what fails is told by itself, and holds up nobody else's."""
        work = WorkInHand(self._db, Step.DIGEST, group[0].id, self._clock)
        if not await work.begin():
            return []
        made = await result_or_error(self._made(work, group))
        if isinstance(made, StorageError):
            raise made
        if isinstance(made, Exception):
            self._log.error("digest_failed", recipient=group[0].id, exc_info=made)
            return []
        return made

    async def _made(
        self, work: WorkInHand, group: Sequence[Recipient]
    ) -> list[tuple[DeliveryKind, int]]:
        async with work:
            ids = frozenset(recipient.id for recipient in group)
            return await self._db.write(self._store, ids, self._clock())

    def _store(
        self, conn: Connection, ids: frozenset[int], now: datetime
    ) -> list[tuple[DeliveryKind, int]]:
        group = [recipient for recipient in topics.gathered(conn, now) if recipient.id in ids]
        made = self._digest_of(conn, group, now)
        for recipient in group:
            topics.set_digest_time(conn, recipient.id, None)
        return made

    def _digest_of(
        self, conn: Connection, group: Sequence[Recipient], now: datetime
    ) -> list[tuple[DeliveryKind, int]]:
        left = [each.id for each in group if not topics.is_alerted(conn, each.id)]
        digest_entries.drop(conn, left)
        recipients = [each for each in group if each.id not in left]
        rows = digest_entries.of_recipients(conn, [each.id for each in recipients])
        if not rows:
            return []
        first = recipients[0]
        kind = DeliveryKind.DIGEST if first.routing.digest else DeliveryKind.SUMMARY
        uid = f"{kind.value}_{first.id}_{rows[-1].id}"
        digest = Digest(
            alerts=tuple(
                self._content(conn, row.alert_id, row.because) for row in rows[:MOST_ALERTS]
            ),
            number=len(rows),
            says=_says(len(rows), first.routing),
            at=now,
            link=self._style.links.digest(uid),
        )
        unsubscribe = self._style.links.mute(first.id) if len(recipients) == 1 else ""
        draft = draft_of(digest, first, uid=uid, sender=self._style.sender, unsubscribe=unsubscribe)
        delivery = outbox.put(
            conn,
            alert_id=None,
            draft=draft,
            now=now,
            kind=kind,
            not_before=_not_before(first.routing, now),
            waits="quiet hours",
        )
        digest_entries.mark_delivered(
            conn, [each.id for each in recipients], rows[-1].id, delivery.id
        )
        return [(kind, len(rows))]

    def _content(self, conn: Connection, alert_id: int, because: str) -> AlertContent:
        alert = alerts.by_id(conn, alert_id)
        story = stories.get(conn, alert.story_id)
        content = alert_content(
            alert=alert,
            topic=topics.by_id(conn, alert.topic_id),
            story=story,
            members=stories.members(conn, story.id),
            article=articles.get(conn, alert.article_id),
            style=self._style,
        )
        return replace(content, note=RecipientNote(because))


def _group(recipient: Recipient) -> _Group:
    routing = recipient.routing
    return recipient.channel, recipient.address, f"{routing.digest}|{routing.time_zone}"


def _says(number: int, routing: Routing) -> str:
    counted = f"{number} {'story' if number == 1 else 'stories'}"
    if routing.digest:
        return f"{counted} for your digest, {routing.digest}"
    return f"{counted} more: you are told {routing.most_an_hour} an hour at once"


def _not_before(routing: Routing, now: datetime) -> datetime | None:
    if routing.quiet_from is None or routing.quiet_until is None:
        return None
    zone = zone_of(routing.time_zone) or ZoneInfo("UTC")
    return quiet_end(now, zone, routing.quiet_from, routing.quiet_until)
