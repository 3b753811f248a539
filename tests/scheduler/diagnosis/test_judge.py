"""When an installation is well, degraded or down."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from scheduler.diagnosis.judge import (
    DaemonFacts,
    Facts,
    FindingCode,
    InstallationHealth,
    Verdict,
    health,
)
from storage.models.deliveries import Endpoint
from storage.models.problems import Problem
from storage.models.sources import Source, SourceHealth, SourceSchedule, SourceState
from storage.process.jobs import JobRun
from storage.process.workers import Worker, WorkerOverview
from storage.reports.installation import InstallationFacts, MatchingCheck

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)


def source(**changes: object) -> Source:
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
    return replace(read, health=replace(read.health, **changes))  # type: ignore[arg-type]


@pytest.fixture
def living() -> InstallationFacts:
    return InstallationFacts(
        NOW,
        words={"healthy": 1},
        last_read=NOW,
        newest_success=NOW,
        jobs=(JobRun("heartbeat", NOW, NOW, NOW, "", 1),),
    )


def seen(stored: InstallationFacts, pid: int | None = 42) -> InstallationHealth:
    return health(Facts(stored=stored, daemon=DaemonFacts(pid)))


def test_a_daemon_with_healthy_sources_is_well(living: InstallationFacts) -> None:
    assert seen(living).verdict is Verdict.WELL


def test_without_data_or_daemon_it_is_down(living: InstallationFacts) -> None:
    assert health(Facts(has_data=False)).verdict is Verdict.DOWN
    assert seen(living, pid=None).verdict is Verdict.DOWN


def test_a_daemon_that_has_nothing_to_read_yet_runs_and_needs_someone(
    living: InstallationFacts,
) -> None:
    found = seen(replace(living, words={}, last_read=None, newest_success=None))
    assert (found.verdict, found.findings[0].code) == (Verdict.DEGRADED, FindingCode.NO_SOURCES)


def test_a_source_that_was_added_just_now_has_time_to_be_read(living: InstallationFacts) -> None:
    added = replace(living, last_read=None)
    assert seen(added).verdict is Verdict.WELL
    assert [each.code for each in seen(added).findings] == [FindingCode.NEVER_READ]
    beat = JobRun("heartbeat", NOW, NOW, NOW, "", 1)
    later = NOW + timedelta(minutes=16)
    alive = replace(added, at=later, jobs=(replace(beat, started_at=later),))
    assert seen(alive).verdict is Verdict.DEGRADED


def test_no_sign_of_life_for_a_minute_degrades(living: InstallationFacts) -> None:
    late = replace(living, at=NOW + timedelta(seconds=61))
    assert seen(late).verdict is Verdict.DEGRADED


@pytest.mark.parametrize(
    ("problem", "failures", "verdict"),
    [
        (Problem.TIMEOUT, 1, Verdict.WELL),
        (Problem.TIMEOUT, 3, Verdict.DEGRADED),
        (Problem.GONE, 1, Verdict.DEGRADED),
    ],
)
def test_what_mends_by_itself_is_told_and_does_not_count(
    living: InstallationFacts, problem: Problem, failures: int, verdict: Verdict
) -> None:
    failing = source(problem=problem, failures=failures)
    found = seen(replace(living, sources=(source(), failing)))
    assert found.verdict is verdict
    assert len(found.findings) == 1


@pytest.mark.parametrize(
    ("failures", "seconds", "verdict"),
    [(1, 0, Verdict.WELL), (2, 6, Verdict.DEGRADED), (1, 31, Verdict.DEGRADED)],
)
def test_an_endpoint_that_fails_once_is_tried_again_before_it_needs_someone(
    living: InstallationFacts, failures: int, seconds: int, verdict: Verdict
) -> None:
    failing = Endpoint("https://x.example/", failures, NOW - timedelta(seconds=seconds))
    found = seen(replace(living, endpoints=(failing,)))
    assert (found.verdict, len(found.findings)) == (verdict, 1)


def test_a_topic_that_can_not_be_read_needs_someone(living: InstallationFacts) -> None:
    found = seen(replace(living, matching_check=MatchingCheck(unreadable=2)))
    assert found.verdict is Verdict.DEGRADED
    assert found.findings[0].subject == "2 topics that can't be read"
    assert found.findings[0].command == "wirewatch topic list --unreadable"


def test_what_the_index_missed_is_told_with_what_to_do(living: InstallationFacts) -> None:
    assert seen(replace(living, matching_check=MatchingCheck(checked=120))).findings == ()
    found = seen(replace(living, matching_check=MatchingCheck(checked=120, missed=1)))
    assert found.verdict is Verdict.WELL, "nobody can mend it but us"
    assert "missed 1 match in 120 articles" in found.findings[0].reason
    assert "matcher_missed" in found.findings[0].remedy


def test_the_verdicts_are_exit_statuses() -> None:
    assert [int(verdict) for verdict in Verdict] == [0, 1, 2]


def test_a_source_that_answers_but_says_nothing_for_long_is_named_and_not_grave(
    living: InstallationFacts,
) -> None:
    quiet = source(quiet="quiet for 3 days; 70 articles were expected")
    found = seen(replace(living, sources=(quiet,)))
    assert found.verdict is Verdict.WELL
    [finding] = found.findings
    assert finding.reason.startswith("It answers, but is quiet for 3 days")
    assert finding.command == "wirewatch source show 1"


def a_crew(*roles: str, problem: str = "") -> WorkerOverview:
    alive = tuple(Worker(f"{role}-1", role, "host", 1, "0.1", NOW, NOW, problem) for role in roles)
    return WorkerOverview(alive, (), "")


def test_processes_that_have_all_roles_between_them_are_well(living: InstallationFacts) -> None:
    crew = a_crew("crawler+web", "scheduler", "delivery")
    assert seen(replace(living, crew=crew)).verdict is Verdict.WELL
    assert seen(replace(living, crew=a_crew("all"))).verdict is Verdict.WELL


def test_a_role_that_nobody_has_is_named(living: InstallationFacts) -> None:
    found = seen(replace(living, crew=a_crew("crawler", "web")))
    assert found.verdict is Verdict.DEGRADED
    assert found.says == "no process has the role scheduler or delivery"


def test_a_process_that_waits_for_a_store_says_why(living: InstallationFacts) -> None:
    found = seen(replace(living, crew=a_crew("all", problem="Redis is full")))
    assert (found.verdict, "Redis is full" in found.says) == (Verdict.DEGRADED, True)


def test_when_nobody_works_it_is_down(living: InstallationFacts) -> None:
    assert seen(replace(living, crew=a_crew())).verdict is Verdict.DOWN
