"""Who is told of a match or of a story's change: facts gathered, recipients routed, alerts stored.

All of it happens in the caller's transaction; what is decided is decided in `routing`.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Protocol

import structlog
from sqlalchemy import Connection

from scheduler.alerts.content import RecipientNote
from scheduler.calendar.local_time import day_of, day_start, zone_of
from scheduler.watch.routing import (
    RecentAlerts,
    RoutingDecision,
    SendInDigest,
    SendLater,
    Suppressed,
    TopicDay,
    joined_reasons,
    route,
    route_update,
    topic_silence,
    zone_for,
)
from scheduler.watch.spike import profile
from storage.delivery import alerts, digest_entries, outbox
from storage.models.alerts import Alert
from storage.models.articles import Article
from storage.models.deliveries import Draft
from storage.models.matches import Matched
from storage.models.recipients import Recipient, Routing, WatchMode
from storage.models.stories import Story, StoryMember
from storage.models.topics import Topic
from storage.stories import stories
from storage.topics import matches, topics

_HOUR = timedelta(hours=1)


class Composer(Protocol):
    """Writes what the recipients of an alert are sent."""

    def __call__(
        self,
        *,
        alert: Alert,
        topic: Topic,
        story: Story,
        members: Sequence[StoryMember],
        article: Article,
        notes: Mapping[int, RecipientNote],
    ) -> list[Draft]:
        """Return one draft for each of the topic's recipients; `notes` are by their ids."""


@dataclass(frozen=True, slots=True)
class TopicMatch:
    """A topic's answer on a story: what matched, and in which of its articles."""

    topic_id: int
    matched: Matched
    article: Article


@dataclass(frozen=True, slots=True)
class StoryUpdate:
    """A story's change, for one topic that told of it; `told` maps who was told to the first uid."""

    topic_id: int
    change: str
    says: tuple[str, ...]
    matched: Matched
    told: Mapping[int, str]


@dataclass(frozen=True, slots=True)
class _RoutedRecipients:
    """The recipients that are told, with when, and those that are not, with why."""

    told: Mapping[int, RoutingDecision]
    held: tuple[tuple[int, str], ...]


@dataclass(frozen=True, slots=True)
class _NewAlert:
    """An alert to be made, of a match or of a change: what is told of which article, and to whom."""

    topic: Topic
    story: Story
    article: Article
    original: Article
    matched: Matched
    routed: _RoutedRecipients
    change: str = ""
    says: tuple[str, ...] = ()
    follows: Mapping[int, str] = field(default_factory=dict)


@dataclass(slots=True)
class AlertMaker:
    """Stores who is told. An unknown time zone is logged once, and counts as UTC."""

    compose: Composer
    _unknown: set[str] = field(default_factory=set)

    def tell_story(
        self, conn: Connection, hit: TopicMatch, story: Story, original: Article, now: datetime
    ) -> Alert | None:
        """Record a match and tell it; None when it is known already, or nobody is told."""
        if matches.is_known(conn, hit.topic_id, story.id):
            return None
        topic = topics.by_id(conn, hit.topic_id)
        routed = self._routed(conn, topic, now)
        held_by = _held_by(topic, routed, now)
        record_match(conn, hit, story, now, held_by)
        if held_by is not None:
            return None
        telling = _NewAlert(topic, story, hit.article, original, hit.matched, routed)
        return self._make(conn, telling, now)

    def tell_update(
        self, conn: Connection, update: StoryUpdate, story: Story, original: Article, now: datetime
    ) -> Alert | None:
        """Tell a change to those who were told of the story and want its updates, once."""
        topic = topics.by_id(conn, update.topic_id)
        wanting = [r for r in topic.recipients if r.routing.updates and r.id in update.told]
        routed = _split(
            {
                r.id: route_update(topic, self._known(r.routing), now, _recent(conn, r, now))
                for r in wanting
            }
        )
        if not routed.told:
            return None
        telling = _NewAlert(
            topic=topic,
            story=story,
            article=original,
            original=original,
            matched=update.matched,
            routed=routed,
            change=update.change,
            says=update.says,
            follows=update.told,
        )
        return self._make(conn, telling, now)

    def _routed(self, conn: Connection, topic: Topic, now: datetime) -> _RoutedRecipients:
        return _split(
            {
                recipient.id: route(
                    topic,
                    self._known(recipient.routing),
                    _day(conn, topic, recipient, now),
                    now,
                    _recent(conn, recipient, now),
                )
                for recipient in topic.recipients
            }
        )

    def _known(self, routing: Routing) -> Routing:
        """Say once of a time zone that it is unknown; it counts as UTC."""
        name = routing.time_zone
        if name not in self._unknown and zone_of(name) is None:
            self._unknown.add(name)
            structlog.get_logger("watcher").error("time_zone_unknown", zone=name, instead="UTC")
        return routing

    def _make(self, conn: Connection, telling: _NewAlert, now: datetime) -> Alert | None:
        """Store an alert with its deliveries; None when it was made before."""
        original = telling.original
        alert = alerts.create(
            conn,
            topic_id=telling.topic.id,
            story_id=telling.story.id,
            article_id=telling.article.id,
            matched=telling.matched,
            now=now,
            change=telling.change,
            changes=telling.says,
            held=telling.routed.held,
            original=f"{original.id}/{original.revision}",
        )
        if alert is not None:
            self._send(conn, alert, telling)
        return alert

    def _send(self, conn: Connection, alert: Alert, telling: _NewAlert) -> None:
        decided = telling.routed.told
        gathered = {of: said for of, said in decided.items() if isinstance(said, SendInDigest)}
        for recipient in telling.topic.recipients:
            if recipient.id in gathered:
                _gather(conn, alert, recipient, gathered[recipient.id])
        told = tuple(
            each
            for each in telling.topic.recipients
            if each.id in decided and each.id not in gathered
        )
        if not told:
            return
        drafts = self.compose(
            alert=alert,
            topic=replace(telling.topic, recipients=told),
            story=telling.story,
            members=stories.members(conn, telling.story.id),
            article=telling.article,
            notes={
                each.id: _note(decided[each.id], telling.follows.get(each.id, "")) for each in told
            },
        )
        for recipient, draft in zip(told, drafts, strict=True):
            decision = decided[recipient.id]
            later = decision if isinstance(decision, SendLater) else None
            outbox.put(
                conn,
                alert_id=alert.id,
                draft=draft,
                now=alert.created_at,
                not_before=later.not_before if later else None,
                waits=later.waits if later else "",
            )


def record_match(
    conn: Connection, hit: TopicMatch, story: Story, now: datetime, held_by: str | None
) -> None:
    """Keep a match once; `held_by` says why nobody is told of it."""
    matches.record(
        conn,
        topic_id=hit.topic_id,
        story_id=story.id,
        article_id=hit.article.id,
        matched=hit.matched,
        now=now,
        held_by=held_by,
    )


def _held_by(topic: Topic, routed: _RoutedRecipients, now: datetime) -> str | None:
    """Say why nobody is told; a topic without recipients is shown, unless it is silent itself."""
    if routed.told or not topic.recipients:
        return topic_silence(topic, now)
    return joined_reasons([reason for _, reason in routed.held])


def _split(decisions: Mapping[int, RoutingDecision]) -> _RoutedRecipients:
    held = {each: said.reason for each, said in decisions.items() if isinstance(said, Suppressed)}
    told = {each: said for each, said in decisions.items() if each not in held}
    return _RoutedRecipients(told, tuple(held.items()))


def _day(conn: Connection, topic: Topic, recipient: Recipient, now: datetime) -> TopicDay:
    """Gather what a recipient's mode asks for; every-story recipients ask for nothing."""
    mode = recipient.routing.mode
    if mode is WatchMode.EVERY:
        return TopicDay()
    zone = zone_for(recipient.routing)
    start = day_start(day_of(now, zone), zone)
    told = outbox.first_story(conn, topic.id, recipient.id, start)
    if mode is WatchMode.FIRST_OF_DAY or told is not None:
        return TopicDay(told)
    count = functools.partial(matches.count, conn, topic.id)
    before = profile(now, zone, topic.created_at, count)
    # The match in hand is not stored yet; those of this very moment are.
    today = count(start, now + timedelta(microseconds=1)) + 1
    return TopicDay(None, today, before)


def _recent(conn: Connection, recipient: Recipient, now: datetime) -> RecentAlerts:
    """Gather what a recipient was told in the last hour; asked only where that is limited."""
    if recipient.routing.most_an_hour is None:
        return RecentAlerts()
    number, first = outbox.sent_since(conn, recipient.address, now - _HOUR)
    waits = recipient.gathers_at
    return RecentAlerts(number, first, waits if waits is not None and waits > now else None)


def _gather(conn: Connection, alert: Alert, recipient: Recipient, said: SendInDigest) -> None:
    """Let an alert wait for its recipient's digest or summary."""
    because, now = said.because, alert.created_at
    digest_entries.add(conn, recipient_id=recipient.id, alert_id=alert.id, because=because, now=now)
    if recipient.gathers_at is None:
        topics.gather(conn, recipient.id, said.at)


def _note(decision: RoutingDecision, follows: str) -> RecipientNote:
    because = "" if isinstance(decision, Suppressed) else decision.because
    return RecipientNote(because, follows)
