"""How the installation is, as JSON: the verdict, the judge's findings, and the totals."""

from __future__ import annotations

from pydantic import BaseModel, Field

from scheduler.diagnosis.judge import Facts, Finding, FindingCode, InstallationHealth
from scheduler.shapes.base import RecordShape, Time
from storage.reports.statistics import Overview


class FindingShape(BaseModel):
    """Something that is not well: what, why, and what to do about it."""

    code: FindingCode
    grade: str = Field(description="warning or broken")
    subject: str
    reason: str
    remedy: str
    command: str
    page: str


class WorkerShape(RecordShape):
    """A process that works on the same database, and why it waits, if it does."""

    id: str
    role: str
    host: str
    pid: int
    version: str
    started_at: Time
    seen_at: Time
    problem: str


class StatusShape(BaseModel):
    """How the installation is; `processes` are those that share the work, where several do."""

    status: str = Field(description="well, degraded or down")
    says: str
    at: Time
    pid: int | None = Field(description="The daemon's process, where one alone does the work.")
    findings: list[FindingShape]
    processes: list[WorkerShape] | None
    leader: str | None
    sources: int
    topics: int
    articles: int
    stories: int
    pending_deliveries: int
    dead_deliveries: int
    oldest_undelivered: Time | None


def finding_shape(finding: Finding) -> FindingShape:
    """Return a finding's shape."""
    return FindingShape(
        code=finding.code,
        grade=finding.grade.name.lower(),
        subject=finding.subject,
        reason=finding.reason,
        remedy=finding.remedy,
        command=finding.command,
        page=finding.page,
    )


def status_shape(
    health: InstallationHealth, facts: Facts, overview: Overview | None, now: Time
) -> StatusShape:
    """Return the shape of what was judged; there is no `overview` before there is any data."""
    crew = None if facts.stored is None else facts.stored.crew
    return StatusShape(
        status=health.verdict.name.lower(),
        says=health.says,
        at=now,
        pid=None if facts.daemon is None else facts.daemon.pid,
        findings=[finding_shape(finding) for finding in health.findings],
        processes=None
        if crew is None
        else [WorkerShape.model_validate(worker) for worker in crew.alive],
        leader=None if crew is None else crew.leader,
        sources=overview.sources_total if overview else 0,
        topics=overview.topics_total if overview else 0,
        articles=overview.articles_total if overview else 0,
        stories=overview.stories_total if overview else 0,
        pending_deliveries=overview.funnel.pending if overview else 0,
        dead_deliveries=overview.funnel.dead if overview else 0,
        oldest_undelivered=overview.facts.oldest_undelivered if overview else None,
    )
