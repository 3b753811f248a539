"""Sources as JSON, and what is asked of them."""

from __future__ import annotations

from pydantic import BaseModel, Field

from scheduler.shapes.base import RequestShape, Time
from storage.models.problems import Problem
from storage.models.sources import SourceKind
from storage.reports.statistics import SourceRow


class SourceShape(BaseModel):
    """A source; counts are of the last 24 hours."""

    id: int
    url: str
    title: str
    site_url: str
    kind: SourceKind
    state: str = Field(description="new, healthy, failing or paused")
    quiet: str
    added_at: Time
    alert_backlog: bool
    last_success_at: Time | None
    next_fetch_at: Time
    next_reason: str
    failures: int
    problem: Problem | None
    problem_detail: str
    degraded: str
    articles: int
    copies: int
    waiting: int
    requests: int
    not_modified: int
    failed: int
    missed: int
    overlap: float | None = Field(description="Which share of its last listing was known before.")
    daily_budget: int | None


class CandidateShape(BaseModel):
    """What can be polled at an address."""

    url: str
    title: str
    kind: SourceKind
    items: int


class DiscoveredSourcesShape(BaseModel):
    """What was found at an address, the best first, and what was added of it."""

    candidates: list[CandidateShape]
    added: list[SourceShape]


class NewSourceRequest(RequestShape):
    """A source to be added: `pick` names the candidates to take, else the best is taken."""

    url: str = Field(min_length=1, max_length=2000)
    pick: list[str] | None = Field(default=None, max_length=50)
    alert_backlog: bool = False
    dry_run: bool = Field(default=False, description="Look, and add nothing.")


class SourceChangeRequest(RequestShape):
    """What is to be changed of a source; what is left out stays."""

    paused: bool | None = None
    daily_budget: int | None = Field(default=None, ge=0, le=10_000_000)
    default_budget: bool = Field(default=False, description="Leave the budget to the setting.")


def source_shape(row: SourceRow) -> SourceShape:
    """Return a source's shape."""
    source = row.source
    return SourceShape(
        id=source.id,
        url=source.url,
        title=source.title,
        site_url=source.site_url,
        kind=source.kind,
        state=row.word,
        quiet=source.health.quiet,
        added_at=source.added_at,
        alert_backlog=source.alert_backlog,
        last_success_at=source.health.last_success_at,
        next_fetch_at=source.schedule.next_fetch_at,
        next_reason=source.schedule.next_reason,
        failures=source.health.failures,
        problem=source.health.problem,
        problem_detail=source.health.problem_detail,
        degraded=source.health.degraded,
        articles=row.articles,
        copies=row.copies,
        waiting=row.waiting,
        requests=row.requests,
        not_modified=row.not_modified,
        failed=row.failed,
        missed=source.listing.missed,
        overlap=source.listing.overlap,
        daily_budget=source.schedule.daily_budget,
    )
