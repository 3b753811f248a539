"""What a listing brings into the store: of other sites' pages some at once, then one by one."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from crawler.listings.listed_items import take_items
from storage.models.listings import ListedItem
from storage.models.sources import Source
from tests.crawler.news import NOON
from tests.crawler.world import World, opened

FLOOD = 200


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with opened(tmp_path / "w.db") as world:
        yield world


def _waits(world: World, source: Source, urls: list[str]) -> list[float]:
    """Let a source list addresses; the seconds for which each that is new waits."""
    items = [ListedItem(url=url) for url in urls]
    with world.db.begin() as conn:
        taken = take_items(
            conn, source, items, found_how="feed", now=NOON, since=NOON, absent_at=NOON
        )
    return [(page.due_at - NOON).total_seconds() for page in taken.added]


def _urls(host: str, first: int = 0) -> list[str]:
    return [f"https://{host}/{number}" for number in range(first, first + FLOOD)]


def test_a_flood_of_other_sites_pages_is_due_one_by_one(world: World) -> None:
    waits = sorted(_waits(world, world.source("mirror.example"), _urls("herald.example")))
    assert waits[:20] == [0] * 20
    assert waits[20:] == [float(number + 1) for number in range(FLOOD - 20)]


def test_a_flood_goes_on_where_the_last_one_ends(world: World) -> None:
    mirror = world.source("mirror.example")
    _waits(world, mirror, _urls("herald.example"))
    waits = sorted(_waits(world, mirror, _urls("herald.example", FLOOD)))
    assert waits[20:] == [float(FLOOD + number + 1) for number in range(FLOOD - 20)]


def test_a_sites_own_source_has_its_pages_visited_at_once(world: World) -> None:
    assert set(_waits(world, world.source("herald.example"), _urls("news.herald.example"))) == {0}


def test_what_waits_for_its_turn_is_visited_when_its_own_source_lists_it(world: World) -> None:
    urls = _urls("herald.example")
    _waits(world, world.source("mirror.example"), urls)
    herald = world.source("herald.example")
    with world.db.begin() as conn:
        items = [ListedItem(url=url) for url in urls]
        taken = take_items(
            conn, herald, items, found_how="feed", now=NOON, since=NOON, absent_at=NOON
        )
    assert {due.due_at - NOON for due in taken.due} == {timedelta(0)}
