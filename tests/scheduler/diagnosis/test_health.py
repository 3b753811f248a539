"""When an installation is well, degraded or down."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from scheduler.diagnosis.health import Verdict, judge
from storage.models.problems import Problem
from storage.models.sources import Source, SourceHealth, SourceSchedule, SourceState
from storage.process.jobs import JobRun
from storage.process.workers import Worker, WorkerOverview
from storage.reports import statistics
from storage.reports.statistics import MatchingCheck, Overview, SourceRow
from storage.sql.database import Database

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)


def source(**changes: object) -> SourceRow:
    read = Source(
        id=1,
        url="https://a.example/feed",
        title="A",
        site_url="https://a.example/",
        state=SourceState.ACTIVE,
        alert_backlog=False,
        added_at=NOW,
        health=SourceHealth(primed_at=NOW, last_success_at=NOW),
        schedule=SourceSchedule(next_fetch_at=NOW, next_reason=""),
    )
    word = "failing" if changes.get("problem") else "healthy"
    read = replace(read, health=replace(read.health, **changes))  # type: ignore[arg-type]
    return SourceRow(read, word, 0, 0, 0, 0, 0, 0)


@pytest.fixture
def empty(tmp_path: Path) -> Overview:
    db = Database.open(tmp_path / "x.db")
    with db.connect() as conn:
        seen = statistics.overview(conn, now=NOW, since=NOW - timedelta(days=1))
    db.close()
    return seen


@pytest.fixture
def living(empty: Overview) -> Overview:
    return replace(
        empty,
        sources=(source(),),
        last_read=NOW,
        jobs=(JobRun("heartbeat", NOW, NOW, NOW, "", 1),),
    )


def test_a_daemon_with_healthy_sources_is_well(living: Overview) -> None:
    assert judge(living, 42).verdict is Verdict.WELL


def test_without_data_or_daemon_or_success_it_is_down(living: Overview, empty: Overview) -> None:
    assert judge(None, None).verdict is Verdict.DOWN
    assert judge(living, None).verdict is Verdict.DOWN
    assert judge(empty, 42).verdict is Verdict.DOWN


def test_no_sign_of_life_for_a_minute_degrades(living: Overview) -> None:
    late = replace(living, at=NOW + timedelta(seconds=61))
    assert judge(late, 42).verdict is Verdict.DEGRADED


@pytest.mark.parametrize(
    ("problem", "failures", "verdict"),
    [
        (Problem.TIMEOUT, 1, Verdict.WELL),
        (Problem.TIMEOUT, 3, Verdict.DEGRADED),
        (Problem.GONE, 1, Verdict.DEGRADED),
    ],
)
def test_what_mends_by_itself_is_told_and_does_not_count(
    living: Overview, problem: Problem, failures: int, verdict: Verdict
) -> None:
    failing = source(problem=problem, failures=failures)
    health = judge(replace(living, sources=(source(), failing)), 42)
    assert health.verdict is verdict
    assert len(health.broken) == 1


def test_a_topic_that_can_not_be_read_needs_someone(living: Overview) -> None:
    health = judge(replace(living, matching_check=MatchingCheck(unreadable=2)), 42)
    assert health.verdict is Verdict.DEGRADED
    assert health.broken[0].what == "2 topics that can't be read"
    assert health.broken[0].command == "wirewatch topic list --unreadable"


def test_what_the_index_missed_is_told_with_what_to_do(living: Overview) -> None:
    assert judge(replace(living, matching_check=MatchingCheck(checked=120)), 42).broken == ()
    health = judge(replace(living, matching_check=MatchingCheck(checked=120, missed=1)), 42)
    assert health.verdict is Verdict.WELL, "nobody can mend it but us"
    assert "missed 1 match in 120 articles" in health.broken[0].why
    assert "matcher_missed" in health.broken[0].action


def test_the_verdicts_are_exit_statuses() -> None:
    assert [int(verdict) for verdict in Verdict] == [0, 1, 2]


def test_a_source_that_answers_but_says_nothing_for_long_is_named_and_not_grave(
    living: Overview,
) -> None:
    quiet = source(quiet="quiet for 3 days; 70 articles were expected")
    health = judge(replace(living, sources=(quiet,)), 42)
    assert health.verdict is Verdict.WELL
    [broken] = health.broken
    assert broken.why.startswith("It answers, but is quiet for 3 days")
    assert broken.command == "wirewatch source show 1"


def a_crew(*roles: str, problem: str = "") -> WorkerOverview:
    alive = tuple(Worker(f"{role}-1", role, "host", 1, "0.1", NOW, NOW, problem) for role in roles)
    return WorkerOverview(alive, (), "")


def test_processes_that_have_all_roles_between_them_are_well(living: Overview) -> None:
    crew = a_crew("crawler+web", "scheduler", "delivery")
    assert judge(living, None, crew).verdict is Verdict.WELL
    assert judge(living, None, a_crew("all")).verdict is Verdict.WELL


def test_a_role_that_nobody_has_is_named(living: Overview) -> None:
    found = judge(living, None, a_crew("crawler", "web"))
    assert found.verdict is Verdict.DEGRADED
    assert found.says == "no process has the role scheduler or delivery"


def test_a_process_that_waits_for_a_store_says_why(living: Overview) -> None:
    found = judge(living, None, a_crew("all", problem="Redis is full"))
    assert (found.verdict, "Redis is full" in found.says) == (Verdict.DEGRADED, True)


def test_when_nobody_works_it_is_down(living: Overview) -> None:
    assert judge(living, None, a_crew()).verdict is Verdict.DOWN
