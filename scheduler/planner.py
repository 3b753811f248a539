"""The recrawl policy in the form in which the crawl asks for it."""

from __future__ import annotations

import random
from datetime import datetime

from crawler.planning import Return
from scheduler import recrawl
from scheduler.recrawl import Plan, RecrawlSettings
from storage.models import Listing, Page, Problem, Source


class RecrawlPlanner:
    """Answers crawler.planning.Planner with scheduler.recrawl."""

    def __init__(self, settings: RecrawlSettings, rng: random.Random) -> None:
        self._settings = settings
        self._rng = rng

    def after_listing(
        self, source: Source, *, listing: Listing | None, new: int, now: datetime
    ) -> Return:
        """Plan the next visit to a source that answered; listing None when it had not changed."""
        plan = recrawl.plan_source(
            rate=self._rate(source, listing, new, now),
            ttl_minutes=listing.ttl_minutes if listing else None,
            now=now,
            settings=self._settings,
        )
        return _as_return(plan)

    def after_failure(
        self, source: Source, *, problem: Problem, retry_after: datetime | None, now: datetime
    ) -> Return:
        """Plan the next visit to a source that gave no listing."""
        plan = recrawl.plan_failure(
            source,
            problem=problem,
            retry_after=retry_after,
            now=now,
            settings=self._settings,
            rng=self._rng,
        )
        return _as_return(plan)

    def retry(
        self, page: Page, *, problem: Problem, retry_after: datetime | None, now: datetime
    ) -> datetime | None:
        """Plan the next try at a page; None to give it up."""
        return recrawl.retry_page(
            page,
            problem=problem,
            retry_after=retry_after,
            now=now,
            settings=self._settings,
            rng=self._rng,
        )

    def revisit(self, page: Page, *, now: datetime) -> datetime | None:
        """Plan another look at a page that was read; None when it is old enough."""
        return recrawl.revisit_page(page, now=now, settings=self._settings)

    def _rate(self, source: Source, listing: Listing | None, new: int, now: datetime) -> float:
        if source.rate_at is None:
            items = listing.items if listing else ()
            return recrawl.first_rate([i.published for i in items if i.published], now)
        hours = (now - source.rate_at).total_seconds() / 3600
        return recrawl.next_rate(source.article_rate, new, hours)


def _as_return(plan: Plan) -> Return:
    return Return(plan.at, plan.reason, plan.rate)
