"""Whether and when one recipient gets an alert of a story, and if not, why; pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from scheduler.calendar.digest_schedule import next_after
from scheduler.calendar.local_time import day_of, day_start, quiet_end, zone_of
from scheduler.watch import spike
from storage.models.recipients import Routing, WatchMode
from storage.models.topics import Topic


@dataclass(frozen=True, slots=True)
class TopicDay:
    """A topic's day so far, as one recipient's clock counts days.

    `first_story` is the id of the first story of which the recipient got an alert today. `count` is
    how many stories matched today, this one among them, and `before` how many had matched by the
    same time on each of the days before, as far as the topic is that old: both for spikes only.
    """

    first_story: int | None = None
    count: int = 1
    before: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class RecentAlerts:
    """What an address was sent at once in the last hour: how many alerts, and when the first.

    `summary_at` is when what waits for it is sent together; None when nothing waits.
    """

    number: int = 0
    first: datetime | None = None
    summary_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class SendNow:
    """Sent at once; `because` is a sentence for the recipient, where the mode has one."""

    because: str = ""


@dataclass(frozen=True, slots=True)
class SendLater:
    """Sent, and not before a time; `waits` says why."""

    not_before: datetime
    waits: str
    because: str = ""


@dataclass(frozen=True, slots=True)
class SendInDigest:
    """Sent together with what else waits, at a time; `waits` says in what."""

    at: datetime
    waits: str
    because: str = ""


@dataclass(frozen=True, slots=True)
class Suppressed:
    """Not sent, and why."""

    reason: str


RoutingDecision = SendNow | SendLater | SendInDigest | Suppressed
_NONE_RECENT = RecentAlerts()
_HOUR = timedelta(hours=1)
_MOMENT = timedelta(microseconds=1)


def route(
    topic: Topic,
    routing: Routing,
    day: TopicDay,
    now: datetime,
    recent: RecentAlerts = _NONE_RECENT,
) -> RoutingDecision:
    """Decide on the alert of a story that matched just now."""
    silent = topic_silence(topic, now) or _silent(routing, now)
    if silent is not None:
        return Suppressed(silent)
    of_mode = _by_mode(routing.mode, day)
    return (
        of_mode
        if isinstance(of_mode, Suppressed)
        else _in_time(routing, of_mode.because, recent, now)
    )


def route_update(
    topic: Topic, routing: Routing, now: datetime, recent: RecentAlerts = _NONE_RECENT
) -> RoutingDecision:
    """Decide on an update of a story of which the recipient got an alert; modes count stories only."""
    silent = topic_silence(topic, now) or _silent(routing, now)
    return Suppressed(silent) if silent is not None else _in_time(routing, "", recent, now)


def topic_day(
    topic: Topic,
    routing: Routing,
    now: datetime,
    *,
    first_story: int | None,
    others: Callable[[datetime, datetime], int],
) -> TopicDay:
    """Return a topic's day for a story that matches now, as a recipient's mode needs it.

    `others` counts the topic's other matches from a moment on and before another one.
    """
    if routing.mode is not WatchMode.SPIKE or first_story is not None:
        return TopicDay(first_story)
    zone = zone_for(routing)
    start = day_start(day_of(now, zone), zone)
    before = spike.profile(now, zone, topic.created_at, others)
    return TopicDay(None, others(start, now + _MOMENT) + 1, before)


def topic_silence(topic: Topic, now: datetime) -> str | None:
    """Say why nobody gets alerts of a topic; None when its recipients do."""
    if topic.muted:
        return "the topic is muted"
    return _snoozed("the topic", topic.snoozed_until, now)


def joined_reasons(reasons: Sequence[str]) -> str:
    """Say why nobody gets an alert of a match, each reason once."""
    return "; ".join(dict.fromkeys(reasons))


def zone_for(routing: Routing) -> ZoneInfo:
    """Return the zone of a recipient's clock; one that is not known counts as UTC."""
    return zone_of(routing.time_zone) or ZoneInfo("UTC")


def _silent(routing: Routing, now: datetime) -> str | None:
    if routing.muted:
        return "the recipient is muted"
    return _snoozed("the recipient", routing.snoozed_until, now)


def _snoozed(who: str, until: datetime | None, now: datetime) -> str | None:
    if until is None or until <= now:
        return None
    return f"{who} is snoozed until {until.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def _by_mode(mode: WatchMode, day: TopicDay) -> SendNow | Suppressed:
    if mode is WatchMode.EVERY:
        return SendNow()
    if mode is WatchMode.FIRST_OF_DAY:
        if day.first_story is None:
            return SendNow()
        return Suppressed(f"the first of the day was story {day.first_story}")
    if day.first_story is not None:
        return Suppressed(f"the spike of the day was told with story {day.first_story}")
    return _by_profile(day)


def _by_profile(day: TopicDay) -> SendNow | Suppressed:
    if len(day.before) < spike.LEAST_DAYS:
        age = f"{len(day.before)} whole {'day' if len(day.before) == 1 else 'days'}"
        return Suppressed(
            f"no profile yet: the topic is {age} old, a spike needs {spike.LEAST_DAYS}"
        )
    today = f"{day.count} {'story' if day.count == 1 else 'stories'} today"
    comparison = f"{today}, {spike.usual(day.before)} on a day before by this time"
    least = spike.least_spike(day.before)
    if day.count >= least:
        return SendNow(comparison)
    return Suppressed(f"no spike: {comparison}; {least} would be one")


def _in_time(
    routing: Routing, because: str, recent: RecentAlerts, now: datetime
) -> SendNow | SendLater | SendInDigest:
    if routing.digest:
        at = next_after(routing.digest, zone_for(routing), now)
        return SendInDigest(at, f"the {routing.digest} digest", because)
    most = routing.most_an_hour
    if most is not None and (recent.summary_at is not None or recent.number >= most):
        at = recent.summary_at or (recent.first or now) + _HOUR
        return SendInDigest(at, f"a summary, for {most} an hour are told at once", because)
    if routing.quiet_from is None or routing.quiet_until is None:
        return SendNow(because)
    zone = zone_for(routing)
    end = quiet_end(now, zone, routing.quiet_from, routing.quiet_until)
    if end is None:
        return SendNow(because)
    return SendLater(end, f"quiet hours until {end.astimezone(zone):%H:%M} in {zone.key}", because)
