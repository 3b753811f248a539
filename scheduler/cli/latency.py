"""`wirewatch stats --lag`: how long articles took from stage to stage."""

from __future__ import annotations

from datetime import timedelta

from scheduler.cli.context import Context
from scheduler.cli.output import as_json, line, local, table
from scheduler.runtime.clock import utc_now
from scheduler.shapes.stats import latency_shape
from scheduler.wording.formatters import count, span, stage
from storage.reports import latency
from storage.reports.latency import LatencyReport, SourceLatency, StageLatency

_HEADERS = ("stage", "articles", "p50", "p95", "p99")


def print_lag(
    context: Context, *, window: timedelta, by_source: bool, as_json_wanted: bool
) -> None:
    """Print percentiles by stage, in total or by source."""
    with context.reading() as conn:
        found = latency.report(conn, utc_now() - window)
    if as_json_wanted:
        as_json(latency_shape(found))
        return
    _print_head(found)
    if by_source:
        rows = [(f"{of.source_id} {of.title}", *row) for of in found.sources for row in _rows(of)]
        table(("source", *_HEADERS), rows)
    else:
        table(_HEADERS, _rows(found.total))


def _print_head(found: LatencyReport) -> None:
    total = found.total
    line(f"Since {local(found.since)}: {count(total.articles, 'article')}, backlog left out")
    if total.undated:
        line(f"{total.undated:,} of them have no trusted date: they count from their first sight")
    if found.cut:
        line("there were more; these are the newest")


def _rows(of: SourceLatency) -> list[tuple[object, ...]]:
    return [
        (stage(name), lag.n, *(_length(part) for part in _parts(lag)))
        for name, lag in of.stages.items()
    ]


def _parts(lag: StageLatency) -> tuple[timedelta | None, ...]:
    return lag.p50, lag.p95, lag.p99


def _length(length: timedelta | None) -> str:
    return "" if length is None else span(length)
