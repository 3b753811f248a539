"""The recrawl plan, as the crawl asks for it; the policy is the scheduler's."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from storage.models import Listing, Page, Problem, Source


@dataclass(frozen=True, slots=True)
class Return:
    """When to come back to a source, why then, and its rate in articles an hour."""

    at: datetime
    reason: str
    rate: float


class Planner(Protocol):
    """The recrawl plan, as the crawl asks for it; the policy is the scheduler's."""

    def after_listing(
        self, source: Source, *, listing: Listing | None, new: int, now: datetime
    ) -> Return:
        """Plan the next visit to a source that answered; listing None when it had not changed."""

    def after_failure(
        self, source: Source, *, problem: Problem, retry_after: datetime | None, now: datetime
    ) -> Return:
        """Plan the next visit to a source that gave no listing."""

    def retry(
        self, page: Page, *, problem: Problem, retry_after: datetime | None, now: datetime
    ) -> datetime | None:
        """Plan the next try at a page; None to give it up."""

    def revisit(self, page: Page, *, now: datetime) -> datetime | None:
        """Plan another look at a page that was read; None when it is old enough."""
