"""Alerts of matches and of stories' changes: facts gathered, recipients routed, alerts stored.

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
    SendNow,
    Suppressed,
    joined_reasons,
    route,
    route_update,
    topic_day,
    topic_silence,
    zone_for,
)
from storage.delivery import alerts, digest_entries, outbox
from storage.models.alerts import Alert
from storage.models.articles import Article
from storage.models.deliveries import Draft
from storage.models.matches import QueryMatch
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
    """A topic that matches a story: what matched, and in which of the story's articles."""

    topic_id: int
    matched: QueryMatch
    article: Article


@dataclass(frozen=True, slots=True)
class StoryUpdate:
    """A story's change, for one topic that made alerts of the story.

    `change` names it, so that it is stored once; `sentences` say what changed. `first_alerts` maps
    the ids of the recipients who got an alert of the story to the uid of the first one.
    """

    topic_id: int
    change: str
    sentences: tuple[str, ...]
    matched: QueryMatch
    first_alerts: Mapping[int, str]


@dataclass(frozen=True, slots=True)
class _RoutedRecipients:
    """Decisions by recipient: of those who get an alert, and why the others get none."""

    sent: Mapping[int, RoutingDecision]
    held: tuple[tuple[int, str], ...]


@dataclass(frozen=True, slots=True)
class _NewAlert:
    """An alert to be made, of a match or of a change: of which article, and for whom."""

    topic: Topic
    story: Story
    article: Article
    original: Article
    matched: QueryMatch
    routed: _RoutedRecipients
    change: str = ""
    sentences: tuple[str, ...] = ()
    first_alerts: Mapping[int, str] = field(default_factory=dict)


@dataclass(slots=True)
class AlertMaker:
    """Stores alerts with their deliveries. An unknown time zone is logged once, and counts as UTC."""

    compose: Composer
    _unknown_zones: set[str] = field(default_factory=set)

    def alert_match(
        self, conn: Connection, match: TopicMatch, story: Story, original: Article, now: datetime
    ) -> Alert | None:
        """Record a match and return its alert; None when it was recorded before, or none is due."""
        if matches.is_known(conn, match.topic_id, story.id):
            return None
        topic = topics.by_id(conn, match.topic_id)
        routed = self._routed(conn, topic, match, now)
        held_by = _held_by(topic, routed, now)
        record_match(conn, match, story, now, held_by)
        if held_by is not None:
            return None
        alert = _NewAlert(topic, story, match.article, original, match.matched, routed)
        return self._store(conn, alert, now)

    def alert_update(
        self, conn: Connection, update: StoryUpdate, story: Story, original: Article, now: datetime
    ) -> Alert | None:
        """Return the alert of a change, for those who got one of the story and want its updates.

        None when nobody does, or when it was made before.
        """
        topic = topics.by_id(conn, update.topic_id)
        routed = _split(
            {
                recipient.id: route_update(
                    topic, self._checked(recipient.routing), now, _recent(conn, recipient, now)
                )
                for recipient in topic.recipients
                if recipient.routing.updates and recipient.id in update.first_alerts
            }
        )
        if not routed.sent:
            return None
        alert = _NewAlert(
            topic=topic,
            story=story,
            article=original,
            original=original,
            matched=update.matched,
            routed=routed,
            change=update.change,
            sentences=update.sentences,
            first_alerts=update.first_alerts,
        )
        return self._store(conn, alert, now)

    def _routed(
        self, conn: Connection, topic: Topic, match: TopicMatch, now: datetime
    ) -> _RoutedRecipients:
        # The match in hand is not stored yet, so that those which are stored are the others.
        others = functools.partial(matches.count, conn, match.topic_id)
        return _split(
            {
                recipient.id: route(
                    topic,
                    self._checked(recipient.routing),
                    topic_day(
                        topic,
                        recipient.routing,
                        now,
                        first_story=_first_story(conn, topic, recipient, now),
                        others=others,
                    ),
                    now,
                    _recent(conn, recipient, now),
                )
                for recipient in topic.recipients
            }
        )

    def _checked(self, routing: Routing) -> Routing:
        """Log once of a time zone that it is unknown."""
        name = routing.time_zone
        if name not in self._unknown_zones and zone_of(name) is None:
            self._unknown_zones.add(name)
            structlog.get_logger("watcher").error("time_zone_unknown", zone=name, instead="UTC")
        return routing

    def _store(self, conn: Connection, new: _NewAlert, now: datetime) -> Alert | None:
        """Store an alert with its deliveries; None when it was made before."""
        alert = alerts.create(
            conn,
            topic_id=new.topic.id,
            story_id=new.story.id,
            article_id=new.article.id,
            matched=new.matched,
            now=now,
            change=new.change,
            changes=new.sentences,
            held=new.routed.held,
            original=f"{new.original.id}/{new.original.revision}",
        )
        if alert is not None:
            self._put_deliveries(conn, alert, new)
        return alert

    def _put_deliveries(self, conn: Connection, alert: Alert, new: _NewAlert) -> None:
        at_once: dict[int, SendNow | SendLater] = {}
        for recipient in new.topic.recipients:
            decision = new.routed.sent.get(recipient.id)
            if isinstance(decision, SendInDigest):
                _put_in_digest(conn, alert, recipient, decision)
            elif isinstance(decision, SendNow | SendLater):
                at_once[recipient.id] = decision
        if not at_once:
            return
        recipients = tuple(r for r in new.topic.recipients if r.id in at_once)
        drafts = self.compose(
            alert=alert,
            topic=replace(new.topic, recipients=recipients),
            story=new.story,
            members=stories.members(conn, new.story.id),
            article=new.article,
            notes={
                recipient_id: RecipientNote(
                    decision.because, new.first_alerts.get(recipient_id, "")
                )
                for recipient_id, decision in at_once.items()
            },
        )
        for recipient, draft in zip(recipients, drafts, strict=True):
            decision = at_once[recipient.id]
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
    conn: Connection, match: TopicMatch, story: Story, now: datetime, held_by: str | None
) -> None:
    """Keep a match once; `held_by` says why nobody gets an alert of it."""
    matches.record(
        conn,
        topic_id=match.topic_id,
        story_id=story.id,
        article_id=match.article.id,
        matched=match.matched,
        now=now,
        held_by=held_by,
    )


def _held_by(topic: Topic, routed: _RoutedRecipients, now: datetime) -> str | None:
    """Say why no alert is made; a topic without recipients has alerts, unless it is silent itself."""
    if routed.sent or not topic.recipients:
        return topic_silence(topic, now)
    return joined_reasons([reason for _, reason in routed.held])


def _split(decisions: Mapping[int, RoutingDecision]) -> _RoutedRecipients:
    held = {
        recipient_id: decision.reason
        for recipient_id, decision in decisions.items()
        if isinstance(decision, Suppressed)
    }
    sent = {of: decision for of, decision in decisions.items() if of not in held}
    return _RoutedRecipients(sent, tuple(held.items()))


def _first_story(conn: Connection, topic: Topic, recipient: Recipient, now: datetime) -> int | None:
    """Return the first story of a recipient's day; asked only where the mode looks at it."""
    if recipient.routing.mode is WatchMode.EVERY:
        return None
    zone = zone_for(recipient.routing)
    return outbox.first_story(conn, topic.id, recipient.id, day_start(day_of(now, zone), zone))


def _recent(conn: Connection, recipient: Recipient, now: datetime) -> RecentAlerts:
    """Count a recipient's alerts of the last hour; asked only where they are limited."""
    if recipient.routing.most_an_hour is None:
        return RecentAlerts()
    number, first = outbox.sent_since(conn, recipient.address, now - _HOUR)
    due = recipient.digest_at
    return RecentAlerts(number, first, due if due is not None and due > now else None)


def _put_in_digest(
    conn: Connection, alert: Alert, recipient: Recipient, decision: SendInDigest
) -> None:
    """Let an alert wait for its recipient's digest or summary."""
    digest_entries.add(
        conn,
        recipient_id=recipient.id,
        alert_id=alert.id,
        because=decision.because,
        now=alert.created_at,
    )
    if recipient.digest_at is None:
        topics.set_digest_time(conn, recipient.id, decision.at)
