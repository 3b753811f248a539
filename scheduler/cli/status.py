"""`wirewatch status` and `wirewatch stats`: is it well, and what happened."""

from __future__ import annotations

from datetime import timedelta

from scheduler.cli.context import Context
from scheduler.cli.output import local_time, print_json, print_line, print_table
from scheduler.diagnosis.judge import DaemonFacts, Facts, health, judge
from scheduler.runtime.clock import utc_now
from scheduler.runtime.disk_guard import DiskGuard
from scheduler.shapes.stats import latency_shape
from scheduler.shapes.status import status_shape
from scheduler.web.render.funnel import FunnelStep, funnel_steps
from scheduler.wording.formatters import count, span, stage
from storage.process.lock import holder
from storage.reports import latency, statistics
from storage.reports.latency import LatencyReport, SourceLatency, StageLatency
from storage.reports.statistics import Overview

_DAY = timedelta(hours=24)
_LATENCY_HEADERS = ("stage", "articles", "p50", "p95", "p99")


def print_status(context: Context, *, as_json_wanted: bool) -> int:
    """Print whether it is well; the exit status."""
    overview = _overview(context, _DAY, brief=True) if context.has_data() else None
    facts = outside_facts(context, overview)
    judged = health(facts)
    status = status_shape(judged, facts, overview, utc_now())
    if as_json_wanted:
        print_json(status)
        return judged.verdict
    print_line(f"{status.status}: {status.says}")
    for finding in judged.findings:
        print_line(f"- {finding.says.rstrip('.')}. {finding.remedy}")
        if finding.command:
            print_line(f"  {finding.command}")
    if overview:
        print_line(
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
        print_json(stats_shape(overview, findings, version=_version(), stale_days=stale_days))
        return
    print_line(f"Since {local_time(overview.funnel.since)}")
    print_table(
        ("step", "count", "of", "lost on the way"),
        [(s.name, s.amount, s.unit, _losses(s)) for s in funnel_steps(overview.funnel)],
    )
    print_line("")
    print_table(
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
                local_time(row.source.health.last_success_at),
                local_time(row.source.schedule.next_fetch_at),
            )
            for row in overview.sources
        ],
    )
    print_line("")
    print_table(("problem", "times"), overview.problems.items())
    print_line("")
    guard = overview.facts.matching_check
    print_table(
        ("matched without the index too", "missed by it", "topics that can't be read"),
        [(guard.checked, guard.missed, guard.unreadable)],
    )
    print_line("")
    print_table(
        ("job", "last start", "last success", "runs", "error"),
        [
            (
                job.name,
                local_time(job.started_at),
                local_time(job.succeeded_at),
                job.runs,
                job.error,
            )
            for job in overview.facts.jobs
        ],
    )


def print_latency(
    context: Context, *, window: timedelta, by_source: bool, as_json_wanted: bool
) -> None:
    """Print percentiles by stage, in total or by source."""
    with context.read() as conn:
        latencies = latency.report(conn, utc_now() - window)
    if as_json_wanted:
        print_json(latency_shape(latencies))
        return
    _print_latency_head(latencies)
    if by_source:
        rows = [
            (f"{of.source_id} {of.title}", *row)
            for of in latencies.sources
            for row in _latency_rows(of)
        ]
        print_table(("source", *_LATENCY_HEADERS), rows)
    else:
        print_table(_LATENCY_HEADERS, _latency_rows(latencies.total))


def _print_latency_head(latencies: LatencyReport) -> None:
    total = latencies.total
    print_line(
        f"Since {local_time(latencies.since)}: {count(total.articles, 'article')}, backlog left out"
    )
    if total.undated:
        print_line(
            f"{total.undated:,} of them have no trusted date: they count from their first sight"
        )
    if latencies.cut:
        print_line("there were more; these are the newest")


def _latency_rows(of: SourceLatency) -> list[tuple[object, ...]]:
    return [
        (stage(name), lag.n, *(_length_words(part) for part in _percentiles(lag)))
        for name, lag in of.stages.items()
    ]


def _percentiles(lag: StageLatency) -> tuple[timedelta | None, ...]:
    return lag.p50, lag.p95, lag.p99


def _length_words(length: timedelta | None) -> str:
    return "" if length is None else span(length)


def _overview(context: Context, window: timedelta, *, brief: bool = False) -> Overview:
    now = utc_now()
    with context.read() as conn:
        return statistics.overview(conn, now=now, since=now - window, brief=brief)


def _losses(step: FunnelStep) -> str:
    return ", ".join(f"{loss.amount} {loss.name}" for loss in step.losses)


def _version() -> str:
    from importlib.metadata import version

    return version("wirewatch")
