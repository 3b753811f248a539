"""Counts and rows for operators, from a small known history."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Connection

from storage.crawl import fetches, pages
from storage.delivery import alerts
from storage.models.fetches import Fetch
from storage.models.pages import PageState
from storage.models.problems import Problem
from storage.process import jobs
from storage.reports import statistics
from storage.stories import stories
from storage.topics import matches
from tests.storage.world import (
    MATCHED,
    NOON,
    a_page,
    a_source,
    a_topic,
    a_verdict,
    after,
    an_article,
)

pytestmark = pytest.mark.both_engines


def a_fetch(source_id: int, outcome: str) -> Fetch:
    return Fetch("https://h.example/", "h.example", source_id, None, NOON, 0.1, 200, 9, outcome)


def a_history(conn: Connection) -> None:
    source, topic = a_source(conn), a_topic(conn)
    root = an_article(conn, a_page(conn, source, "a"))
    copy = an_article(conn, a_page(conn, source, "b"), root.story_id)
    stories.add_copy(conn, copy.id, a_verdict(root.id), NOON)
    lost = a_page(conn, source, "lost")
    pages.settle(
        conn,
        lost.id,
        state=PageState.REFUSED,
        now=NOON,
        http_status=404,
        problem=Problem.NOT_FOUND,
    )
    a_page(conn, source, "waiting")
    fetches.add(conn, [a_fetch(source.id, o) for o in ("ok", "ok", "not_modified", "not_found")])
    told: dict[str, Any] = {"topic_id": topic.id, "story_id": root.story_id, "article_id": root.id}
    matches.record(conn, **told, matched=MATCHED, now=NOON, held_by=None)
    alerts.create(conn, **told, matched=MATCHED, now=NOON)


def test_the_funnel_adds_up_from_request_to_alert(conn: Connection) -> None:
    a_history(conn)
    funnel = statistics.funnel(conn, since=NOON)
    assert (funnel.requests, funnel.not_modified, funnel.failed_requests) == (4, 1, 1)
    assert funnel.fetched == funnel.new + sum(funnel.refused.values()) == 3
    assert funnel.refused == {"not_found": 1}
    assert funnel.new == funnel.unique + funnel.copies == 2
    assert (funnel.matched, funnel.alerted, funnel.held) == (1, 1, 0)


def test_what_was_before_the_window_is_not_counted(conn: Connection) -> None:
    a_history(conn)
    funnel = statistics.funnel(conn, since=after(1))
    assert (funnel.requests, funnel.new, funnel.matched, funnel.refused) == (0, 0, 0, {})


def test_the_overview_names_sources_stories_alerts_and_problems(conn: Connection) -> None:
    a_history(conn)
    overview = statistics.overview(conn, now=after(1), since=NOON)
    [source] = overview.sources
    assert (source.word, source.articles, source.copies, source.waiting) == ("new", 2, 1, 1)
    [story] = overview.stories
    assert [m.article.url for m in story.copies] == ["https://harbor-herald.example/b"]
    assert [row.topic for row in overview.alerts] == ["ferries"]
    assert overview.problems == {"not_found": 1}
    assert overview.waiting_pages == 1


def test_a_job_that_failed_says_so_until_it_succeeds(conn: Connection) -> None:
    jobs.started(conn, "expire", NOON)
    jobs.finished(conn, "expire", NOON, "disk full")
    assert [(run.error, run.succeeded_at) for run in jobs.list_all(conn)] == [("disk full", None)]
    jobs.started(conn, "expire", after(1))
    jobs.finished(conn, "expire", after(1))
    assert [(r.error, r.succeeded_at, r.runs) for r in jobs.list_all(conn)] == [("", after(1), 2)]
