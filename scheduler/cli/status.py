"""`wirewatch status` and `wirewatch stats`: is it well, and what happened."""

from __future__ import annotations

from datetime import timedelta

from scheduler.cli.context import Context
from scheduler.cli.output import as_json, line, local, table
from scheduler.diagnosis.judge import DaemonFacts, Facts, health, judge
from scheduler.runtime.clock import utc_now
from scheduler.runtime.disk_guard import DiskGuard
from scheduler.shapes.status import status_shape
from scheduler.web.render.funnel import Step, steps
from storage.process.lock import holder
from storage.reports import statistics
from storage.reports.statistics import Overview

_DAY = timedelta(hours=24)


def print_status(context: Context, *, as_json_wanted: bool) -> int:
    """Print whether it is well; the exit status."""
    overview = _overview(context, _DAY, brief=True) if context.has_data() else None
    facts = outside_facts(context, overview)
    judged = health(facts)
    status = status_shape(judged, facts, overview, utc_now())
    if as_json_wanted:
        as_json(status)
        return judged.verdict
    line(f"{status.status}: {status.says}")
    for finding in judged.findings:
        line(f"- {finding.says.rstrip('.')}. {finding.remedy}")
        if finding.command:
            line(f"  {finding.command}")
    if overview and not context.loaded().settings.fetch.names_operator:
        line("- Publishers can't reach you: set contact under [fetch], it is in the user agent.")
    if overview:
        line(
            "{sources} sources, {topics} topics, {articles} articles in {stories} stories, "
            "{pending_deliveries} deliveries pending, {dead_deliveries} dead".format_map(
                status.model_dump()
            )
        )
    return judged.verdict


def outside_facts(context: Context, overview: Overview | None) -> Facts:
    """Return the facts about an installation as a command sees it."""
    if overview is None:
        return Facts(has_data=False)
    folder = None if context.place().path is None else context.data()
    shortage = DiskGuard(folder, context.loaded().settings.storage.min_free_mb).shortage()
    return Facts(
        stored=overview.facts,
        daemon=DaemonFacts(holder(context.data())),
        shortage="" if shortage is None else str(shortage),
    )


def print_stats(context: Context, *, window: timedelta, as_json_wanted: bool) -> None:
    """Print the funnel, the sources, the problems and the jobs."""
    overview = _overview(context, window)
    if as_json_wanted:
        from scheduler.shapes.stats import stats_shape

        findings = judge(outside_facts(context, overview))
        stale_days = context.stale_days()
        as_json(stats_shape(overview, findings, version=_version(), stale_days=stale_days))
        return
    line(f"Since {local(overview.funnel.since)}")
    table(
        ("step", "count", "of", "lost on the way"),
        [(s.name, s.amount, s.unit, _losses(s)) for s in steps(overview.funnel)],
    )
    line("")
    table(
        (
            "source",
            "state",
            "articles",
            "copies",
            "requests",
            "304",
            "failed",
            "last success",
            "next",
        ),
        [
            (
                f"{row.source.id} {row.source.title}",
                row.word
                if row.source.health.problem is None
                else f"{row.word}: {row.source.health.problem}",
                row.articles,
                row.copies,
                row.requests,
                row.not_modified,
                row.failed,
                local(row.source.health.last_success_at),
                local(row.source.schedule.next_fetch_at),
            )
            for row in overview.sources
        ],
    )
    line("")
    table(("problem", "times"), overview.problems.items())
    line("")
    guard = overview.facts.matching_check
    table(
        ("matched without the index too", "missed by it", "topics that can't be read"),
        [(guard.checked, guard.missed, guard.unreadable)],
    )
    line("")
    table(
        ("job", "last start", "last success", "runs", "error"),
        [
            (job.name, local(job.started_at), local(job.succeeded_at), job.runs, job.error)
            for job in overview.facts.jobs
        ],
    )


def _overview(context: Context, window: timedelta, *, brief: bool = False) -> Overview:
    now = utc_now()
    with context.reading() as conn:
        return statistics.overview(conn, now=now, since=now - window, brief=brief)


def _losses(step: Step) -> str:
    return ", ".join(f"{loss.amount} {loss.name}" for loss in step.losses)


def _version() -> str:
    from importlib.metadata import version

    return version("wirewatch")
