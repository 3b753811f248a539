"""How long articles took from stage to stage, and what is left out of that."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection, update

from storage.delivery import alerts
from storage.models.articles import Article
from storage.models.sources import Source
from storage.reports import latency
from storage.reports.latency import ArticleTimes, Stage, StageLatency
from storage.sql import schema
from storage.stories import articles
from tests.storage.world import (
    MATCHED,
    NOON,
    a_page,
    a_source,
    a_topic,
    after,
    an_article,
    extracted,
)

pytestmark = pytest.mark.both_engines

MINUTE = timedelta(minutes=1)


def article(
    conn: Connection,
    source: Source,
    name: str,
    *,
    published: float | datetime | None = -10,
    fetched: float = 1,
    flag: str = "",
    backlog: bool = False,
) -> Article:
    """Store an article first seen at noon; times in minutes after that."""
    made = an_article(conn, a_page(conn, source, name, backlog=backlog))
    when = after(published) if isinstance(published, int | float) else published
    conn.execute(
        update(schema.articles)
        .where(schema.articles.c.id == made.id)
        .values(published=when, published_flag=flag, fetched_at=after(fetched))
    )
    return articles.get(conn, made.id)


def alerted(conn: Connection, of: Article, at: float, delivered: float | None) -> None:
    topic = a_topic(conn, f"topic {at}")
    alert = alerts.create(
        conn,
        topic_id=topic.id,
        story_id=of.story_id,
        article_id=of.id,
        matched=MATCHED,
        now=after(at),
    )
    assert alert is not None
    conn.execute(
        schema.outbox.insert().values(
            uid=alert.uid,
            alert_id=alert.id,
            recipient_id=topic.recipients[0].id,
            channel="email",
            address="a@example.org",
            payload=b"",
            state="delivered",
            created_at=after(at),
            next_attempt_at=after(at),
            delivered_at=None if delivered is None else after(delivered),
        )
    )


def test_each_stage_is_measured_from_the_end_of_the_one_before(conn: Connection) -> None:
    made = article(conn, a_source(conn), "ferry")
    alerted(conn, made, 3, 7)
    total = latency.report(conn, NOON).total
    assert {stage: lag.p50 for stage, lag in total.stages.items()} == {
        Stage.SEEN: 10 * MINUTE,
        Stage.FETCHED: 1 * MINUTE,
        Stage.ALERTED: 2 * MINUTE,
        Stage.DELIVERED: 4 * MINUTE,
    }
    assert (total.articles, total.undated) == (1, 0)


def test_of_several_alerts_the_first_one_counts_and_its_first_delivery(conn: Connection) -> None:
    made = article(conn, a_source(conn), "ferry")
    alerted(conn, made, 9, 10)
    alerted(conn, made, 3, None)
    times = latency.of_articles(conn, [made.id])[made.id]
    assert (times.alerted, times.delivered) == (after(3), None)
    assert times.lag(Stage.DELIVERED) is None


def test_dates_that_can_not_be_trusted_are_counted_and_not_measured(conn: Connection) -> None:
    source = a_source(conn)
    article(conn, source, "none", published=None)
    article(conn, source, "future", published=5)
    article(conn, source, "flagged", flag="today's header")
    article(conn, source, "a day only", published=NOON.replace(hour=0))
    total = latency.report(conn, NOON).total
    assert (total.articles, total.undated) == (4, 4)
    assert total.stages[Stage.SEEN] == StageLatency()
    assert total.stages[Stage.FETCHED].n == 4


def test_backlog_and_what_was_seen_before_are_left_out(conn: Connection) -> None:
    source = a_source(conn)
    article(conn, source, "old", backlog=True)
    assert latency.report(conn, NOON).total.articles == 0
    article(conn, source, "new")
    assert latency.report(conn, NOON).total.articles == 1
    assert latency.report(conn, after(1)).total.articles == 0


def test_a_revision_does_not_make_the_first_fetch_later(conn: Connection) -> None:
    made = article(conn, a_source(conn), "ferry", fetched=1)
    [page] = [a_page(conn, a_source(conn, "other.example"))]
    articles.revise(conn, made, replace(extracted(page), text="It floats."), after(500))
    assert latency.of_articles(conn, [made.id])[made.id].fetched == after(1)


def test_sources_have_lags_of_their_own_those_with_most_articles_first(conn: Connection) -> None:
    slow, fast = a_source(conn, "slow.example"), a_source(conn, "fast.example")
    article(conn, slow, "a", published=-60)
    for name in "bc":
        article(conn, fast, name, published=-1)
    found = latency.report(conn, NOON)
    told = [(of.source_id, of.title, of.stages[Stage.SEEN].p50) for of in found.sources]
    assert told == [
        (fast.id, "fast.example", MINUTE),
        (slow.id, "slow.example", 60 * MINUTE),
    ]
    assert found.total.stages[Stage.SEEN].n == 3


def test_of_more_articles_than_are_looked_at_the_report_says_so(conn: Connection) -> None:
    source = a_source(conn)
    for name in "abc":
        article(conn, source, name)
    assert latency.report(conn, NOON, most=2).cut
    assert latency.report(conn, NOON, most=2).total.articles == 2
    assert not latency.report(conn, NOON, most=3).cut


@given(st.lists(st.integers(0, 10_000), min_size=1, max_size=300))
def test_percentiles_are_the_least_lags_that_enough_articles_kept(minutes: list[int]) -> None:
    times = [ArticleTimes(after(-lag), NOON, NOON) for lag in minutes]
    lag = latency.summed(None, "", times).stages[Stage.SEEN]
    for part, found in ((0.5, lag.p50), (0.95, lag.p95), (0.99, lag.p99)):
        assert found is not None
        needed = math.ceil(part * len(minutes))
        assert sum(each * MINUTE <= found for each in minutes) >= needed
        assert sum(each * MINUTE < found for each in minutes) < needed


@pytest.mark.sqlite_alone
def test_the_articles_of_a_period_are_found_by_an_index(conn: Connection) -> None:
    plan = conn.exec_driver_sql(
        "EXPLAIN QUERY PLAN SELECT id FROM articles WHERE first_seen >= '2026' AND backlog IS 0 "
        "ORDER BY first_seen DESC LIMIT 10"
    ).all()
    assert "ix_articles_first_seen" in str(plan)
