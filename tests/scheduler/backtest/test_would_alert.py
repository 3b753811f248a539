"""Who would have heard of what: by the rules that route live."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from scheduler.backtest.replay import Hit
from scheduler.backtest.would_alert import alert_times, possible_alerts
from storage.models.recipients import Channel, Recipient, Routing, WatchMode
from storage.models.topics import Topic
from tests.storage.world import NOON

DAY = timedelta(days=1)


def hit(story: int, at: datetime, *, held: bool = False) -> Hit:
    return Hit(story, story, 1, at, held, 0)


def topic(*routings: Routing, muted: bool = False) -> Topic:
    told = tuple(
        Recipient(number, 1, Channel.EMAIL, f"{number}@example.org", None, routing)
        for number, routing in enumerate(routings)
    )
    return Topic(1, "ferries", "ferry", NOON, told, muted=muted)


def test_without_recipients_one_is_told_of_every_story_but_of_the_backlog() -> None:
    hits = [hit(1, NOON), hit(2, NOON + DAY, held=True), hit(3, NOON + DAY)]
    heard = possible_alerts(None, hits, NOON)
    assert [alert.story_id for alert in heard[0].alerts] == [1, 3]
    assert alert_times(heard) == [NOON, NOON + DAY]


def test_each_recipient_hears_by_mode_and_days_of_their_own() -> None:
    every, first = Routing(), Routing(mode=WatchMode.FIRST_OF_DAY, time_zone="Asia/Tokyo")
    # 12:00 and 16:00 UTC are two days in Tokyo.
    hits = [hit(1, NOON), hit(2, NOON + timedelta(hours=1)), hit(3, NOON + timedelta(hours=4))]
    heard = possible_alerts(topic(every, first), hits, NOON)
    assert [[alert.story_id for alert in each.alerts] for each in heard] == [[1, 2, 3], [1, 3]]
    assert len(alert_times(heard)) == 3


def test_a_spike_is_told_once_with_a_profile_of_the_days_before() -> None:
    before = [hit(day, NOON + day * DAY) for day in range(10)]
    burst = [hit(100 + n, NOON + 10 * DAY + timedelta(minutes=n)) for n in range(30)]
    [heard] = possible_alerts(topic(Routing(mode=WatchMode.SPIKE)), [*before, *burst], NOON - DAY)
    assert len(heard.alerts) == 1
    assert heard.alerts[0].story_id > 103


def test_what_falls_into_quiet_hours_is_made_then_and_sent_after() -> None:
    quiet = Routing(quiet_from=time(11), quiet_until=time(14))
    [heard] = possible_alerts(topic(quiet), [hit(1, NOON)], NOON)
    assert (heard.alerts[0].made, heard.alerts[0].sent) == (NOON, NOON + timedelta(hours=2))


def test_a_muted_topic_is_tried_as_if_it_were_not() -> None:
    silent = topic(Routing(muted=True), muted=True)
    assert alert_times(possible_alerts(silent, [hit(1, NOON)], NOON)) == [NOON]
