"""Server-sent events: what happens, in order, and nothing twice or never for who comes back."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from scheduler.lists.cursors import write_cursor
from storage.reports import event_feed
from storage.sql.database import Database
from tests.scheduler.web.world import serving
from tests.storage.world import a_page, a_source, an_article


@pytest.fixture
async def url(db: Database) -> AsyncIterator[str]:
    async with serving(db) as server:
        yield server.url


async def events(url: str, last: str = "") -> list[dict[str, str]]:
    """Read all that is there after an event."""
    headers = {"Last-Event-ID": last} if last else {}
    async with (
        aiohttp.ClientSession(url, headers=headers, trust_env=False) as session,
        session.get("/api/v1/events?once=true") as response,
    ):
        assert response.content_type == "text/event-stream"
        blocks = (await response.text()).strip().split("\n\n")
    found = [dict(line.split(": ", 1) for line in block.split("\n")) for block in blocks]
    return [each for each in found if "event" in each]


def publish(db: Database, name: str) -> None:
    with db.begin() as conn:
        an_article(conn, a_page(conn, a_source(conn, name)))


async def test_who_comes_first_hears_of_what_is_to_come(url: str, db: Database) -> None:
    publish(db, "one.example")
    assert await events(url) == [], "what was there before is on the pages"


async def test_who_comes_back_misses_nothing_and_hears_nothing_twice(
    url: str, db: Database
) -> None:
    with db.connect() as conn:
        begin = write_cursor(*event_feed.newest(conn))
    publish(db, "one.example")
    publish(db, "two.example")
    all_of_it = await events(url, begin)
    assert [each["event"] for each in all_of_it] == ["story", "story"]
    assert "one.example" in json.loads(all_of_it[0]["data"])["url"]
    assert await events(url, all_of_it[0]["id"]) == all_of_it[1:]
    assert await events(url, all_of_it[1]["id"]) == []


async def test_a_strange_last_event_begins_anew(url: str, db: Database, tmp_path: Path) -> None:
    publish(db, "one.example")
    assert await events(url, "made up") == []


async def test_a_site_that_stops_ends_its_streams_without_a_word(
    db: Database, caplog: pytest.LogCaptureFixture
) -> None:
    async with (
        aiohttp.ClientSession(trust_env=False) as session,
        serving(db) as server,
    ):
        response = await session.get(f"{server.url}api/v1/events")
        assert await response.content.readline() == b"retry: 3000\n"
    assert response.connection is None or response.connection.transport is None
    assert caplog.records == []
    response.close()
