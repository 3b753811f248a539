"""Who would have been told of which hits, and when, by each recipient's mode and hours; pure.

As if the topic were watched from the first day on, with nobody muted or snoozed: whether it is
worth hearing of is the question.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from scheduler.backtest.replay import Hit
from scheduler.calendar.local_time import day_of, day_start
from scheduler.watch.routing import SendLater, Suppressed, TopicDay, route, zone_for
from scheduler.watch.spike import profile
from storage.models.recipients import Recipient, Routing, WatchMode
from storage.models.topics import Topic


@dataclass(frozen=True, slots=True)
class PossibleAlert:
    """An alert that would have been made, and when it would have been sent."""

    story_id: int
    made: datetime
    sent: datetime


@dataclass(frozen=True, slots=True)
class RecipientAlerts:
    """What one recipient would have been told; None stands for one who hears of every story."""

    recipient: Recipient | None
    told: tuple[PossibleAlert, ...]


def possible_alerts(
    topic: Topic | None, hits: Sequence[Hit], since: datetime
) -> tuple[RecipientAlerts, ...]:
    """Tell hits, which are in order of time, to a topic's recipients; without any, to one who hears all.

    What came with the backlog of a source counts for a day's number of stories, and is not told.
    """
    watched = replace(
        topic or Topic(0, "", "", since), created_at=since, muted=False, snoozed_until=None
    )
    recipients = watched.recipients or (None,)
    return tuple(_heard(watched, recipient, hits) for recipient in recipients)


def alert_times(heard: Sequence[RecipientAlerts]) -> list[datetime]:
    """Return when alerts would have been made, each once whoever is told."""
    made = {telling.story_id: telling.made for each in heard for telling in each.told}
    return sorted(made.values())


def _heard(topic: Topic, recipient: Recipient | None, hits: Sequence[Hit]) -> RecipientAlerts:
    routing = Routing() if recipient is None else recipient.routing
    routing = replace(routing, muted=False, snoozed_until=None)
    return RecipientAlerts(recipient, tuple(_told(topic, routing, hits)))


def _told(topic: Topic, routing: Routing, hits: Sequence[Hit]) -> Iterator[PossibleAlert]:
    times = [hit.at for hit in hits]
    zone = zone_for(routing)
    first: dict[date, int] = {}
    for hit in hits:
        if hit.held:
            continue
        today = day_of(hit.at, zone)
        decision = route(topic, routing, _day(topic, routing, times, hit, first.get(today)), hit.at)
        if isinstance(decision, Suppressed):
            continue
        first.setdefault(today, hit.story_id)
        sent = decision.not_before if isinstance(decision, SendLater) else hit.at
        yield PossibleAlert(hit.story_id, hit.at, sent)


def _day(
    topic: Topic, routing: Routing, times: Sequence[datetime], hit: Hit, told: int | None
) -> TopicDay:
    if routing.mode is not WatchMode.SPIKE or told is not None:
        return TopicDay(told)
    zone = zone_for(routing)
    start = day_start(day_of(hit.at, zone), zone)

    def count(begin: datetime, end: datetime) -> int:
        return bisect_left(times, end) - bisect_left(times, begin)

    before = profile(hit.at, zone, topic.created_at, count)
    return TopicDay(None, bisect_right(times, hit.at) - bisect_left(times, start), before)
