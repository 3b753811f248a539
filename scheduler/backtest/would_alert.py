"""Which alerts of which hits there would have been, by each recipient's mode and hours; pure.

As if the topic were watched from the first day on, with nobody muted or snoozed: whether it is
worth hearing of is the question.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from scheduler.backtest.replay import Hit
from scheduler.calendar.local_time import day_of
from scheduler.watch.routing import SendLater, Suppressed, route, topic_day, zone_for
from storage.models.recipients import Recipient, Routing
from storage.models.topics import Topic


@dataclass(frozen=True, slots=True)
class PossibleAlert:
    """An alert that would have been made, and when it would have been sent."""

    story_id: int
    made: datetime
    sent: datetime


@dataclass(frozen=True, slots=True)
class RecipientAlerts:
    """The alerts that one recipient would have got; None stands for one who hears of every story."""

    recipient: Recipient | None
    alerts: tuple[PossibleAlert, ...]


def possible_alerts(
    topic: Topic | None, hits: Sequence[Hit], since: datetime
) -> tuple[RecipientAlerts, ...]:
    """Route hits, which are in order of time, to a topic's recipients; without any, to one for all.

    What came with the backlog of a source counts for a day's number of stories, and has no alert.
    """
    watched = replace(
        topic or Topic(0, "", "", since), created_at=since, muted=False, snoozed_until=None
    )
    recipients = watched.recipients or (None,)
    return tuple(
        RecipientAlerts(recipient, tuple(_alerts_for(watched, recipient, hits)))
        for recipient in recipients
    )


def alert_times(recipients: Sequence[RecipientAlerts]) -> list[datetime]:
    """Return when alerts would have been made, each once however many recipients it has."""
    made = {alert.story_id: alert.made for each in recipients for alert in each.alerts}
    return sorted(made.values())


def _alerts_for(
    topic: Topic, recipient: Recipient | None, hits: Sequence[Hit]
) -> Iterator[PossibleAlert]:
    routing = Routing() if recipient is None else recipient.routing
    routing = replace(routing, muted=False, snoozed_until=None)
    times = [hit.at for hit in hits]
    zone = zone_for(routing)
    first_stories: dict[date, int] = {}
    for hit in hits:
        if hit.held:
            continue

        def others(begin: datetime, end: datetime, now: datetime = hit.at) -> int:
            return bisect_left(times, end) - bisect_left(times, begin) - (begin <= now < end)

        today = day_of(hit.at, zone)
        first = first_stories.get(today)
        day = topic_day(topic, routing, hit.at, first_story=first, others=others)
        decision = route(topic, routing, day, hit.at)
        if isinstance(decision, Suppressed):
            continue
        first_stories.setdefault(today, hit.story_id)
        sent = decision.not_before if isinstance(decision, SendLater) else hit.at
        yield PossibleAlert(hit.story_id, hit.at, sent)
