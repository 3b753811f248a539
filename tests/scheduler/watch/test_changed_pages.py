"""From page to alert: nobody is told twice of a text, however pages change or come back."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from crawler.copies.origin.stale_repost import stale_reposts
from crawler.settings import CopySettings
from storage.delivery import alerts
from storage.models.alerts import Alert
from storage.models.pages import Page
from storage.stories import stories
from tests.crawler.copies.texts import STORIES
from tests.crawler.news import OTHER, STORY
from tests.crawler.world import World, opened
from tests.scheduler.watch.test_watcher import a_topic, watching

STUB = (
    "A ferry is late on the Ansel line, two people who called our newsroom said this morning. We"
    " are sending a reporter and this page will be updated as soon as there is anything to say"
    " about it, so come back later in the day."
)


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with opened(tmp_path / "w.db") as world:
        yield world


async def publish(world: World, host: str, text: str) -> Page:
    """Let a new source, whose backlog is news, list one page that says this."""
    [page] = await world.listing(world.source(host, alert_backlog=True), "a")
    await read(world, page, text)
    return page


async def read(world: World, page: Page, text: str) -> None:
    """Let a page say this now, and the watcher do its work."""
    world.now += timedelta(minutes=30)
    await world.read(page, "News of the day", text)
    async with watching(world.db) as room:
        await room.settled()


def told(world: World) -> list[Alert]:
    with world.db.connect() as conn:
        return alerts.list_recent(conn, 100)


async def test_a_stub_that_was_told_and_becomes_a_copy_of_what_was_told_is_no_third_alert(
    world: World,
) -> None:
    a_topic(world.db, "ferries", "ferry")
    await publish(world, "a.example", STORY)
    stub = await publish(world, "b.example", STUB)
    assert len(told(world)) == 2
    await read(world, stub, STORY)
    await publish(world, "c.example", STORY)
    assert len(told(world)) == 2


async def test_a_copy_that_becomes_other_news_is_told_as_such(world: World) -> None:
    a_topic(world.db, "ferries", "ferry")
    a_topic(world.db, "apples", "apple")
    await publish(world, "a.example", STORY)
    copy = await publish(world, "b.example", STORY)
    await read(world, copy, OTHER)
    assert len(told(world)) == 2
    await read(world, copy, STORY)
    await read(world, copy, OTHER)
    assert len(told(world)) == 2


async def test_an_original_that_is_rewritten_is_told_once(world: World) -> None:
    a_topic(world.db, "ferries", "ferry OR apple")
    original = await publish(world, "a.example", STORY)
    await publish(world, "b.example", STORY)
    await read(world, original, OTHER)
    await read(world, original, STORIES["ferry"])
    assert len(told(world)) == 1


@pytest.mark.parametrize(("days", "alerted"), [(40, 1), (50, 2)])
async def test_a_repost_is_told_anew_only_when_its_original_has_left_the_time_window(
    world: World, days: int, alerted: int
) -> None:
    a_topic(world.db, "ferries", "ferry")
    original = await publish(world, "a.example", STORY)
    world.now += timedelta(days=days)
    assert await world.known.expire() == alerted - 1
    repost = await publish(world, "farm.example", STORY)
    assert len(told(world)) == alerted
    with world.db.connect() as conn:
        story = stories.get(conn, told(world)[-1].story_id)
        members = [member.article for member in stories.members(conn, story.id)]
    assert [article.provenance.page_id for article in members] == [original.id, repost.id][
        : 3 - alerted
    ]
    stale = stale_reposts(members, members[0], stale_days=CopySettings().stale_days)
    assert set(stale) == {article.id for article in members[1:]}
