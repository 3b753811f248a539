"""Makes one delivery of what waits for a recipient, when its time has come."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy import Connection

from scheduler.alerts.content import AlertContent, MessageStyle, RecipientNote, alert_content
from scheduler.alerts.digest_message import MOST_STORIES, Digest, DigestStory, draft_of
from scheduler.alerts.links import MessageLinks
from scheduler.calendar.local_time import quiet_end, zone_of
from scheduler.runtime.lifecycle import result_or_error
from storage.delivery import alerts, digest_entries, outbox
from storage.delivery.digest_entries import DigestEntry
from storage.errors import StorageError
from storage.models.deliveries import DeliveryKind
from storage.models.recipients import Recipient, Routing
from storage.process.quarantine import Step
from storage.process.work_in_hand import WorkInHand
from storage.sql.database import Database
from storage.stories import articles, stories
from storage.topics import topics


def _due_groups(conn: Connection, now: datetime) -> list[list[Recipient]]:
    """Return the recipients for whom it is time, those together who are told in one."""
    groups: dict[object, list[Recipient]] = {}
    for recipient in topics.gathered(conn, now):
        groups.setdefault(recipient.digest_key, []).append(recipient)
    return list(groups.values())


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
        if not (await work.begin()).granted:
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
        recipients = list(_told(conn, group))
        rows = digest_entries.of_recipients(conn, [recipient.id for recipient in recipients])
        if not rows:
            return []
        of_stories: dict[int, list[DigestEntry]] = {}
        for row in rows:
            of_stories.setdefault(row.story_id, []).append(row)
        first, number = recipients[0], len(of_stories)
        kind = _kind(first.routing)
        uid = f"{kind.value}_{first.id}_{rows[-1].id}"
        digest = Digest(
            stories=tuple(
                DigestStory(tuple(self._content(conn, row.alert_id, row.because) for row in rows))
                for rows in itertools.islice(of_stories.values(), MOST_STORIES)
            ),
            number=number,
            says=_says(number, first.routing),
            at=now,
            link=self._style.links.digest(uid),
        )
        draft = draft_of(
            digest,
            first,
            uid=uid,
            sender=self._style.sender,
            unsubscribe=_unsubscribe(self._style.links, topics.told_together(conn, first)),
        )
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
            conn, [recipient.id for recipient in recipients], rows[-1].id, delivery.id
        )
        return [(kind, number)]

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


def _told(conn: Connection, group: Sequence[Recipient]) -> Iterator[Recipient]:
    """Yield those of a group who are told: not who is muted, but also who was removed meanwhile."""
    for recipient in group:
        is_muted = recipient.routing.muted
        if is_muted or topics.by_id(conn, recipient.topic_id).muted:
            reason = "the recipient is muted" if is_muted else "the topic is muted"
            digest_entries.hold(conn, recipient.id, reason)
        else:
            yield recipient


def _unsubscribe(links: MessageLinks, together: Sequence[Recipient]) -> str:
    """Return the link by which all of them hear no more; of one its own, and of none none."""
    if len(together) > 1:
        return links.mute_digest(together[0].id)
    return links.mute(together[0].id) if together else ""


def _kind(routing: Routing) -> DeliveryKind:
    is_summary = not routing.digest and routing.most_an_hour is not None
    return DeliveryKind.SUMMARY if is_summary else DeliveryKind.DIGEST


def _says(number: int, routing: Routing) -> str:
    counted = f"{number} {'story' if number == 1 else 'stories'}"
    if _kind(routing) is DeliveryKind.SUMMARY:
        return f"{counted} more: you are told {routing.most_an_hour} an hour at once"
    if routing.digest:
        return f"{counted} for your digest, {routing.digest}"
    return f"{counted} that waited for your digest"  # which was taken off meanwhile


def _not_before(routing: Routing, now: datetime) -> datetime | None:
    if routing.quiet_from is None or routing.quiet_until is None:
        return None
    zone = zone_of(routing.time_zone) or ZoneInfo("UTC")
    return quiet_end(now, zone, routing.quiet_from, routing.quiet_until)
