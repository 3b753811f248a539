"""Stories that wait become matches, alerts and deliveries in one transaction, once and for ever."""

from __future__ import annotations

import asyncio
import functools
import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from crawler.articles.corrections import merge_stories, split_story
from crawler.settings import CopySettings
from scheduler.actions.audit_log import Actor
from scheduler.actions.work import retry
from scheduler.alerts.compose import compose
from scheduler.alerts.content import MessageStyle
from scheduler.alerts.links import MessageLinks
from scheduler.watch.alert_maker import Composer
from scheduler.watch.watcher import HELD_BACKLOG, Watcher
from storage.crawl import pages
from storage.delivery import alerts, outbox
from storage.models.alerts import Alert
from storage.models.articles import Article
from storage.models.deliveries import Delivery, Draft
from storage.models.pages import PageState
from storage.models.recipients import Channel, NewRecipient
from storage.models.topics import Topic
from storage.operators.audit import Interface
from storage.process import counters, quarantine
from storage.process.quarantine import Step
from storage.sql.database import Database
from storage.stories import articles, stories
from storage.topics import match_work, matches, topics
from tests.storage.world import NOON, a_page, a_source, an_origin, extracted
from tests.waiting import eventually

COMPOSE = functools.partial(
    compose,
    style=MessageStyle(
        "Wirewatch <w@newsroom.example>",
        MessageLinks("http://127.0.0.1:8710/", b"key"),
        stale_days=10,
    ),
)


@dataclass
class Room:
    """A watcher at work on a database; `woken` counts how often deliveries were announced."""

    db: Database
    watcher: Watcher
    woken: list[bool]

    async def settled(self) -> None:
        """Wait until no work is left."""
        self.watcher.wake()
        await eventually(lambda: not self._pending())

    def _pending(self) -> int:
        with self.db.connect() as conn:
            return match_work.pending(conn)


@asynccontextmanager
async def watching(
    db: Database,
    composer: Composer = COMPOSE,
    *,
    clock: Callable[[], datetime] = lambda: NOON,
    poll_seconds: float = 0.01,
) -> AsyncIterator[Room]:
    woken: list[bool] = []
    watcher = Watcher(
        db=db,
        compose=composer,
        clock=clock,
        on_outbox=lambda: woken.append(True),
        rng=random.Random(1),
        copies=CopySettings(),
        poll_seconds=poll_seconds,
    )
    task = asyncio.create_task(watcher.run())
    try:
        yield Room(db, watcher, woken)
    finally:
        await watcher.stop()
        await task


def a_topic(db: Database, name: str, query: str) -> Topic:
    told = [
        NewRecipient(Channel.EMAIL, "desk@newsroom.example", None),
        NewRecipient(Channel.WEBHOOK, "https://hooks.example/", "whsec_c2VjcmV0"),
    ]
    with db.begin() as conn:
        return topics.add(conn, name=name, query=query, recipients=told, now=NOON)


def an_article(
    db: Database, text: str, *, story: int | None = None, backlog: bool = False, host: str = "a"
) -> Article:
    """Store an article, as a new story or a copy in one, with its work to match."""
    with db.begin() as conn:
        source = a_source(conn, f"{host}.example")
        page = a_page(conn, source, backlog=backlog)
        story_id = stories.begin(conn, NOON) if story is None else story
        article = articles.insert_new(
            conn,
            page=page,
            source_id=source.id,
            story_id=story_id,
            host=f"{host}.example",
            extracted=replace(extracted(page, text), title=text[:20]),
            backlog=backlog,
            now=NOON,
        )
        pages.settle(conn, page.id, state=PageState.DONE, now=NOON, http_status=200)
        if story is None:
            stories.set_origin(conn, story_id, an_origin(article.id), NOON)
        match_work.add(conn, story_id=story_id, article_id=article.id, now=NOON)
    return article


FERRY = (
    "The ferry to Lindholm sank at noon on Tuesday with nobody on board, two hours after its crew"
    " had moored it behind the ice house and gone home through the worst storm since the winter of"
    " that year in which the southern pier was lost."
)


def told(db: Database) -> list[Alert]:
    with db.connect() as conn:
        return alerts.list_recent(conn, 100)


def deliveries(db: Database) -> list[Delivery]:
    with db.connect() as conn:
        return outbox.list_by(conn, None, 100)


def held(db: Database, story_id: int) -> list[str | None]:
    with db.connect() as conn:
        return [match.held_by for match in matches.of_story(conn, story_id)]


async def test_a_story_that_a_topic_asks_for_is_told_to_each_recipient(db: Database) -> None:
    a_topic(db, "ferries", "ferry")
    article = an_article(db, "The ferry sank at noon.")
    async with watching(db) as room:
        await room.settled()
    [alert] = told(db)
    assert (alert.story_id, alert.article_id) == (article.story_id, article.id)
    assert alert.matched.clauses == ("ferry",)
    assert [d.channel for d in deliveries(db)] == [Channel.WEBHOOK, Channel.EMAIL]
    assert all(alert.uid in d.uid for d in deliveries(db))
    assert held(db, article.story_id) == [None]
    assert room.woken == [True]


async def test_a_story_that_no_topic_asks_for_leaves_nothing(db: Database) -> None:
    a_topic(db, "ferries", "ferry")
    article = an_article(db, "The train was late.")
    async with watching(db) as room:
        await room.settled()
    assert not told(db)
    assert not deliveries(db)
    assert not held(db, article.story_id)
    assert not room.woken


async def test_copies_are_no_second_alert(db: Database) -> None:
    a_topic(db, "ferries", "ferry")
    original = an_article(db, "The ferry sank at noon.")
    async with watching(db) as room:
        await room.settled()
        for host in ("b", "c"):
            an_article(db, "The ferry sank at noon.", story=original.story_id, host=host)
            await room.settled()
    assert len(told(db)) == 1
    assert len(deliveries(db)) == 2


async def test_a_copy_with_more_in_it_is_told_to_the_topic_that_only_it_answers(
    db: Database,
) -> None:
    a_topic(db, "ferries", "ferry")
    a_topic(db, "mayors", "mayor")
    original = an_article(db, FERRY)
    async with watching(db) as room:
        await room.settled()
        copy = an_article(db, f"The mayor is sad. {FERRY}", story=original.story_id, host="b")
        await room.settled()
    assert [(a.article_id, a.matched.clauses) for a in told(db)] == [
        (copy.id, ("mayor",)),
        (original.id, ("ferry",)),
    ]


async def test_the_backlog_is_matched_and_not_told(db: Database) -> None:
    a_topic(db, "ferries", "ferry")
    article = an_article(db, "The ferry sank at noon.", backlog=True)
    async with watching(db) as room:
        await room.settled()
    assert not told(db)
    assert not deliveries(db)
    assert held(db, article.story_id) == [HELD_BACKLOG]


async def test_a_topic_is_followed_as_soon_as_it_is_added_and_no_more_once_removed(
    db: Database,
) -> None:
    async with watching(db) as room:
        an_article(db, "First ferry.", host="a")
        await room.settled()
        a_topic(db, "ferries", "ferry")
        an_article(db, "Second ferry.", host="b")
        await room.settled()
        with db.begin() as conn:
            topics.remove(conn, "ferries", NOON)
        an_article(db, "Third ferry.", host="c")
        await room.settled()
    assert len(told(db)) == 1


async def test_an_idle_watcher_that_nobody_wakes_follows_a_new_topic(
    db: Database,
) -> None:
    async with watching(db, poll_seconds=1.0):
        await asyncio.to_thread(a_topic, db, "ferries", "ferry")
        await asyncio.to_thread(an_article, db, "The ferry sank at noon.")
        await eventually(lambda: told(db))


async def test_a_topic_that_is_changed_while_work_flows_is_used_at_once(db: Database) -> None:
    topic = a_topic(db, "ferries", "ferry")
    async with watching(db) as room:
        for number in range(5):
            an_article(db, "The ferry sank.", host=f"a{number}")
            await room.settled()
            with db.begin() as conn:
                topics.set_query(conn, topic.id, "train" if number == 2 else "ferry")
    assert len(told(db)) == 4


async def test_a_topic_that_can_not_be_read_stops_no_other(db: Database) -> None:
    a_topic(db, "broken", "ferry AND (")
    a_topic(db, "ferries", "ferry")
    an_article(db, "The ferry sank at noon.")
    async with watching(db) as room:
        await room.settled()
        assert len(told(db)) == 1
        assert unreadable(db) == 1
        with db.begin() as conn:
            topics.set_query(conn, topics.get(conn, "broken").id, "ferry AND crew")
        an_article(db, "The ferry sank at one.", host="b")
        await room.settled()
    assert unreadable(db) == 0


def unreadable(db: Database) -> int:
    with db.connect() as conn:
        return counters.get(conn, counters.TOPICS_UNREADABLE)


async def test_when_composing_fails_nothing_of_the_alert_is_stored_and_it_comes_again(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scheduler.watch.watcher.AFTER_A_BUG", 0.0)
    monkeypatch.setattr("scheduler.watch.watcher._LEASE_SECONDS", 0.0)
    a_topic(db, "ferries", "ferry")
    article = an_article(db, "The ferry sank at noon.")
    seen: list[int] = []

    def failing(**parts: Any) -> list[Draft]:
        seen.append(1)
        if len(seen) == 1:
            raise ZeroDivisionError
        assert told(db) == []
        assert held(db, article.story_id) == []
        return COMPOSE(**parts)

    async with watching(db, failing) as room:
        await room.settled()
    assert len(told(db)) == 1
    assert len(deliveries(db)) == 2


async def test_what_a_killed_daemon_held_is_matched_at_once_by_the_next(db: Database) -> None:
    a_topic(db, "ferries", "ferry")
    an_article(db, "The ferry sank at noon.")
    with db.begin() as conn:
        assert len(match_work.claim(conn, NOON, 10, lease_seconds=3600)) == 1
    async with watching(db) as room:
        await room.settled()
    assert len(told(db)) == 1


async def test_the_same_alert_is_composed_in_the_same_bytes_from_what_is_stored(
    db: Database,
) -> None:
    topic = a_topic(db, "ferries", "ferry")
    article = an_article(db, "The ferry sank at noon.")
    async with watching(db) as room:
        await room.settled()
    [alert] = told(db)
    with db.connect() as conn:
        story = stories.get(conn, article.story_id)
        again: Callable[..., list[Draft]] = COMPOSE
        drafts = again(
            alert=alert,
            topic=topic,
            story=story,
            members=stories.members(conn, story.id),
            article=articles.get(conn, article.id),
        )
    assert {d.uid: d.payload for d in drafts} == {d.uid: d.payload for d in deliveries(db)}


async def test_merged_stories_are_not_told_twice(db: Database) -> None:
    a_topic(db, "ferries", "ferry")
    one = an_article(db, FERRY, host="a")
    other = an_article(db, f"Said at one. {FERRY}", host="b")
    with db.begin() as conn:
        stories.merge(conn, one.story_id, other.story_id, NOON)
    async with watching(db) as room:
        await room.settled()
    assert [a.article_id for a in told(db)] == [one.id]


async def test_stories_that_an_operator_merges_before_they_are_told_are_told_once(
    db: Database,
) -> None:
    a_topic(db, "ferries", "ferry")
    one = an_article(db, "The ferry sank at noon.", host="a")
    other = an_article(db, "A ferry sank today.", host="b")
    with db.begin() as conn:
        merge_stories(conn, one.story_id, [other.story_id], NOON)
    async with watching(db) as room:
        await room.settled()
    assert [a.article_id for a in told(db)] == [one.id]


async def test_two_told_stories_that_an_operator_merges_are_not_told_a_third_time(
    db: Database,
) -> None:
    a_topic(db, "ferries", "ferry")
    one = an_article(db, FERRY, host="a")
    other = an_article(db, "A ferry sank today.", host="b")
    async with watching(db) as room:
        await room.settled()
        with db.begin() as conn:
            kept = merge_stories(conn, one.story_id, [other.story_id], NOON)
        an_article(db, FERRY[:-40], story=kept, host="c")
        await room.settled()
        with db.begin() as conn:
            match_work.add(conn, story_id=other.story_id, article_id=other.id, now=NOON)
        await room.settled()
    assert sorted(a.article_id for a in told(db)) == [one.id, other.id]
    assert len(deliveries(db)) == 4


async def test_a_split_off_story_is_told_once_however_often_it_is_split_and_merged(
    db: Database,
) -> None:
    a_topic(db, "ferries", "ferry")
    one = an_article(db, "The ferry sank at noon.", host="a")
    other = an_article(db, "The ferry sank, too.", story=one.story_id, host="b")
    async with watching(db) as room:
        await room.settled()
        for _ in range(2):
            with db.begin() as conn:
                new = split_story(conn, one.story_id, [other.id], NOON)
            await room.settled()
            with db.begin() as conn:
                merge_stories(conn, one.story_id, [new], NOON)
            await room.settled()
    assert sorted(a.article_id for a in told(db)) == [one.id, other.id]


async def test_a_story_split_off_the_backlog_is_not_told(db: Database) -> None:
    a_topic(db, "ferries", "ferry")
    one = an_article(db, "The ferry sank at noon.", backlog=True, host="a")
    other = an_article(db, "Ferry news.", story=one.story_id, backlog=True, host="b")
    async with watching(db) as room:
        await room.settled()
        with db.begin() as conn:
            new = split_story(conn, one.story_id, [other.id], NOON)
        await room.settled()
    assert not told(db)
    assert held(db, new) == [HELD_BACKLOG]


@dataclass
class Later:
    """A clock that goes on by as much as a lease lasts whenever it is asked."""

    now: datetime = NOON

    def __call__(self) -> datetime:
        self.now += timedelta(seconds=61)
        return self.now


def poisoned(word: str) -> Composer:
    """Return a composer with a bug that one text brings out."""

    def composed(*, article: Article, **facts: Any) -> list[Draft]:
        if word in article.text:
            raise ValueError("a bug")
        drafts: list[Draft] = COMPOSE(article=article, **facts)
        return drafts

    return composed


async def test_a_row_that_fails_twice_is_set_aside_and_the_rest_goes_on(db: Database) -> None:
    a_topic(db, "ferries", "ferry")
    poison = an_article(db, "The ferry sank of poison.", host="a")
    others = [an_article(db, f"The ferry sank at {hour}.", host=f"b{hour}") for hour in range(3)]
    async with watching(db, poisoned("poison"), clock=Later()) as room:
        await room.settled()
    assert sorted(alert.article_id for alert in told(db)) == [other.id for other in others]
    with db.connect() as conn:
        [work] = quarantine.set_aside(conn, 10)
    assert (work.step, work.subject, work.reason) == (Step.MATCH, poison.id, "ValueError: a bug")

    with db.begin() as conn:  # the bug is mended
        retry(conn, Actor("ada", Interface.CLI), work.step, work.subject, NOON)
    async with watching(db) as room:
        await room.settled()
    assert poison.id in {alert.article_id for alert in told(db)}


def aside(db: Database) -> list[int]:
    with db.connect() as conn:
        return [work.subject for work in quarantine.set_aside(conn, 10)]


async def test_a_row_that_killed_each_process_rests_while_others_are_told_and_is_told_after(
    db: Database,
) -> None:
    a_topic(db, "ferries", "ferry")
    poison = an_article(db, "The ferry sank of poison.", host="a")
    with db.begin() as conn:
        for _ in range(quarantine.DEATHS_AT_ONCE):
            assert quarantine.begin(conn, Step.MATCH, poison.id, NOON).granted
    other = an_article(db, "The ferry sank at noon.", host="b")
    now = [NOON]
    async with watching(db, clock=lambda: now[0]) as room:
        await eventually(lambda: told(db) and aside(db))
        assert [alert.article_id for alert in told(db)] == [other.id]
        assert aside(db) == [poison.id]
        now[0] += timedelta(minutes=2)
        await room.settled()
    assert {alert.article_id for alert in told(db)} == {poison.id, other.id}
