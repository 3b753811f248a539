"""When to come back to a source or a page, and why then: pure policy."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from pydantic import BaseModel, ConfigDict, Field

from storage.models import Page, Problem, Source

_HALF_LIFE_HOURS = 6 * 24.0
_PRIOR_ARTICLES, _PRIOR_HOURS = 1.0, 6.0  # of a source that we know nothing of: 4 articles a day

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
    }
)


class RecrawlSettings(BaseModel):
    """[recrawl]: how often sources and pages are visited."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    min_minutes: float = Field(default=5.0, gt=0, description="Least gap between two polls.")
    max_hours: float = Field(default=24.0, gt=0, description="Longest gap between two polls.")
    price_article_minutes: float = Field(
        default=20.0,
        gt=0,
        description="A source is polled when its unseen articles have waited this long together.",
    )
    revisit_minutes: tuple[float, ...] = Field(
        default=(30, 120, 480, 1440),
        description="Ages at which an article is fetched again, to see it corrected or removed.",
    )
    page_tries: int = Field(default=5, ge=1, description="Tries before a page is given up.")


@dataclass(frozen=True, slots=True)
class Plan:
    """When to come back, the reason for operators, and the source's rate in articles an hour."""

    at: datetime
    reason: str
    rate: float


def first_rate(published: Sequence[datetime], now: datetime) -> float:
    """Guess a source's rate (articles an hour) from the dates in its first listing."""
    dated = [moment for moment in published if moment <= now]
    if not dated:
        return _PRIOR_ARTICLES / _PRIOR_HOURS
    hours = (now - min(dated)).total_seconds() / 3600
    return (len(dated) + _PRIOR_ARTICLES) / (hours + _PRIOR_HOURS)


def next_rate(rate: float, new: int, hours: float) -> float:
    """Update a rate with `new` articles in `hours`; what is six days old counts half."""
    if hours <= 0:
        return rate
    kept: float = 0.5 ** (hours / _HALF_LIFE_HOURS)
    # Both sides as decayed sums over a steady past of that rate: exact for constant rates, and
    # never zero, so that a source that fell silent is still looked at.
    past_hours = _HALF_LIFE_HOURS / math.log(2)
    return (rate * past_hours * kept + new) / (past_hours * kept + hours)


def plan_source(
    *,
    rate: float,
    ttl_minutes: int | None,
    now: datetime,
    settings: RecrawlSettings,
) -> Plan:
    """Come back when the articles expected since now have waited `price_article_minutes` together.

    With a constant rate l an hour the waiting after t hours is l·t²/2, hence t = sqrt(2·price/l):
    busy sources are polled more often, but less than in proportion, which is what minimises the
    mean delay under a budget of requests (Sia, Cho and Cho: Efficient Monitoring Algorithm for
    Fast News Alerts).
    """
    hours = math.sqrt(2 * (settings.price_article_minutes / 60) / max(rate, 1e-9))
    reason = f"about {rate * 24:.1f} articles a day"
    if ttl_minutes is not None and ttl_minutes / 60 > hours:
        hours, reason = ttl_minutes / 60, f"the feed asks for {ttl_minutes} minutes (ttl)"
    least, most = settings.min_minutes / 60, settings.max_hours
    if hours < least:
        hours, reason = least, f"{reason}; the least gap allowed"
    if hours > most:
        hours, reason = most, f"{reason}; the longest gap allowed"
    return Plan(now + timedelta(hours=hours), reason, rate)


def plan_failure(
    source: Source,
    *,
    problem: Problem,
    retry_after: datetime | None,
    now: datetime,
    settings: RecrawlSettings,
    rng: random.Random,
) -> Plan:
    """Slow down with each failure in a row, with jitter, but never stop for good."""
    minutes = settings.min_minutes * 2 ** min(source.failures, 20)
    minutes = min(minutes, settings.max_hours * 60) * rng.uniform(0.8, 1.2)
    at = now + timedelta(minutes=minutes)
    reason = f"{problem.value}, {source.failures + 1} in a row"
    if retry_after is not None and retry_after > at:
        return Plan(retry_after, f"{reason}; the host asked us to wait", source.article_rate)
    return Plan(at, reason, source.article_rate)


def retry_page(
    page: Page,
    *,
    problem: Problem,
    retry_after: datetime | None,
    now: datetime,
    settings: RecrawlSettings,
    rng: random.Random,
) -> datetime | None:
    """Give the time of the next try at a page; None when the answer will not change.

    A page that was read and is not found is looked for once more before it counts as removed.
    """
    if problem in _NOT_THERE and _was_read(page):
        return now + timedelta(minutes=settings.min_minutes * rng.uniform(0.8, 1.2))
    tries = min(settings.page_tries, _WALL_TRIES.get(problem, settings.page_tries))
    if problem in _FOR_GOOD or page.attempts + 1 >= tries:
        return None
    first = _DAY if problem in _WALL_TRIES else settings.min_minutes
    minutes = first * 2**page.attempts * rng.uniform(0.8, 1.2)
    at = now + timedelta(minutes=minutes)
    return at if retry_after is None else max(at, retry_after)


def _was_read(page: Page) -> bool:
    """Whether the last visit to a page brought an article, or said that it had not changed."""
    return page.last_fetch_at is not None and page.problem is None


def revisit_page(page: Page, *, now: datetime, settings: RecrawlSettings) -> datetime | None:
    """Give the time at which a young article is fetched again; None when it is old enough."""
    for minutes in settings.revisit_minutes:
        at = page.found_at + timedelta(minutes=minutes)
        if at > now:
            return at
    return None
