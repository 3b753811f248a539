"""From page to update: what changed in a story's original is told once, to those who were told."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import time, timedelta
from email import message_from_bytes
from pathlib import Path

import pytest

from crawler.articles.corrections import merge_stories
from scheduler.diagnosis.explain import explain_url, explanation_lines
from storage.delivery import alerts, outbox
from storage.models.alerts import Alert
from storage.models.deliveries import Delivery
from storage.models.pages import Page
from storage.models.problems import Problem
from storage.models.recipients import Channel, NewRecipient, Routing, WatchMode
from storage.models.topics import Topic
from storage.topics import topics
from tests.crawler.news import OTHER, STORY
from tests.crawler.world import World, opened
from tests.scheduler.watch.test_watcher import watching

UPDATES = Routing(updates=True)
MORE = STORY.replace("312 people", "319 people")
CORRECTED = STORY + " Correction: An earlier version of this article named another harbour master."


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with opened(tmp_path / "w.db") as world:
        yield world


def a_topic(world: World, *routings: Routing, name: str = "ferries", query: str = "ferry") -> Topic:
    recipients = [
        NewRecipient(Channel.WEBHOOK, f"https://hooks.example/{n}", "whsec_c2VjcmV0", routing)
        for n, routing in enumerate(routings)
    ]
    with world.db.begin() as conn:
        return topics.add(conn, name=name, query=query, recipients=recipients, now=world.now)


async def publish(world: World, host: str = "a.example", text: str = STORY) -> Page:
    [page] = await world.listing(world.source(host, alert_backlog=True), "a")
    await read(world, page, text)
    return page


async def read(world: World, page: Page, text: str, title: str = "News of the day") -> None:
    world.now += timedelta(minutes=30)
    await world.read(page, title, text)
    await settled(world)


async def gone(world: World, page: Page, problem: Problem, status: int) -> None:
    world.now += timedelta(minutes=30)
    await world.answer(f"page:{page.id}", page.url, status=status, problem=problem)
    await settled(world)


async def settled(world: World) -> None:
    async with watching(world.db, clock=lambda: world.now) as room:
        await room.settled()


def told(world: World) -> list[Alert]:
    with world.db.connect() as conn:
        return list(reversed(alerts.list_recent(conn, 100)))


def deliveries(world: World) -> list[Delivery]:
    with world.db.connect() as conn:
        return list(reversed(outbox.list_by(conn, None, 100)))


async def test_a_changed_number_is_told_to_those_who_want_updates(world: World) -> None:
    topic = a_topic(world, UPDATES, Routing())
    page = await publish(world)
    await read(world, page, MORE)
    [story, update] = told(world)
    assert (story.change, update.change) == ("", f"{story.article_id}/2")
    assert update.changes[0].startswith("A number changed: 312 → 319 people, in “The first ferry")
    [first, _, told_of_it] = deliveries(world)
    assert told_of_it.recipient_id == topic.recipients[0].id
    body = json.loads(told_of_it.payload)
    assert body["type"] == "story.updated"
    assert body["data"]["changes"] == list(update.changes)
    assert body["data"]["follows"] == first.uid


async def test_an_update_is_told_once_however_often_it_is_looked_at(world: World) -> None:
    a_topic(world, UPDATES)
    page = await publish(world)
    await read(world, page, MORE)
    for text in (MORE, MORE + " The search goes on.", MORE):
        await read(world, page, text)
    assert len(told(world)) == 2


async def test_boring_edits_are_not_told_and_add_up_to_nothing(world: World) -> None:
    a_topic(world, UPDATES)
    page = await publish(world)
    await read(world, page, STORY + " The search goes on.")
    await read(world, page, STORY + " The search goes on. So does the rain.")
    assert len(told(world)) == 1


async def test_each_change_is_told_against_what_was_told_last(world: World) -> None:
    a_topic(world, UPDATES)
    page = await publish(world)
    await read(world, page, MORE)
    await read(world, page, MORE + " The search goes on.")
    await read(world, page, STORY.replace("312 people", "330 people"))
    assert ["→".join(a.changes)[:33] for a in told(world)[1:]] == [
        "A number changed: 312 → 319 peopl",
        "A number changed: 319 → 330 peopl",
    ]


async def test_two_edits_between_two_looks_are_one_update(world: World) -> None:
    a_topic(world, UPDATES)
    page = await publish(world)
    for text in (MORE, CORRECTED):
        world.now += timedelta(minutes=30)
        await world.read(page, "News of the day", text)
    await settled(world)
    [_, update] = told(world)
    assert update.change.endswith("/3")
    assert update.changes[0].startswith("A correction was published: “Correction: An earlier")


async def test_a_changed_headline_is_told_with_both(world: World) -> None:
    a_topic(world, UPDATES)
    page = await publish(world)
    await read(world, page, STORY, title="Ferry crews vote to strike")
    assert told(world)[1].changes == (
        "The headline changed: “News of the day” → “Ferry crews vote to strike”",
    )


async def test_an_article_that_matches_only_after_its_edit_is_a_first_match(world: World) -> None:
    a_topic(world, UPDATES, name="apples", query="apple OR correction")
    page = await publish(world)
    await read(world, page, CORRECTED)
    [story] = told(world)
    assert story.change == ""


async def test_edits_of_copies_are_not_told(world: World) -> None:
    a_topic(world, UPDATES)
    await publish(world)
    copy = await publish(world, "b.example")
    await read(world, copy, MORE)
    await gone(world, copy, Problem.GONE, 410)
    assert len(told(world)) == 1


async def test_a_page_that_is_gone_is_told_once(world: World) -> None:
    a_topic(world, UPDATES)
    page = await publish(world)
    await gone(world, page, Problem.GONE, 410)
    await publish(world, "b.example")
    await settled(world)
    [story, update] = told(world)
    assert update.changes == ("The page was removed (it answers 410).",)
    assert update.change == f"{story.article_id}/gone"


async def test_a_page_is_looked_for_twice_before_it_counts_as_removed(world: World) -> None:
    a_topic(world, UPDATES)
    page = await publish(world)
    await gone(world, page, Problem.NOT_FOUND, 404)
    assert len(told(world)) == 1
    await gone(world, page, Problem.NOT_FOUND, 404)
    assert told(world)[1].changes == ("The page was removed (it answers 404).",)


async def test_who_was_not_told_of_the_story_is_not_told_of_its_changes(world: World) -> None:
    first_only = Routing(WatchMode.FIRST_OF_DAY, updates=True)
    topic = a_topic(world, UPDATES, first_only)
    await publish(world)
    second = await publish(world, "b.example", OTHER + " The ferry was late.")
    await read(world, second, OTHER.replace("40 small", "41 small") + " The ferry was late.")
    update = told(world)[-1]
    with world.db.connect() as conn:
        sent = outbox.of_alert(conn, update.id)
    assert update.change.endswith("/2")
    assert [d.recipient_id for d in sent] == [topic.recipients[0].id]


async def test_an_update_waits_in_quiet_hours_and_names_the_muted(world: World) -> None:
    topic = a_topic(world, UPDATES, UPDATES)
    page = await publish(world)
    with world.db.begin() as conn:
        night = Routing(updates=True, quiet_from=time(10), quiet_until=time(18))
        topics.set_routing(conn, topic.recipients[0].id, night)
        topics.set_routing(conn, topic.recipients[1].id, Routing(updates=True, muted=True))
    await read(world, page, MORE)
    assert told(world)[1].held == ((topic.recipients[1].id, "the recipient is muted"),)
    assert deliveries(world)[-1].next_attempt_at == world.now.replace(hour=18, minute=0)


async def test_a_muted_or_removed_topic_tells_no_updates(world: World) -> None:
    topic = a_topic(world, UPDATES)
    page = await publish(world)
    with world.db.begin() as conn:
        topics.set_quiet(conn, topic.id, muted=True, snoozed_until=None)
    await read(world, page, MORE)
    with world.db.begin() as conn:
        topics.remove(conn, topic.name, world.now)
    await read(world, page, CORRECTED)
    assert len(told(world)) == 1


async def test_a_change_counts_for_the_merged_story_and_is_told_once(world: World) -> None:
    a_topic(world, UPDATES)
    page = await publish(world)
    other = await publish(world, "b.example", OTHER + " The ferry was late.")
    await read(world, page, MORE)
    stories = [alert.story_id for alert in told(world)]
    with world.db.begin() as conn:
        merge_stories(conn, stories[0], [stories[1]], world.now)
    await settled(world)
    await read(world, other, OTHER + " The ferry was late again.")
    assert len(told(world)) == 3
    await read(world, page, CORRECTED)
    assert len(told(world)) == 4


async def test_an_e_mail_of_an_update_says_so_and_follows_the_first(world: World) -> None:
    with world.db.begin() as conn:
        desk = NewRecipient(Channel.EMAIL, "desk@newsroom.example", None, UPDATES)
        topics.add(conn, name="ferries", query="ferry", recipients=[desk], now=world.now)
    page = await publish(world)
    await read(world, page, MORE)
    first, update = (message_from_bytes(d.payload) for d in deliveries(world))
    assert update["Subject"] == "ferries: update: News of the day"
    assert update["References"] == update["In-Reply-To"] == first["Message-ID"]
    assert "312 =E2=86=92 319 people" in update.as_string()


async def test_explain_tells_story_and_update(world: World) -> None:
    a_topic(world, UPDATES)
    page = await publish(world)
    await read(world, page, MORE)
    story, update = told(world)
    with world.db.connect() as conn:
        said = "\n".join(explanation_lines(explain_url(conn, page.url, stale_days=10)))
    assert f"  alert {story.uid}" in said
    assert f"  update {update.uid}" in said
    assert "    A number changed: 312 → 319 people" in said
