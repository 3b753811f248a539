"""`wirewatch status` and `wirewatch stats`: is it well, and what happened."""

from __future__ import annotations

from datetime import timedelta

from scheduler.api.stats import stats_json
from scheduler.assembly import utc_now
from scheduler.cli.context import Context
from scheduler.cli.output import as_json, line, local, table
from scheduler.web.broken import find_broken
from scheduler.web.funnel import Step, steps
from storage import statistics
from storage.lock import holder
from storage.statistics import Overview

_WELL, _DEGRADED, _DOWN = 0, 1, 2
_DAY = timedelta(hours=24)


def print_status(context: Context, *, as_json_wanted: bool) -> int:
    """Print whether it is well; the exit status."""
    overview, pid = _overview(context, _DAY), holder(context.data())
    problems = find_broken(overview)
    if pid is None:
        word, code = "down", _DOWN
    elif problems:
        word, code = "degraded", _DEGRADED
    else:
        word, code = "well", _WELL
    if as_json_wanted:
        as_json(
            {
                "status": word,
                "pid": pid,
                "problems": problems,
                "sources": len(overview.sources),
                "topics": overview.topics_total,
                "articles": overview.articles_total,
                "stories": overview.stories_total,
                "pending_deliveries": overview.funnel.pending,
                "dead_deliveries": overview.funnel.dead,
                "oldest_undelivered": overview.oldest_undelivered,
                "at": overview.at,
            }
        )
        return code
    running = f"the daemon runs (pid {pid})" if pid else "no daemon runs: wirewatch run"
    line(f"{word}: {running}")
    for problem in problems:
        line(f"- {problem.what}: {problem.why} {problem.action} {problem.command}".rstrip())
    line(
        f"{len(overview.sources)} sources, {overview.topics_total} topics, "
        f"{overview.articles_total} articles in {overview.stories_total} stories, "
        f"{overview.funnel.pending} deliveries pending, {overview.funnel.dead} dead"
    )
    return code


def print_stats(context: Context, *, window: timedelta, as_json_wanted: bool) -> None:
    """Print the funnel, the sources, the problems and the jobs."""
    overview = _overview(context, window)
    if as_json_wanted:
        as_json(stats_json(overview, version=_version(), started_at=overview.funnel.since))
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
                row.word if row.source.problem is None else f"{row.word}: {row.source.problem}",
                row.articles,
                row.copies,
                row.requests,
                row.not_modified,
                row.failed,
                local(row.source.last_success_at),
                f"{local(row.source.next_fetch_at)} ({row.source.next_reason})",
            )
            for row in overview.sources
        ],
    )
    line("")
    table(("problem", "times"), overview.problems.items())
    line("")
    table(
        ("job", "last start", "last success", "runs", "error"),
        [
            (job.name, local(job.started_at), local(job.succeeded_at), job.runs, job.error)
            for job in overview.jobs
        ],
    )


def _overview(context: Context, window: timedelta) -> Overview:
    now = utc_now()
    with context.reading() as conn:
        return statistics.overview(conn, now=now, since=now - window)


def _losses(step: Step) -> str:
    return ", ".join(f"{loss.amount} {loss.name}" for loss in step.losses)


def _version() -> str:
    from importlib.metadata import version

    return version("wirewatch")
