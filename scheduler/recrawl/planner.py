"""The recrawl policy in the form in which the crawl asks for it."""

from __future__ import annotations

import random
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from crawler.urls.canonical import host_of
from crawler.visits.records import NextVisit, SourceVisit
from scheduler.config.settings import RecrawlSettings
from scheduler.recrawl.failures import plan_failure, retry_page
from scheduler.recrawl.plan import VisitTerms, plan_source
from scheduler.recrawl.request_price import PriceState, first_price, next_price
from scheduler.recrawl.revisits import RevisionCounts, revisit_page
from scheduler.recrawl.rhythm import FLAT, UsualShape, as_stored, mean_rate
from scheduler.recrawl.source_history import history_after
from storage.models.listings import Listing
from storage.models.pages import Page
from storage.models.problems import Problem
from storage.models.sources import Source

_NO_REVISIONS = RevisionCounts()
_HOST_SHARE = 0.5  # of the requests that a host's gap allows: the others are for its pages


@dataclass(frozen=True, slots=True)
class PlannerState:
    """What plans rest on besides the source in hand: the price of a request, and what all teach.

    `usual` is the shape of day and week over all sources, `revisions` how often the articles of
    each source change, `pushed` are the sources whose hubs are relied on. `share` is the part of
    the budget that is this process's own, where others crawl too.
    """

    price: PriceState
    usual: UsualShape = FLAT
    revisions: Mapping[int, RevisionCounts] = field(default_factory=dict)
    pushed: Collection[int] = ()
    share: float = 1.0


class RecrawlPlanner:
    """Answers crawler.visits.deps.Planner with scheduler.recrawl.

    Counts the requests that it plans for, until `steer` holds them against the budget. `state` is
    immutable, and another one is adopted as a whole. `host_seconds` is the least gap between two
    requests to a host.
    """

    def __init__(
        self, settings: RecrawlSettings, rng: random.Random, *, host_seconds: float = 1.0
    ) -> None:
        self._settings = settings
        self._rng = rng
        self._host_budget = _HOST_SHARE * 3600 / max(host_seconds, 0.1)
        self._state = PlannerState(first_price(settings.price_article_minutes))
        self._spent = 0
        self._spent_on: dict[str, int] = {}
        self._surcharges: dict[str, PriceState] = {}

    @property
    def state(self) -> PlannerState:
        """The state that plans rest on now."""
        return self._state

    def adopt(self, state: PlannerState) -> None:
        """Plan by this state from now on."""
        self._state = state

    def rely_on(self, pushed: Collection[int]) -> None:
        """Poll these sources for safety only from now on: their hubs push to us."""
        self.adopt(replace(self._state, pushed=pushed))

    def steer(self, hours: float) -> None:
        """Set the price of a request by what was requested in so many hours, and each host's."""
        price = next_price(
            self._state.price,
            spent=self._spent,
            hours=hours,
            budget=self._settings.requests_per_hour * self._state.share,
            least=self._settings.price_article_minutes,
        )
        self.adopt(replace(self._state, price=price))
        for host in {*self._spent_on, *self._surcharges}:
            self._surcharge(host, hours)
        self._spent, self._spent_on = 0, {}

    def price(self, source: Source) -> float:
        """Return the price of a request for a source, in article-minutes."""
        surcharge = self._surcharges.get(host_of(source.url))
        times = 1.0 if surcharge is None else surcharge.value
        return self._state.price.value * times / max(source.schedule.weight, 1e-3)

    def after_listing(
        self,
        source: Source,
        *,
        listing: Listing | None,
        new: int,
        now: datetime,
        overlap: float | None = None,
        max_age: timedelta | None = None,
    ) -> SourceVisit:
        """Return the next visit to a source that answered; listing None when it had not changed.

        `overlap` is the share of the listing that was known; None when there is nothing to compare.
        `max_age` is for how long the host says that its answer stays fresh.
        """
        self._count(source)
        covered = source.health.last_success_at is None or overlap != 0.0
        history = history_after(
            source, listing, new=new, covered=covered, usual=self._state.usual, now=now
        )
        since = (
            None
            if covered or source.health.last_success_at is None
            else now - source.health.last_success_at
        )
        terms = VisitTerms(
            price=self.price(source),
            asked_minutes=max(history.rhythm.asked, _minutes(max_age)),
            uncovered=since,
            pushed=source.id in self._state.pushed,
        )
        plan = plan_source(history, terms, now=now, settings=self._settings)
        rate = mean_rate(history.rhythm, history.prior)
        return SourceVisit(plan.at, plan.reason, rate, as_stored(history.rhythm))

    def after_failure(
        self, source: Source, *, problem: Problem, retry_after: datetime | None, now: datetime
    ) -> SourceVisit:
        """Return the next visit to a source that gave no listing."""
        self._count(source)
        plan = plan_failure(
            source,
            problem=problem,
            retry_after=retry_after,
            now=now,
            settings=self._settings,
            rng=self._rng,
        )
        return SourceVisit(
            plan.at, plan.reason, source.schedule.article_rate, source.schedule.rhythm
        )

    def retry(
        self, page: Page, *, problem: Problem, retry_after: datetime | None, now: datetime
    ) -> NextVisit | None:
        """Return the next try at a page; None to give it up."""
        return retry_page(
            page,
            problem=problem,
            retry_after=retry_after,
            now=now,
            settings=self._settings,
            rng=self._rng,
        )

    def revisit(self, page: Page, source_id: int, *, now: datetime) -> NextVisit | None:
        """Return the next visit to a source's page that was read; None when it is old enough."""
        plan = revisit_page(
            page,
            self._state.revisions.get(source_id, _NO_REVISIONS),
            price=self._state.price.value,
            now=now,
            settings=self._settings,
        )
        if plan is not None:
            self._spent += 1
        return plan

    def _count(self, source: Source) -> None:
        self._spent += 1
        host = host_of(source.url)
        self._spent_on[host] = self._spent_on.get(host, 0) + 1

    def _surcharge(self, host: str, hours: float) -> None:
        """Raise a host's prices while its sources ask for more than its gap allows."""
        state = next_price(
            self._surcharges.get(host, first_price(1.0)),
            spent=self._spent_on.get(host, 0),
            hours=hours,
            budget=self._host_budget * self._state.share,
            least=1.0,
        )
        if state.value > 1.0:
            self._surcharges[host] = state
        else:
            self._surcharges.pop(host, None)


def _minutes(length: timedelta | None) -> float:
    return 0.0 if length is None else length.total_seconds() / 60
