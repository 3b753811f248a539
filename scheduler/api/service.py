"""The service through the API: how it is, what it counted, and what happens now, as a stream."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import StreamingResponse

from scheduler.api.api_deps import Deps, Viewer
from scheduler.diagnosis.judge import health
from scheduler.lists.cursors import read_cursor, write_cursor
from scheduler.shapes.stats import StatsShape, stats_shape
from scheduler.shapes.status import StatusShape, status_shape
from storage.errors import InputError, StorageError
from storage.reports import event_feed, statistics
from storage.reports.event_feed import EventCursor, StoreEvent
from storage.sql.database import Database

_EVERY = 1.0  # seconds
_QUIET = 15  # rounds without news, until a comment keeps the connection open
_RETRY = "retry: 3000\n\n"  # milliseconds


async def follow(
    db: Database,
    last: str,
    *,
    once: bool,
    ending: asyncio.Event,
    is_gone: Callable[[], Awaitable[bool]],
) -> AsyncIterator[str]:
    """Yield the events after `last`, the id of an event; from now on where that is none of ours."""
    known = _marks(last)
    marks = await db.read(event_feed.newest) if known is None else known
    yield _RETRY
    rounds = 0
    while not ending.is_set() and not await is_gone():
        try:
            found, marks = await db.read(event_feed.since, marks)
        except StorageError:
            return  # the reader comes back, and asks from its last event on
        for each in found:
            yield _event(each)
        rounds = 0 if found else rounds + 1
        if once:
            return
        if rounds >= _QUIET:
            rounds = 0
            yield ": nothing new\n\n"
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_EVERY):
                await ending.wait()


def _event(found: StoreEvent) -> str:
    data = json.dumps(found.facts, ensure_ascii=False, default=str)
    return f"event: {found.kind}\nid: {write_cursor(*found.after)}\ndata: {data}\n\n"


def _marks(last: str) -> EventCursor | None:
    try:
        stories, alerts, attempts = read_cursor(last, int, int, int)
    except InputError:
        return None
    return EventCursor(int(stories), int(alerts), int(attempts))


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
