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
from storage.models.alerts import Alert, AlertedText
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

    `change` names it, so that it is stored once; `sentences` say what changed, in the `article` of
    this `revision`, or with 0 in no text. `first_alerts` maps the ids of the recipients who got an
    alert of it to the uid of the first one.
    """

    topic_id: int
    article: Article
    revision: int
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
    revision: int
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

    def alert_match(  # noqa: PLR0917 - a match, its story, and what was told of that
        self,
        conn: Connection,
        match: TopicMatch,
        story: Story,
        original: Article,
        repeated: Sequence[AlertedText],
        now: datetime,
    ) -> Alert | None:
        """Record a match and return its alert; None when none is due.

        It is for the recipients who were told none of the texts that it repeats.
        """
        topic = topics.by_id(conn, match.topic_id)
        repeated = [alerted for alerted in repeated if alerted.topic_id == topic.id]
        recipients = _not_told(topic, repeated)
        if repeated and not recipients:
            _record(conn, match, story, now, _covered_by(repeated[0]), repeated[0].alert_id)
            return None
        topic = replace(topic, recipients=recipients)
        routed = self._routed(conn, topic, match, story, now)
        held_by = _held_by(topic, routed, now)
        _record(conn, match, story, now, held_by, repeated[0].alert_id if repeated else None)
        if held_by is not None:
            return None
        article = match.article
        alert = _NewAlert(topic, story, article, article.revision, original, match.matched, routed)
        return self._store(conn, alert, now)

    def alert_update(
        self, conn: Connection, update: StoryUpdate, story: Story, original: Article, now: datetime
    ) -> Alert | None:
        """Return the alert of a change, for those who got one of the story and want its updates.

        None when nobody does, or when it was made before. Whoever was just told the article in
        this revision is told nothing of what changed in it.
        """
        topic = topics.by_id(conn, update.topic_id)
        told_now = (
            alerts.recipients_of_revision(conn, topic.id, update.article.id, update.revision)
            if update.revision
            else ()
        )
        routed = _split(
            {
                recipient.id: route_update(
                    topic, self._checked(recipient.routing), now, _recent(conn, recipient, now)
                )
                for recipient in topic.recipients
                if recipient.routing.updates
                and recipient.id in update.first_alerts
                and recipient.id not in told_now
            }
        )
        if not routed.sent:
            return None
        alert = _NewAlert(
            topic=topic,
            story=story,
            article=update.article,
            revision=update.revision,
            original=original,
            matched=update.matched,
            routed=routed,
            change=update.change,
            sentences=update.sentences,
            first_alerts=update.first_alerts,
        )
        return self._store(conn, alert, now)

    def _routed(
        self, conn: Connection, topic: Topic, match: TopicMatch, story: Story, now: datetime
    ) -> _RoutedRecipients:
        others = functools.partial(matches.count, conn, match.topic_id, beside=story.id)
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
            revision=new.revision,
            recipient_ids=sorted(new.routed.sent),
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


def hold_match(
    conn: Connection, match: TopicMatch, story: Story, now: datetime, held_by: str
) -> None:
    """Keep a match of which nobody gets an alert, and why."""
    _record(conn, match, story, now, held_by, None)


def _record(  # noqa: PLR0917 - a match, and what became of it
    conn: Connection,
    match: TopicMatch,
    story: Story,
    now: datetime,
    held_by: str | None,
    covered_by: int | None,
) -> None:
    matches.record(
        conn,
        topic_id=match.topic_id,
        story_id=story.id,
        article_id=match.article.id,
        matched=match.matched,
        now=now,
        held_by=held_by,
        covered_by=None if held_by is None else covered_by,
    )


def _not_told(topic: Topic, repeated: Sequence[AlertedText]) -> tuple[Recipient, ...]:
    """Return the recipients whom none of these alerts told."""
    told = frozenset[tuple[str, str]]().union(*(alerted.recipients for alerted in repeated))
    return tuple(r for r in topic.recipients if (r.channel.value, r.address) not in told)


def _covered_by(alerted: AlertedText) -> str:
    return f"alert {alerted.alert_id}, which told this text with article {alerted.article_id}"


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
