"""The recrawl plan, as the crawl asks for it; the policy is the scheduler's."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Protocol

from crawler.visits.records import NextVisit, SourceVisit
from storage.models.listings import Listing
from storage.models.pages import Page
from storage.models.problems import Problem
from storage.models.sources import Source


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
    ) -> SourceVisit:
        """Plan the next visit to a source that answered; listing None when it had not changed.

        `overlap` is the share of the listing that was known; None when there is nothing to compare.
        `max_age` is for how long the host says that its answer stays fresh.
        """

    def after_failure(
        self, source: Source, *, problem: Problem, retry_after: datetime | None, now: datetime
    ) -> SourceVisit:
        """Plan the next visit to a source that gave no listing."""

    def retry(
        self, page: Page, *, problem: Problem, retry_after: datetime | None, now: datetime
    ) -> NextVisit | None:
        """Plan the next try at a page; None to give it up."""

    def revisit(self, page: Page, *, now: datetime) -> NextVisit | None:
        """Plan another look at a page that was read; None when it is old enough."""
