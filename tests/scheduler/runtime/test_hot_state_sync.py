"""What is hot is filled from the truth when it was lost, and what was lost between the two is found."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from pydantic import SecretStr
from sqlalchemy import update

from crawler.articles.known_texts import KnownTexts
from crawler.settings import CopySettings
from scheduler.runtime.hot_state import HotState, SharedHotState, open_hot_state
from scheduler.runtime.hot_state_sync import HotStateSync
from storage.crawl import sources
from storage.settings import StorageSettings
from storage.sql import schema
from storage.sql.database import Database
from tests.storage.hot.frontier.test_frontier import keys
from tests.storage.world import NOON, a_page, a_source, an_article

DAY = timedelta(days=1)


@pytest.fixture
async def hot(redis_url: str) -> AsyncIterator[HotState]:
    storage = StorageSettings(database=SecretStr("postgresql://x"), redis=SecretStr(redis_url))
    hot = open_hot_state(storage, CopySettings())
    yield hot
    await hot.close()


@pytest.fixture
def shared(hot: HotState) -> SharedHotState:
    assert hot.shared is not None
    return hot.shared


@pytest.fixture
def filling(db: Database, hot: HotState) -> HotStateSync:
    texts = KnownTexts(
        db,
        CopySettings(),
        file=None,
        clock=lambda: NOON + DAY,
        index=hot.fingerprints,
        shared=True,
    )
    return HotStateSync(db, hot, texts, lambda: NOON + DAY, lambda: None)


async def keep(filling: HotStateSync, name: str = "hot_state") -> None:
    [job] = [job for job in filling.jobs() if job.name == name]
    await job.action()


async def test_an_empty_redis_is_filled_with_what_is_due_and_known(
    db: Database, hot: HotState, shared: SharedHotState, filling: HotStateSync
) -> None:
    with db.begin() as conn:
        source = a_source(conn)
        waiting = a_page(conn, source, "waiting")
        known = an_article(conn, a_page(conn, source, "known"))
        paused = a_source(conn, "paused.example")
        a_page(conn, paused, "left-alone")
        sources.pause(conn, paused.id)
    assert len(await hot.unready_reasons()) == 2
    await keep(filling)
    assert await hot.unready_reasons() == []
    claimed = await shared.frontier.claim(NOON + DAY, 99)
    assert keys(claimed)[0] in (f"source:{source.id}", f"page:{waiting.id}")
    assert await shared.frontier.size() == 2
    assert await shared.fingerprints.missing([known.id]) == []
    await shared.connection.command("FLUSHALL")
    await keep(filling)
    assert await shared.frontier.size() == 2
    assert await shared.fingerprints.size() == 1


async def test_sources_that_an_operator_changed_are_taken_up(
    db: Database, shared: SharedHotState, filling: HotStateSync
) -> None:
    await keep(filling)
    with db.begin() as conn:
        source = a_source(conn)
    await filling.follow_sources()
    assert await shared.frontier.size() == 1
    with db.begin() as conn:
        sources.pause(conn, source.id)
    await filling.follow_sources()
    assert await shared.frontier.size() == 0


async def test_what_was_lost_on_the_way_to_redis_is_swept_up(
    db: Database, shared: SharedHotState, filling: HotStateSync
) -> None:
    await keep(filling)
    with db.begin() as conn:
        source = a_source(conn)
        late, soon = a_page(conn, source, "late"), a_page(conn, source, "soon")
        now = NOON + DAY
        article = an_article(conn, a_page(conn, source, "stored"))
        due = schema.pages.c
        conn.execute(update(schema.pages).where(due.id == late.id).values(due_at=NOON))
        conn.execute(update(schema.pages).where(due.id == soon.id).values(due_at=now))
        conn.execute(update(schema.articles).values(first_seen=now))
    await keep(filling, "sweep")
    names = keys(await shared.frontier.claim(now, 9))
    assert names
    assert await shared.frontier.size() == 2  # the source, and the page that was due long ago
    assert await shared.fingerprints.missing([article.id]) == []


async def test_a_redis_that_is_away_is_tried_again(db: Database) -> None:
    storage = StorageSettings(
        database=SecretStr("postgresql://x"), redis=SecretStr("redis://127.0.0.1:1")
    )
    hot = open_hot_state(storage, CopySettings())
    texts = KnownTexts(db, CopySettings(), file=None, clock=lambda: NOON, shared=True)
    filling = HotStateSync(db, hot, texts, lambda: NOON, lambda: None)
    await keep(filling)
    await keep(filling, "sweep")
    await filling.follow_sources()
    [reason] = await hot.unready_reasons()
    assert "Redis said" in reason
    await hot.close()


def test_one_process_alone_needs_none_of_it(db: Database) -> None:
    hot = open_hot_state(StorageSettings(), CopySettings())
    texts = KnownTexts(db, CopySettings(), file=None, clock=lambda: NOON)
    assert list(HotStateSync(db, hot, texts, lambda: NOON, lambda: None).jobs()) == []
