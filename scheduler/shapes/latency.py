"""Lags in types that JSON has: seconds, by stage."""

from __future__ import annotations

from datetime import timedelta

from scheduler.shapes.values import Json, time
from storage.reports.latency import LatencyReport, SourceLatency, StageLatency


def lags_json(found: LatencyReport) -> Json:
    """Return a report of lags, in total and by source."""
    return {
        "since": time(found.since),
        "cut": found.cut,
        "total": _source(found.total),
        "sources": [
            {"source_id": lags.source_id, "title": lags.title} | _source(lags)
            for lags in found.sources
        ],
    }


def _source(lags: SourceLatency) -> Json:
    return {
        "articles": lags.articles,
        "no_trusted_date": lags.undated,
        "stages": {stage.value: _lag(lag) for stage, lag in lags.stages.items()},
    }


def _lag(lag: StageLatency) -> Json:
    return {
        "n": lag.n,
        "p50": _seconds(lag.p50),
        "p95": _seconds(lag.p95),
        "p99": _seconds(lag.p99),
    }


def _seconds(length: timedelta | None) -> float | None:
    return None if length is None else round(length.total_seconds(), 3)
