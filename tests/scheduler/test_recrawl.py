"""When to come back: the policy's laws, and the sentences that operators read."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler import recrawl
from scheduler.recrawl import RecrawlSettings
from storage.models import Page, PageState, Problem, Source, SourceState

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
SETTINGS = RecrawlSettings()
RATES = st.floats(0, 1000)


def a_source(failures: int = 0) -> Source:
    return Source(
        id=1,
        url="https://h.example/feed",
        title="H",
        site_url="https://h.example/",
        state=SourceState.ACTIVE,
        alert_backlog=False,
        added_at=NOON,
        primed_at=None,
        next_fetch_at=NOON,
        next_reason="",
        failures=failures,
    )


def a_page(attempts: int = 0) -> Page:
    return Page(
        id=1,
        url="https://h.example/a",
        source_id=1,
        state=PageState.DUE,
        found_at=NOON,
        found_how="feed",
        backlog=False,
        due_at=NOON,
        attempts=attempts,
    )


def gap(rate: float, ttl: int | None = None) -> timedelta:
    return recrawl.plan_source(rate=rate, ttl_minutes=ttl, now=NOON, settings=SETTINGS).at - NOON


@given(RATES)
def test_a_poll_is_never_sooner_or_later_than_allowed(rate: float) -> None:
    assert timedelta(minutes=5) <= gap(rate) <= timedelta(hours=24)


@given(RATES, RATES)
def test_a_busier_source_is_never_polled_less(one: float, other: float) -> None:
    assert gap(max(one, other)) <= gap(min(one, other))


def test_four_times_the_articles_are_worth_twice_the_polls() -> None:
    assert gap(0.5) / gap(2.0) == pytest.approx(2.0)


def test_a_feed_that_asks_for_patience_gets_it_and_the_reason_is_shown() -> None:
    plan = recrawl.plan_source(rate=10, ttl_minutes=180, now=NOON, settings=SETTINGS)
    assert plan.at == NOON + timedelta(hours=3)
    assert "ttl" in plan.reason


@given(RATES, st.integers(0, 50), st.floats(0.01, 500))
def test_a_rate_moves_towards_what_was_seen_and_stays_positive(
    rate: float, new: int, hours: float
) -> None:
    seen = new / hours
    moved = recrawl.next_rate(rate, new, hours)
    assert moved >= 0
    assert moved <= max(rate, seen) * 1.001 + 1e-9


def test_a_steady_source_keeps_its_rate() -> None:
    rate = 2.0
    for _ in range(200):
        rate = recrawl.next_rate(rate, 2, 1.0)
    assert rate == pytest.approx(2.0, rel=0.01)


def test_the_first_listing_tells_the_rate() -> None:
    hourly = [NOON - timedelta(hours=h) for h in range(48)]
    assert recrawl.first_rate(hourly, NOON) == pytest.approx(0.92, abs=0.05)
    assert 0 < recrawl.first_rate([], NOON) < 1
    future = [NOON + timedelta(days=400)]
    assert recrawl.first_rate(future, NOON) == recrawl.first_rate([], NOON)


def _failure_gap(failures: int) -> timedelta:
    plan = recrawl.plan_failure(
        a_source(failures),
        problem=Problem.TIMEOUT,
        retry_after=None,
        now=NOON,
        settings=SETTINGS,
        rng=random.Random(1),
    )
    return plan.at - NOON


def test_a_failing_source_slows_down_but_never_stops() -> None:
    gaps = [_failure_gap(failures) for failures in range(30)]
    assert gaps == sorted(gaps)
    assert gaps[0] < timedelta(minutes=7)
    assert gaps[-1] <= timedelta(hours=24 * 1.2)


def test_a_host_that_names_a_time_is_obeyed() -> None:
    wish = NOON + timedelta(hours=7)
    plan = recrawl.plan_failure(
        a_source(),
        problem=Problem.RATE_LIMITED,
        retry_after=wish,
        now=NOON,
        settings=SETTINGS,
        rng=random.Random(1),
    )
    assert plan.at == wish
    assert plan.reason == "rate_limited, 1 in a row; the host asked us to wait"


@pytest.mark.parametrize(
    ("problem", "attempts", "again"),
    [
        (Problem.TIMEOUT, 0, True),
        (Problem.SERVER_ERROR, 3, True),
        (Problem.TIMEOUT, 4, False),
        (Problem.NOT_FOUND, 0, False),
        (Problem.NOT_AN_ARTICLE, 0, False),
        (Problem.SOFT_404, 0, False),
        (Problem.LOGIN_WALL, 0, False),
        (Problem.PARKED, 0, False),
        (Problem.PAYWALL, 0, True),
        (Problem.PAYWALL, 1, False),
        (Problem.BOT_WALL, 1, True),
        (Problem.CONSENT_WALL, 2, False),
        (Problem.ROBOTS_UNREACHABLE, 0, True),
        (Problem.PARSE_CRASHED, 0, True),
    ],
)
def test_a_page_is_tried_again_only_when_the_answer_may_change(
    problem: Problem, attempts: int, again: bool
) -> None:
    at = recrawl.retry_page(
        a_page(attempts),
        problem=problem,
        retry_after=None,
        now=NOON,
        settings=SETTINGS,
        rng=random.Random(1),
    )
    assert (at is not None) is again


def test_a_page_that_was_read_is_looked_for_once_more_before_it_is_given_up() -> None:
    read = replace(a_page(), last_fetch_at=NOON)
    seen_gone = replace(read, problem=Problem.NOT_FOUND)
    tries = [
        recrawl.retry_page(
            page,
            problem=Problem.NOT_FOUND,
            retry_after=None,
            now=NOON,
            settings=SETTINGS,
            rng=random.Random(1),
        )
        for page in (read, seen_gone)
    ]
    assert [at is not None for at in tries] == [True, False]


def test_a_young_article_is_looked_at_again_at_each_age_and_then_left_alone() -> None:
    now, visits = NOON, []
    while (at := recrawl.revisit_page(a_page(), now=now, settings=SETTINGS)) is not None:
        visits.append((at - NOON).total_seconds() / 60)
        now = at
    assert visits == [30, 120, 480, 1440]
