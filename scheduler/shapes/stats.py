"""The overview as JSON: the same facts as the first page."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from pydantic import BaseModel

from scheduler.diagnosis.judge import Finding
from scheduler.shapes.alerts import AlertShape, alert_shape
from scheduler.shapes.base import RecordShape, Time
from scheduler.shapes.sources import SourceShape, source_shape
from scheduler.shapes.status import FindingShape, finding_shape
from scheduler.shapes.stories import StoryShape, story_shape
from storage.reports.latency import LatencyReport, SourceLatency, StageLatency
from storage.reports.statistics import Overview


class FunnelShape(RecordShape):
    """What happened to what was fetched since a time; as the first page draws it."""

    since: Time
    requests: int
    not_modified: int
    failed_requests: int
    fetched: int
    refused: dict[str, int]
    new: int
    revisions: int
    unique: int
    copies: int
    matched: int
    held: int
    alerted: int
    delivered: int
    pending: int
    dead: int


class JobShape(RecordShape):
    """A job of the daemon, and how it ended last."""

    name: str
    started_at: Time
    succeeded_at: Time | None
    error: str
    runs: int


class TotalsShape(BaseModel):
    """Counts from the beginning, and what waits."""

    articles: int
    stories: int
    topics: int
    waiting_pages: int
    work_to_match: int


class MatchingShape(RecordShape):
    """Articles that were matched without the index too, topics it missed, and unreadable ones."""

    checked: int
    missed: int
    unreadable: int


class StageShape(BaseModel):
    """How long `n` articles took from one stage to the next, in seconds."""

    n: int
    p50: float | None
    p95: float | None
    p99: float | None


class LatencyShape(BaseModel):
    """How long articles took, by stage; those without a trusted date count from the first sight."""

    articles: int
    no_trusted_date: int
    stages: dict[str, StageShape]


class SourceLatencyShape(LatencyShape):
    """How long a source's articles took."""

    source_id: int | None
    title: str


class LatencyReportShape(BaseModel):
    """How long articles took since a time; `cut` when only the newest are counted."""

    since: Time
    cut: bool
    total: LatencyShape
    sources: list[SourceLatencyShape]


class StatsShape(BaseModel):
    """All facts of a window of time; a command does not know when the daemon started."""

    at: Time
    version: str
    started_at: Time | None
    findings: list[FindingShape]
    funnel: FunnelShape
    sources: list[SourceShape]
    stories: list[StoryShape]
    alerts: list[AlertShape]
    problems: dict[str, int]
    jobs: list[JobShape]
    totals: TotalsShape
    lag: LatencyReportShape
    matching: MatchingShape
    oldest_undelivered: Time | None


def stats_shape(
    seen: Overview,
    findings: Sequence[Finding],
    *,
    version: str,
    started_at: datetime | None = None,
    stale_days: int,
) -> StatsShape:
    """Return all facts of an overview."""
    return StatsShape(
        at=seen.at,
        version=version,
        started_at=started_at,
        findings=[finding_shape(finding) for finding in findings],
        funnel=FunnelShape.model_validate(seen.funnel),
        sources=[source_shape(row) for row in seen.sources],
        stories=[story_shape(row, stale_days=stale_days) for row in seen.stories],
        alerts=[alert_shape(row) for row in seen.alerts],
        problems=seen.problems,
        jobs=[JobShape.model_validate(job) for job in seen.facts.jobs],
        totals=TotalsShape(
            articles=seen.articles_total,
            stories=seen.stories_total,
            topics=seen.topics_total,
            waiting_pages=seen.waiting_pages,
            work_to_match=seen.work_to_match,
        ),
        lag=latency_shape(seen.lags),
        matching=MatchingShape.model_validate(seen.facts.matching_check),
        oldest_undelivered=seen.facts.oldest_undelivered,
    )


def latency_shape(report: LatencyReport) -> LatencyReportShape:
    """Return a report of latencies, in total and by source."""
    return LatencyReportShape(
        since=report.since,
        cut=report.cut,
        total=_latency(report.total),
        sources=[
            SourceLatencyShape(
                source_id=source.source_id, title=source.title, **dict(_latency(source))
            )
            for source in report.sources
        ],
    )


def _latency(source: SourceLatency) -> LatencyShape:
    return LatencyShape(
        articles=source.articles,
        no_trusted_date=source.undated,
        stages={stage.value: _stage(latency) for stage, latency in source.stages.items()},
    )


def _stage(latency: StageLatency) -> StageShape:
    return StageShape(
        n=latency.n,
        p50=_seconds(latency.p50),
        p95=_seconds(latency.p95),
        p99=_seconds(latency.p99),
    )


def _seconds(length: timedelta | None) -> float | None:
    return None if length is None else round(length.total_seconds(), 3)
