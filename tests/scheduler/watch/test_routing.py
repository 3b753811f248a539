"""Whether and when one recipient is told, decided in pure code."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.watch.routing import (
    SendLater,
    SendNow,
    Suppressed,
    TopicDay,
    joined_reasons,
    route,
    route_update,
    zone_for,
)
from storage.models.recipients import Routing, WatchMode
from storage.models.topics import Topic

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
TOPIC = Topic(1, "ferries", "ferry", NOON)
HOUR = timedelta(hours=1)
FIRST, SPIKE = Routing(WatchMode.FIRST_OF_DAY), Routing(WatchMode.SPIKE)
NIGHT = Routing(time_zone="Europe/Berlin", quiet_from=time(13), quiet_until=time(15, 30))


def test_every_story_is_told_at_once() -> None:
    assert route(TOPIC, Routing(), TopicDay(), NOON) == SendNow()


def test_the_first_story_of_the_day_is_told_and_no_other() -> None:
    assert route(TOPIC, FIRST, TopicDay(), NOON) == SendNow()
    assert route(TOPIC, FIRST, TopicDay(first_story=12), NOON) == Suppressed(
        "the first of the day was story 12"
    )


def test_a_spike_is_told_with_its_figures() -> None:
    day = TopicDay(count=23, before=(4, 4, 4, 4, 4, 4, 4, 5))
    assert route(TOPIC, SPIKE, day, NOON) == SendNow(
        "23 stories today, 4.1 on a day before by this time"
    )


def test_a_day_like_any_other_is_no_spike() -> None:
    said = route(TOPIC, SPIKE, TopicDay(count=1, before=(0,) * 14), NOON)
    assert said == Suppressed(
        "no spike: 1 story today, 0.0 on a day before by this time; 5 would be one"
    )


def test_one_spike_is_told_a_day() -> None:
    day = TopicDay(first_story=12, count=99, before=(0,) * 14)
    assert route(TOPIC, SPIKE, day, NOON) == Suppressed(
        "the spike of the day was told with story 12"
    )


def test_a_young_topic_has_no_profile_yet() -> None:
    said = route(TOPIC, SPIKE, TopicDay(count=99, before=(0,)), NOON)
    assert said == Suppressed("no profile yet: the topic is 1 whole day old, a spike needs 7")


@given(st.lists(st.integers(0, 50), min_size=7, max_size=14), st.integers(1, 200))
def test_more_stories_of_a_day_are_never_less_of_a_spike(before: list[int], count: int) -> None:
    def is_told(today: int) -> bool:
        return isinstance(route(TOPIC, SPIKE, TopicDay(None, today, tuple(before)), NOON), SendNow)

    assert is_told(count + 1) or not is_told(count)


def test_in_quiet_hours_a_story_waits_for_their_end() -> None:
    said = route(TOPIC, NIGHT, TopicDay(), NOON)
    assert said == SendLater(NOON + 1.5 * HOUR, "quiet hours until 15:30 in Europe/Berlin")
    assert route(TOPIC, NIGHT, TopicDay(), NOON + 1.5 * HOUR) == SendNow()


@pytest.mark.parametrize(
    ("topic", "routing", "reason"),
    [
        (replace(TOPIC, muted=True), Routing(), "the topic is muted"),
        (
            replace(TOPIC, snoozed_until=NOON + HOUR),
            Routing(),
            "the topic is snoozed until 2026-06-01 13:00 UTC",
        ),
        (TOPIC, Routing(muted=True), "the recipient is muted"),
        (
            TOPIC,
            Routing(snoozed_until=NOON + HOUR),
            "the recipient is snoozed until 2026-06-01 13:00 UTC",
        ),
    ],
)
def test_the_muted_and_the_snoozed_are_not_told(
    topic: Topic, routing: Routing, reason: str
) -> None:
    assert route(topic, routing, TopicDay(), NOON) == Suppressed(reason)
    assert route_update(topic, routing, NOON) == Suppressed(reason)


def test_a_snooze_that_is_over_holds_nothing() -> None:
    over = replace(TOPIC, snoozed_until=NOON)
    assert route(over, Routing(snoozed_until=NOON), TopicDay(), NOON) == SendNow()


def test_updates_wait_in_quiet_hours_and_ask_for_no_mode() -> None:
    assert isinstance(route_update(TOPIC, NIGHT, NOON), SendLater)
    assert route_update(TOPIC, SPIKE, NOON) == SendNow()


def test_an_unknown_time_zone_counts_as_utc_and_loses_nothing() -> None:
    lost = replace(NIGHT, time_zone="Mars/Base")
    assert zone_for(lost).key == "UTC"
    assert route(TOPIC, lost, TopicDay(), NOON) == SendNow()
    assert isinstance(route(TOPIC, lost, TopicDay(), NOON + HOUR), SendLater)


def test_reasons_are_said_once() -> None:
    assert joined_reasons(["a", "b", "a"]) == "a; b"
