"""When failing is worth telling: once, by a source's rhythm, and never for our own network."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import structlog

from crawler.listings.failing_sources import NetworkChange, NetworkSense, fails_for_long
from storage.crawl import sources
from storage.models.problems import Problem
from storage.models.sources import Source, SourceHealth, SourceSchedule, SourceState
from tests.crawler.world import opened

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
SOURCE = Source(
    id=1,
    url="https://a.example/feed",
    title="",
    site_url="",
    state=SourceState.ACTIVE,
    alert_backlog=False,
    added_at=NOW - timedelta(days=9),
    health=SourceHealth(primed_at=None),
    schedule=SourceSchedule(next_fetch_at=NOW, next_reason=""),
)


@pytest.mark.parametrize(
    ("failures", "hours", "rate", "tells"),
    [(2, 25, 0.1, True), (1, 25, 0.1, False), (9, 23, 0.1, False), (9, 13, 2.0, True)],
)
def test_a_source_fails_for_long_by_its_own_rhythm(
    failures: int, hours: int, rate: float, tells: bool
) -> None:
    last = NOW - timedelta(hours=hours)
    source = replace(
        SOURCE,
        health=replace(SOURCE.health, failures=failures, last_success_at=last),
        schedule=replace(SOURCE.schedule, article_rate=rate),
    )
    assert fails_for_long(source, NOW) is tells


def test_nearly_all_sources_out_of_reach_are_one_piece_of_news() -> None:
    network = NetworkSense()
    told = [network.visited(n, Problem.DNS_FAILURE, NOW) for n in range(9)]
    assert [news for news in told if news] == [NetworkChange.NETWORK_DOWN]
    back = [network.visited(n, None, NOW + timedelta(minutes=1)) for n in range(9)]
    assert [news for news in back if news] == [NetworkChange.NETWORK_BACK]


def test_sites_that_refuse_are_not_our_network() -> None:
    network = NetworkSense()
    assert not any(network.visited(n, Problem.FORBIDDEN, NOW) for n in range(9))


def test_a_few_sources_say_nothing_of_the_network() -> None:
    network = NetworkSense()
    assert not any(network.visited(n, Problem.TIMEOUT, NOW) for n in range(4))


async def test_a_long_failure_and_its_end_are_told_once_each(tmp_path: Path) -> None:
    async with opened(tmp_path / "w.db") as world:
        with structlog.testing.capture_logs() as logs:
            source = world.source()
            await world.listing(source, "a")
            for _ in range(6):
                world.now += timedelta(hours=12)
                key = f"source:{source.id}"
                await world.answer(key, source.url, status=503, problem=Problem.SERVER_ERROR)
            with world.db.connect() as conn:
                assert sources.get(
                    conn, source.id
                ).health.failing_reported_at == world.now - timedelta(hours=36)
            await world.listing(source, "b")
            await world.listing(source, "c")
        with world.db.connect() as conn:
            assert sources.get(conn, source.id).health.failing_reported_at is None
    told = [log["event"] for log in logs if log["event"] in ("source_failing", "source_recovered")]
    assert told == ["source_failing", "source_recovered"]
