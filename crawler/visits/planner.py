"""The recrawl plan, as the crawl asks for it; the policy is the scheduler's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from storage.models.listings import Listing
from storage.models.pages import Page
from storage.models.problems import Problem
from storage.models.sources import Source


@dataclass(frozen=True, slots=True)
class Return:
    """When to come back to a source, why then, and its rate in articles an hour.

    `rhythm` is what the policy keeps of the source.
    """

    at: datetime
    reason: str
    rate: float
    rhythm: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Again:
    """When a page is fetched again, and why then."""

    at: datetime
    reason: str


class Planner(Protocol):
    """The recrawl plan, as the crawl asks for it; the policy is the scheduler's."""

    def after_listing(
        self,
        source: Source,
        *,
        listing: Listing | None,
        new: int,
        now: datetime,
        overlap: float | None = None,
        max_age: timedelta | None = None,
    ) -> Return:
        """Plan the next visit to a source that answered; listing None when it had not changed.

        `overlap` is the share of the listing that was known; None when there is nothing to compare.
        `max_age` is for how long the host says that its answer stays fresh.
        """

    def after_failure(
        self, source: Source, *, problem: Problem, retry_after: datetime | None, now: datetime
    ) -> Return:
        """Plan the next visit to a source that gave no listing."""

    def retry(
        self, page: Page, *, problem: Problem, retry_after: datetime | None, now: datetime
    ) -> Again | None:
        """Plan the next try at a page; None to give it up."""

    def revisit(self, page: Page, *, now: datetime) -> Again | None:
        """Plan another look at a page that was read; None when it is old enough."""
