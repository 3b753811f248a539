"""Telling is decided by pairs: an article against what was really told to a recipient of a topic."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from crawler.articles.corrections import merge_stories, split_story
from crawler.articles.transactions import divide_story
from crawler.copies.records import Regrouped
from scheduler.diagnosis.explain import explain_url, explanation_lines
from storage.models.articles import Article
from storage.models.recipients import Channel, NewRecipient, Routing
from storage.models.topics import Topic
from storage.sql import schema
from storage.stories import articles, stories
from storage.topics import match_work, topics
from tests.crawler.copies.texts import FILLER, STORIES
from tests.crawler.news import html
from tests.crawler.world import World, opened
from tests.scheduler.watch.test_watcher import watching

DULL, VICTIM = (f"{STORIES[name]} The ferry was late." for name in ("bakery", "court"))
BRIDGE = f"{DULL}\n{VICTIM}"


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with opened(tmp_path / "w.db") as world:
        yield world


def a_topic(world: World, *people: str, name: str = "ferries", query: str = "ferry") -> Topic:
    recipients = [NewRecipient(Channel.EMAIL, f"{who}@example.org", None) for who in people]
    with world.db.begin() as conn:
        return topics.add(conn, name=name, query=query, recipients=recipients, now=world.now)


def route(world: World, topic: Topic, routing: Routing) -> None:
    with world.db.begin() as conn:
        topics.set_routing(conn, topic.recipients[0].id, routing)


async def publish(world: World, host: str, text: str, *, backlog: bool = False) -> Article:
    """Let a new source list one page that says this, and the watcher do its work."""
    world.now += timedelta(minutes=5)
    [page] = await world.listing(world.source(host, alert_backlog=not backlog), "a")
    article = await world.read(page, "News of the day", text)
    await settled(world)
    return article


async def settled(world: World) -> None:
    async with watching(world.db, clock=lambda: world.now) as room:
        await room.settled()


def told(world: World, topic: str = "ferries") -> dict[str, list[str]]:
    """Say of which hosts' articles alerts told each recipient of a topic, in order."""
    r, a, al, t = schema.recipients, schema.articles, schema.alerts, schema.topics
    query = (
        select(r.c.address, a.c.host)
        .select_from(schema.outbox)
        .join(al, al.c.id == schema.outbox.c.alert_id)
        .join(r, r.c.id == schema.outbox.c.recipient_id)
        .join(a, a.c.id == al.c.article_id)
        .join(t, t.c.id == al.c.topic_id)
        .where(t.c.name == topic)
        .order_by(schema.outbox.c.id)
    )
    hosts: dict[str, list[str]] = {}
    with world.db.connect() as conn:
        for address, host in conn.execute(query):
            who = address.partition("@")[0]
            hosts.setdefault(who, []).append(host.removesuffix(".example"))
    return hosts


def story_ids(world: World) -> set[int]:
    with world.db.connect() as conn:
        return set(conn.execute(select(schema.articles.c.story_id)).scalars())


async def test_news_that_folds_into_an_old_page_is_told_once(world: World) -> None:
    a_topic(world, "ann")
    await publish(world, "old.example", VICTIM, backlog=True)
    assert told(world) == {}
    await publish(world, "victim.example", VICTIM)
    await publish(world, "copy.example", VICTIM)
    assert len(story_ids(world)) == 1
    assert [len(hosts) for hosts in told(world).values()] == [1]


@pytest.mark.parametrize(
    ("order", "alerted"),
    [
        ("dull bridge victim", ["dull", "victim"]),
        ("victim bridge dull", ["victim", "dull"]),
        ("bridge victim dull", ["bridge"]),
        ("bridge dull victim", ["bridge"]),
    ],
)
async def test_a_bridge_between_two_texts_swallows_neither(
    world: World, order: str, alerted: list[str]
) -> None:
    a_topic(world, "ann", "bob")
    a_topic(world, "cleo", name="late", query="late")
    texts = {"dull": DULL, "bridge": BRIDGE, "victim": VICTIM}
    for name in order.split():
        await publish(world, f"{name}.example", texts[name])
    for name in order.split():
        await publish(world, f"again-{name}.example", texts[name])
    assert told(world) == {"ann": alerted, "bob": alerted}
    assert told(world, "late") == {"cleo": alerted}


async def test_who_was_snoozed_when_a_story_was_told_gets_its_next_copy(world: World) -> None:
    topic = a_topic(world, "ann", "bob")
    route(world, topic, Routing(snoozed_until=world.now + timedelta(hours=1)))
    await publish(world, "one.example", VICTIM)
    assert told(world) == {"bob": ["one"]}
    world.now += timedelta(hours=2)
    await publish(world, "two.example", VICTIM)
    await publish(world, "three.example", VICTIM)
    assert told(world) == {"ann": ["two"], "bob": ["one"]}


async def test_one_text_in_two_great_wrappers_is_told_once(world: World) -> None:
    a_topic(world, "ann")
    wrappers = [f"{STORIES[name]}\n{FILLER[:200]}" for name in ("glacier", "trams")]
    await publish(world, "one.example", f"{VICTIM}\n{wrappers[0]}")
    await publish(world, "bare.example", VICTIM)
    await publish(world, "two.example", f"{wrappers[1]}\n{VICTIM}")
    assert told(world) == {"ann": ["one"]}


async def test_a_told_story_that_is_taken_apart_is_not_told_again(world: World) -> None:
    a_topic(world, "ann")
    one = await publish(world, "one.example", VICTIM)
    others = [
        await publish(world, f"noise{number}.example", f"{VICTIM}\n{STORIES[name]}")
        for number, name in enumerate(("glacier", "trams"))
    ]
    with world.db.begin() as conn:
        story_id = articles.get(conn, one.id).story_id
        groups = [[article.id] for article in (one, *others)]
        assert len(divide_story(conn, story_id, Regrouped(groups, {}), world.now)) == 2
    await settled(world)
    assert told(world) == {"ann": ["one"]}


async def test_what_a_division_takes_from_what_was_told_is_told(world: World) -> None:
    """A report that was folded into another one of its form, and is none by now."""
    a_topic(world, "ann")
    form = " ".join(f"word{number}" for number in range(120))
    one = await publish(world, "one.example", f"{form} The ferry {STORIES['court'][:250]}")
    other = await publish(world, "two.one.example", f"{form} The ferry {STORIES['bakery'][:250]}")
    assert told(world) == {"ann": ["one"]}
    with world.db.begin() as conn:
        divide_story(conn, one.story_id, Regrouped([[one.id], [other.id]], {}), world.now)
    await settled(world)
    assert told(world) == {"ann": ["one", "two.one"]}


async def test_an_operators_word_neither_repeats_nor_loses_a_telling(world: World) -> None:
    a_topic(world, "ann")
    one = await publish(world, "one.example", DULL)
    same = await publish(world, "same.example", DULL)
    other = await publish(world, "other.example", VICTIM)
    with world.db.begin() as conn:
        split_story(conn, one.story_id, [same.id], world.now)
        merge_stories(conn, one.story_id, [other.story_id], world.now)
    await settled(world)
    await publish(world, "copy.example", VICTIM)
    assert told(world) == {"ann": ["one", "other"]}


async def test_stories_that_are_merged_are_told_once_each_text(world: World) -> None:
    topic = a_topic(world, "ann")
    one = await publish(world, "one.example", DULL)
    route(world, topic, Routing(muted=True))
    other = await publish(world, "other.example", VICTIM)
    route(world, topic, Routing())
    with world.db.begin() as conn:
        stories.merge(conn, one.story_id, other.story_id, world.now)
        match_work.add(conn, story_id=one.story_id, article_id=other.id, now=world.now)
        match_work.add(conn, story_id=one.story_id, article_id=one.id, now=world.now)
    await settled(world)
    assert told(world) == {"ann": ["one", "other"]}


async def test_a_page_that_grows_when_it_left_its_story_is_not_told_again(world: World) -> None:
    a_topic(world, "ann")
    await publish(world, "one.example", VICTIM)
    copy = await publish(world, "copy.example", VICTIM)
    more = [STORIES[name] for name in ("bakery", "trams", "glacier", "library", "orchard")]
    key, text = f"page:{copy.provenance.page_id}", "\n".join([*more, VICTIM])
    world.now += timedelta(minutes=30)
    await world.answer(key, copy.url, html("News of the day", text))
    await settled(world)
    assert len(story_ids(world)) == 2
    assert told(world) == {"ann": ["one"]}


async def test_a_copy_says_which_alert_told_its_text(world: World) -> None:
    a_topic(world, "ann")
    await publish(world, "one.example", VICTIM)
    copy = await publish(world, "copy.example", VICTIM)
    with world.db.connect() as conn:
        explained = explain_url(conn, copy.url, stale_days=10)
        [held] = conn.execute(
            select(schema.matches.c.held_by).where(schema.matches.c.article_id == copy.id)
        ).scalars()
        lines = "\n".join(explanation_lines(explained))
    assert held == "alert 1, which told this text with article 1"
    assert held in lines
