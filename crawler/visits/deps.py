"""What the takers of visits work with: the store, the frontier, the parser, the plan and the rules."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from crawler.extract.rules.records import AllRules
from crawler.extract.run.pool import Parser
from crawler.settings import ExtractSettings
from crawler.visits.records import NextVisit, SourceVisit
from storage.hot.frontier import Frontier
from storage.models.listings import Listing
from storage.models.pages import Page
from storage.models.problems import Problem
from storage.models.sources import Source
from storage.sql.database import Database


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

    def revisit(self, page: Page, source_id: int, *, now: datetime) -> NextVisit | None:
        """Plan another look at a source's page that was read; None when it is old enough."""


def _nobody() -> None:
    """Tell nobody."""


@dataclass(frozen=True, slots=True)
class CrawlDeps:
    """What listings, gaps and pages are taken with; made once, where a process is put together.

    `on_due` is called when the frontier was given something that is due, `on_work` when something
    waits to be matched.
    """

    db: Database
    frontier: Frontier
    parser: Parser
    planner: Planner
    settings: ExtractSettings
    clock: Callable[[], datetime]
    rules: AllRules = field(default_factory=AllRules)
    on_due: Callable[[], None] = _nobody
    on_work: Callable[[], None] = _nobody
