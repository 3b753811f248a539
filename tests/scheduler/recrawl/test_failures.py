"""When to try again what failed: slower and slower, but never not at all."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import timedelta

import pytest

from scheduler.recrawl.failures import plan_failure, retry_page
from storage.models.problems import Problem
from tests.scheduler.recrawl.records import NOON, SETTINGS, a_page, a_source


def _failure_gap(failures: int) -> timedelta:
    plan = plan_failure(
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
    plan = plan_failure(
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
    plan = retry_page(
        a_page(attempts),
        problem=problem,
        retry_after=None,
        now=NOON,
        settings=SETTINGS,
        rng=random.Random(1),
    )
    assert (plan is not None) is again


def test_the_next_try_at_a_page_says_which_one_it_is() -> None:
    wish = NOON + timedelta(hours=7)
    plan = retry_page(
        a_page(1),
        problem=Problem.RATE_LIMITED,
        retry_after=wish,
        now=NOON,
        settings=SETTINGS,
        rng=random.Random(1),
    )
    assert plan is not None
    assert plan.at == wish
    assert plan.reason == "rate_limited, try 2 of 5; the host asked us to wait"


def test_a_page_that_was_read_is_looked_for_once_more_before_it_is_given_up() -> None:
    read = replace(a_page(), last_fetch_at=NOON)
    seen_gone = replace(read, problem=Problem.NOT_FOUND)
    tries = [
        retry_page(
            page,
            problem=Problem.NOT_FOUND,
            retry_after=None,
            now=NOON,
            settings=SETTINGS,
            rng=random.Random(1),
        )
        for page in (read, seen_gone)
    ]
    assert [plan is not None for plan in tries] == [True, False]
