"""The daemon's jobs of the recrawl policy: kept over a restart, and learned from what is stored."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection

from scheduler.config.settings import RecrawlSettings
from scheduler.recrawl.controller import RecrawlController
from scheduler.recrawl.planner import RecrawlPlanner
from scheduler.recrawl.rhythm import FLAT, as_stored, observe
from storage.crawl import sources
from storage.models.sources import Source
from storage.sql.database import Database
from tests.scheduler.recrawl.test_rhythm import PRIOR, watched
from tests.storage.world import NOON, a_match, a_page, a_source, a_topic, an_article


@dataclass
class Clock:
    now: datetime = NOON

    def __call__(self) -> datetime:
        return self.now


def a_planner() -> RecrawlPlanner:
    return RecrawlPlanner(RecrawlSettings(requests_per_hour=10), random.Random(1))


async def test_the_price_outlives_a_restart(db: Database) -> None:
    clock, planner = Clock(), a_planner()
    controller = RecrawlController(db, planner, clock)
    with db.begin() as conn:
        source = a_source(conn)
    for _ in range(60):
        planner.after_listing(source, listing=None, new=0, now=NOON)
    clock.now += timedelta(hours=1)
    await controller.steer()
    assert planner.state.price.value > 5.0

    restarted = a_planner()
    await RecrawlController(db, restarted, clock).resume()
    assert restarted.state.price == planner.state.price


async def test_a_first_start_begins_with_the_least_price(db: Database) -> None:
    planner = a_planner()
    await RecrawlController(db, planner, Clock()).resume()
    assert planner.state.price.value == pytest.approx(5.0)


def _rhythmic(conn: Connection) -> Source:
    source = a_source(conn)
    _heard(conn, source, as_stored(watched(20, (9.5, 10.5, 11.5))))
    return source


def _heard(conn: Connection, source: Source, rhythm: Mapping[str, Any]) -> None:
    sources.fetched(
        conn,
        source.id,
        now=NOON,
        next_fetch_at=NOON,
        next_reason="",
        article_rate=0.1,
        etag=None,
        last_modified=None,
        body_hash=None,
        rhythm=rhythm,
    )


async def test_what_is_usual_is_learned_from_all_and_known_at_once_after_a_restart(
    db: Database,
) -> None:
    with db.begin() as conn:
        _rhythmic(conn)
    clock, planner = Clock(), a_planner()
    await RecrawlController(db, planner, clock).learn(db)
    assert planner.state.usual.hours[10] > planner.state.usual.hours[0]

    restarted = a_planner()
    await RecrawlController(db, restarted, clock).resume()
    assert restarted.state.usual == planner.state.usual


async def test_a_source_whose_articles_topics_match_gets_more_weight(db: Database) -> None:
    with db.begin() as conn:
        wanted, other = a_source(conn), a_source(conn, "wire.example")
        topic = a_topic(conn)
        for number in range(40):
            article = an_article(conn, a_page(conn, wanted, f"a{number}"))
            an_article(conn, a_page(conn, other, f"b{number}"))
            a_match(conn, topic, article)
    planner = a_planner()
    await RecrawlController(db, planner, Clock(NOON + timedelta(days=2))).learn(db)
    with db.connect() as conn:
        assert (
            sources.get(conn, wanted.id).schedule.weight
            > 1
            > sources.get(conn, other.id).schedule.weight
        )
    assert planner.state.revisions[wanted.id].articles == 40


async def test_a_source_that_says_nothing_for_too_long_is_named_until_it_speaks(
    db: Database,
) -> None:
    rhythm = watched(21, tuple(hour + 0.5 for hour in range(24)))
    silent = observe(rhythm, PRIOR, FLAT, dated=(), now=rhythm.at + 72)
    with db.begin() as conn:
        source = _rhythmic(conn)
    for kept, says in ((silent, "quiet for 3 days"), (rhythm, "")):
        with db.begin() as conn:
            _heard(conn, source, as_stored(kept))
        await RecrawlController(db, a_planner(), Clock()).learn(db)
        with db.connect() as conn:
            assert sources.get(conn, source.id).health.quiet.partition(";")[0] == says
            assert bool(sources.failing_or_quiet(conn)) is bool(says)
