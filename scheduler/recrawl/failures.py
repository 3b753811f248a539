"""When to try again what failed: exponential back-off with jitter, and no end for a source; pure."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

from crawler.visits.records import NextVisit
from scheduler.config.settings import RecrawlSettings
from storage.models.pages import Page
from storage.models.problems import Problem
from storage.models.sources import Source

_NOT_THERE = frozenset({Problem.NOT_FOUND, Problem.SOFT_404})
_DAY = 24 * 60  # minutes
_WALL_TRIES = {  # tries in all at a page behind a wall, a day apart and more: it may open
    Problem.BOT_WALL: 3,
    Problem.CONSENT_WALL: 3,
    Problem.PAYWALL: 2,
}

_FOR_GOOD = frozenset(
    {
        Problem.NOT_FOUND,
        Problem.SOFT_404,
        Problem.GONE,
        Problem.FORBIDDEN,
        Problem.CLIENT_ERROR,
        Problem.ROBOTS_DISALLOWED,
        Problem.BLOCKED_ADDRESS,
        Problem.BAD_URL,
        Problem.NOT_HTML,
        Problem.NOT_AN_ARTICLE,
        Problem.LOGIN_WALL,
        Problem.PARKED,
        Problem.TOO_DEEP,
        Problem.TOO_LARGE,
        Problem.REDIRECT_LOOP,
        Problem.SET_ASIDE,
    }
)


def plan_failure(
    source: Source,
    *,
    problem: Problem,
    retry_after: datetime | None,
    now: datetime,
    settings: RecrawlSettings,
    rng: random.Random,
) -> NextVisit:
    """Return the next visit after a failure: twice as late with each in a row, but never not at all."""
    minutes = settings.min_minutes * 2 ** min(source.health.failures, 20)
    minutes = min(minutes, settings.max_hours * 60) * rng.uniform(0.8, 1.2)
    at = now + timedelta(minutes=minutes)
    reason = f"{problem.value}, {source.health.failures + 1} in a row"
    if retry_after is not None and retry_after > at:
        return NextVisit(retry_after, f"{reason}; the host asked us to wait")
    return NextVisit(at, reason)


def retry_page(
    page: Page,
    *,
    problem: Problem,
    retry_after: datetime | None,
    now: datetime,
    settings: RecrawlSettings,
    rng: random.Random,
) -> NextVisit | None:
    """Return the next try at a page that failed; None when the answer will not change.

    A page that was read and is not found is looked for once more before it counts as removed.
    """
    if problem in _NOT_THERE and _was_read(page):
        at = now + timedelta(minutes=settings.min_minutes * rng.uniform(0.8, 1.2))
        return NextVisit(at, "not found, though it was read before: looked for once more")
    tries = min(settings.page_tries, _WALL_TRIES.get(problem, settings.page_tries))
    if problem in _FOR_GOOD or page.attempts + 1 >= tries:
        return None
    first = _DAY if problem in _WALL_TRIES else settings.min_minutes
    minutes = first * 2**page.attempts * rng.uniform(0.8, 1.2)
    at = now + timedelta(minutes=minutes)
    reason = f"{problem.value}, try {page.attempts + 1} of {tries}"
    if retry_after is not None and retry_after > at:
        return NextVisit(retry_after, f"{reason}; the host asked us to wait")
    return NextVisit(at, reason)


def _was_read(page: Page) -> bool:
    """Tell whether the last visit to a page brought an article, or that it had not changed."""
    return page.last_fetch_at is not None and page.problem is None
