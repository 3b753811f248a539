"""The machine through the API: how it is, what it counted, and what happens now."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import StreamingResponse

from scheduler.api.api_deps import Deps, Viewer
from scheduler.api.stream import follow
from scheduler.diagnosis.judge import health
from scheduler.shapes.stats import StatsShape, stats_shape
from scheduler.shapes.status import StatusShape, status_shape
from storage.reports import statistics

router = APIRouter(tags=["machine"])

_DAY = timedelta(hours=24)


@router.get("/status", operation_id="get_status")
async def get_status(_who: Viewer, deps: Deps) -> StatusShape:
    """Return whether it is well, and what is not."""
    now = deps.clock()
    overview = await deps.db.read(statistics.overview, now=now, since=now - _DAY, brief=True)
    facts = await deps.facts.facts(overview.facts)
    return status_shape(health(facts), facts, overview, now)


@router.get("/stats", operation_id="get_stats")
async def get_stats(_who: Viewer, deps: Deps) -> StatsShape:
    """Return all facts of the last 24 hours: the funnel, each source, the newest stories and alerts."""
    now = deps.clock()
    seen = await deps.db.read(statistics.overview, now=now, since=now - _DAY)
    return stats_shape(
        seen,
        await deps.facts.findings(seen.facts),
        version=deps.version,
        started_at=deps.started_at,
        stale_days=deps.stale_days,
    )


@router.get(
    "/events",
    operation_id="follow_events",
    response_class=StreamingResponse,
    responses={200: {"content": {"text/event-stream": {"schema": {"type": "string"}}}}},
)
async def follow_events(
    request: Request,
    _who: Viewer,
    deps: Deps,
    once: Annotated[bool, Query(description="End after what is there, and do not wait.")] = False,
) -> StreamingResponse:
    """Follow what happens as server-sent events: `story`, `alert`, `attempt`.

    A reader that comes back with Last-Event-ID misses nothing.
    """
    last = request.headers.get("last-event-id", "")
    events = follow(deps.db, last, once=once, ending=deps.ending, is_gone=request.is_disconnected)
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(events, media_type="text/event-stream", headers=headers)
