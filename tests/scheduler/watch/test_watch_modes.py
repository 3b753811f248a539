"""Recipients are told as they are routed; what is held is kept with its reason, and nothing is lost."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta

import pytest
import structlog

from crawler.articles.corrections import merge_stories, split_story
from scheduler.diagnosis.explain import explain_url, explanation_lines
from storage.delivery import alerts, outbox
from storage.models.alerts import Alert
from storage.models.articles import Article
from storage.models.deliveries import Delivery
from storage.models.recipients import Channel, NewRecipient, Routing, WatchMode
from storage.models.topics import Topic
from storage.reports import statistics
from storage.sql.database import Database
from storage.topics import matches, topics
from tests.scheduler.watch.test_watcher import Room, an_article, held, told, watching
from tests.storage.world import MATCHED, NOON

FIRST = Routing(WatchMode.FIRST_OF_DAY, time_zone="Europe/Berlin")
SPIKE = Routing(WatchMode.SPIKE)
NIGHT = Routing(quiet_from=time(10), quiet_until=time(15))


@dataclass
class Newsroom:
    """A watcher on a database whose clock the test moves; articles come from one site after another."""

    db: Database
    now: datetime = NOON
    number: int = 0
    room: Room = field(init=False)

    async def publish(self, text: str = "The ferry sank.", *, backlog: bool = False) -> Article:
        """Store a story and let the watcher do its work."""
        self.number += 1
        article = an_article(self.db, text, host=f"site{self.number}", backlog=backlog)
        await self.room.settled()
        return article

    def topic(self, *routings: Routing, at: datetime = NOON) -> Topic:
        recipients = [
            NewRecipient(Channel.EMAIL, f"desk{number}@newsroom.example", None, routing)
            for number, routing in enumerate(routings, start=1)
        ]
        with self.db.begin() as conn:
            return topics.add(conn, name="ferries", query="ferry", recipients=recipients, now=at)

    def deliveries(self) -> list[tuple[str, int]]:
        """Return (who, of which story), oldest first."""
        with self.db.connect() as conn:
            return [
                (d.address.partition("@")[0], alerts.by_id(conn, d.alert_id or 0).story_id)
                for d in reversed(outbox.list_by(conn, None, 1000))
            ]

    def last(self) -> Delivery:
        with self.db.connect() as conn:
            return outbox.list_by(conn, None, 1)[0]


@pytest.fixture
async def newsroom(db: Database) -> AsyncIterator[Newsroom]:
    async with opened(db) as newsroom:
        yield newsroom


@asynccontextmanager
async def opened(db: Database) -> AsyncIterator[Newsroom]:
    newsroom = Newsroom(db)
    async with watching(db, clock=lambda: newsroom.now) as room:
        newsroom.room = room
        yield newsroom


async def test_each_recipient_has_a_mode_of_its_own(newsroom: Newsroom) -> None:
    topic = newsroom.topic(Routing(), FIRST)
    first, second = await newsroom.publish(), await newsroom.publish()
    assert newsroom.deliveries() == [
        ("desk1", first.story_id),
        ("desk2", first.story_id),
        ("desk1", second.story_id),
    ]
    [alert, _] = told(newsroom.db)
    reason = f"the first of the day was story {first.story_id}"
    assert alert.held == ((topic.recipients[1].id, reason),)
    assert held(newsroom.db, second.story_id) == [None]


async def test_a_match_that_nobody_is_told_of_is_kept_with_the_reason(newsroom: Newsroom) -> None:
    newsroom.topic(FIRST)
    first, second = await newsroom.publish(), await newsroom.publish()
    assert [alert.story_id for alert in told(newsroom.db)] == [first.story_id]
    assert held(newsroom.db, second.story_id) == [
        f"the first of the day was story {first.story_id}"
    ]


async def test_a_day_is_that_of_the_recipient_s_clock(newsroom: Newsroom) -> None:
    newsroom.topic(FIRST)
    newsroom.now = NOON.replace(hour=21, minute=59)  # 23:59 in Berlin
    first = await newsroom.publish()
    newsroom.now += timedelta(minutes=1)
    second, third = await newsroom.publish(), await newsroom.publish()
    assert [story for _, story in newsroom.deliveries()] == [first.story_id, second.story_id]
    assert held(newsroom.db, third.story_id) != [None]


async def test_a_backlog_and_what_was_held_for_all_use_up_no_day(newsroom: Newsroom) -> None:
    topic = newsroom.topic(FIRST)
    await newsroom.publish(backlog=True)
    with newsroom.db.begin() as conn:
        topics.set_quiet(conn, topic.id, muted=True, snoozed_until=None)
    muted = await newsroom.publish()
    with newsroom.db.begin() as conn:
        topics.set_quiet(conn, topic.id, muted=False, snoozed_until=None)
    first = await newsroom.publish()
    assert [story for _, story in newsroom.deliveries()] == [first.story_id]
    assert held(newsroom.db, muted.story_id) == ["the topic is muted"]


async def test_a_topic_without_recipients_is_shown_and_sent_to_nobody(newsroom: Newsroom) -> None:
    newsroom.topic()
    article = await newsroom.publish()
    assert [alert.story_id for alert in told(newsroom.db)] == [article.story_id]
    assert newsroom.deliveries() == []


def a_past(db: Database, topic: Topic, counts: list[int], articles: list[Article]) -> None:
    """Let matches have come on the days before, so many each, at 09:00."""
    stories = iter(articles)
    with db.begin() as conn:
        for days, count in enumerate(counts, start=1):
            for _ in range(count):
                article = next(stories)
                matches.record(
                    conn,
                    topic_id=topic.id,
                    story_id=article.story_id,
                    article_id=article.id,
                    matched=MATCHED,
                    now=NOON.replace(hour=9) - timedelta(days=days),
                    held_by="no spike",
                )


async def test_a_spike_is_told_once_a_day_with_its_figures(newsroom: Newsroom) -> None:
    topic = newsroom.topic(SPIKE, at=NOON - timedelta(days=20))
    past = [await newsroom.publish("The train was late.") for _ in range(14)]
    a_past(newsroom.db, topic, [1] * 14, past)
    stories = [(await newsroom.publish()).story_id for _ in range(9)]
    assert [story for _, story in newsroom.deliveries()] == [stories[7]]
    assert b"8 stories today, 1.0 on a day before by this time" in newsroom.last().payload
    assert held(newsroom.db, stories[6]) == [
        "no spike: 7 stories today, 1.0 on a day before by this time; 8 would be one"
    ]
    assert held(newsroom.db, stories[8]) == [
        f"the spike of the day was told with story {stories[7]}"
    ]


async def test_what_is_merged_or_of_a_backlog_makes_no_spike(newsroom: Newsroom) -> None:
    newsroom.topic(SPIKE, at=NOON - timedelta(days=20))
    for _ in range(9):
        await newsroom.publish(backlog=True)
    copies = [(await newsroom.publish()).story_id for _ in range(4)]
    with newsroom.db.begin() as conn:
        merge_stories(conn, copies[0], copies[1:], newsroom.now)
    for _ in range(3):
        await newsroom.publish()
    assert newsroom.deliveries() == []
    fifth = await newsroom.publish()
    assert newsroom.deliveries() == [("desk1", fifth.story_id)]


async def test_a_young_topic_says_that_it_has_no_profile(newsroom: Newsroom) -> None:
    newsroom.topic(SPIKE, at=NOON - timedelta(days=3))
    article = await newsroom.publish()
    assert held(newsroom.db, article.story_id) == [
        "no profile yet: the topic is 2 whole days old, a spike needs 7"
    ]


async def test_in_quiet_hours_deliveries_wait_and_are_then_sent_in_order(
    newsroom: Newsroom,
) -> None:
    newsroom.topic(NIGHT)
    stories = [(await newsroom.publish()).story_id for _ in range(3)]
    waiting = newsroom.last()
    end = NOON.replace(hour=15)
    assert (waiting.next_attempt_at, waiting.attempts) == (end, 0)
    assert waiting.last_error == "waits: quiet hours until 15:00 in UTC"
    with newsroom.db.begin() as conn:
        assert outbox.claim(conn, end - timedelta(seconds=1), 10, 60) == []
        sent = outbox.claim(conn, end, 10, 60)
        assert [alerts.by_id(conn, d.alert_id or 0).story_id for d in sent] == stories


async def test_what_waits_for_quiet_hours_to_end_is_nothing_broken(newsroom: Newsroom) -> None:
    newsroom.topic(NIGHT)
    await newsroom.publish()
    with newsroom.db.connect() as conn:
        for hours, oldest in ((1, None), (4, NOON)):
            now = NOON + timedelta(hours=hours)
            assert statistics.overview(conn, now=now, since=NOON).facts.oldest_undelivered == oldest


async def test_explain_names_who_was_held_and_what_waits(newsroom: Newsroom) -> None:
    newsroom.topic(NIGHT, Routing(muted=True))
    article = await newsroom.publish()
    with newsroom.db.connect() as conn:
        said = "\n".join(explanation_lines(explain_url(conn, article.url, stale_days=10)))
    assert "email to desk1@newsroom.example: pending; waits: quiet hours until 15:00 in UTC" in said
    assert "email to desk2@newsroom.example: held, the recipient is muted" in said


async def test_an_unknown_time_zone_is_said_once_and_loses_nothing(newsroom: Newsroom) -> None:
    newsroom.topic(Routing(time_zone="Mars/Base"))
    with structlog.testing.capture_logs() as logs:
        await newsroom.publish()
        await newsroom.publish()
    assert len(newsroom.deliveries()) == 2
    assert [log["zone"] for log in logs if log["event"] == "time_zone_unknown"] == ["Mars/Base"]


async def test_what_was_held_is_not_told_later_by_merges_splits_or_restarts(db: Database) -> None:
    async with opened(db) as newsroom:
        newsroom.topic(FIRST, Routing(muted=True))
        one, other = await newsroom.publish(), await newsroom.publish()
    async with opened(db) as newsroom:
        newsroom.now = NOON + timedelta(days=1)
        apart = other.story_id
        for _ in range(2):
            with db.begin() as conn:
                kept = merge_stories(conn, one.story_id, [apart], NOON)
                apart = split_story(conn, kept, [other.id], NOON)
            await newsroom.room.settled()
        assert newsroom.deliveries() == [("desk1", one.story_id)]


async def test_a_story_that_is_told_has_one_alert_for_all_its_recipients(
    newsroom: Newsroom,
) -> None:
    newsroom.topic(Routing(), FIRST, NIGHT)
    await newsroom.publish()
    found: list[Alert] = told(newsroom.db)
    assert len(found) == 1
    assert found[0].held == ()
    assert len(newsroom.deliveries()) == 3
