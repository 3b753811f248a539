"""Sources through the API."""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query
from sqlalchemy import Connection

from crawler.listings.candidates import Candidate
from scheduler.actions import sources as source_actions
from scheduler.actions.audit_log import Actor
from scheduler.actions.source_discovery import DiscoveredSources
from scheduler.api.api_deps import After, Deps, Editor, Limit, Viewer
from scheduler.api.problems import declared
from scheduler.lists.sources import source_list, source_row
from scheduler.shapes.base import ChangeResult, Id, ListShape
from scheduler.shapes.sources import (
    CandidateShape,
    DiscoveredSourcesShape,
    NewSourceRequest,
    SourceChangeRequest,
    SourceShape,
    source_shape,
)
from storage.crawl import sources
from storage.errors import InputError

router = APIRouter(prefix="/sources", tags=["sources"])

SourceId = Annotated[Id, Path(alias="source_id")]
State = Literal["failing", "quiet", "new", "healthy", "paused"]


@router.get("", operation_id="list_sources")
async def list_sources(
    _who: Viewer,
    deps: Deps,
    after: After = "",
    limit: Limit = 50,
    state: State | None = None,
    q: Annotated[str, Query(max_length=200)] = "",
) -> ListShape[SourceShape]:
    """List the sources, those that fail first."""
    found = await deps.db.read(
        source_list, deps.clock(), after, word=state or "", text=q, limit=limit
    )
    return ListShape(items=[source_shape(row) for row in found.rows], next=found.next or None)


@router.post(
    "",
    operation_id="add_source",
    status_code=HTTPStatus.CREATED,
    responses=declared(HTTPStatus.BAD_GATEWAY),
)
async def add_source(who: Editor, deps: Deps, wanted: NewSourceRequest) -> DiscoveredSourcesShape:
    """Look what can be polled at an address, and poll the best, or what was picked."""
    found = await deps.look(wanted.url)
    taken = _picked(found, wanted)
    made = await deps.db.write(
        source_actions.add_sources, who, taken, alert_backlog=wanted.alert_backlog, now=deps.clock()
    )
    rows = [await deps.db.read(source_row, each.id, deps.clock()) for each in made]
    return DiscoveredSourcesShape(
        candidates=[_candidate(each) for each in found.candidates],
        added=[source_shape(row) for row in rows],
    )


@router.get("/{source_id}", operation_id="get_source")
async def get_source(_who: Viewer, deps: Deps, source_id: SourceId) -> SourceShape:
    """Return a source."""
    return source_shape(await deps.db.read(source_row, source_id, deps.clock()))


@router.patch("/{source_id}", operation_id="change_source")
async def change_source(
    who: Editor, deps: Deps, source_id: SourceId, change: SourceChangeRequest
) -> SourceShape:
    """Pause or resume a source, or limit its requests a day."""
    return await deps.db.write(_changed, who, source_id, change, deps.clock())


@router.post("/{source_id}/recrawl", operation_id="recrawl_source")
async def recrawl_source(who: Editor, deps: Deps, source_id: SourceId) -> ChangeResult:
    """Visit a source as soon as its host may be asked."""
    await deps.db.write(source_actions.request_recrawl, who, source_id, deps.clock())
    return ChangeResult(id=source_id, says="It is visited as soon as its host may be asked.")


@router.delete("/{source_id}", operation_id="remove_source")
async def remove_source(who: Editor, deps: Deps, source_id: SourceId) -> ChangeResult:
    """Forget a source; its articles and stories stay."""
    await deps.db.write(source_actions.remove, who, source_id, deps.clock())
    return ChangeResult(id=source_id, says="The source is removed; its articles stay.")


def _picked(found: DiscoveredSources, wanted: NewSourceRequest) -> list[Candidate]:
    if wanted.dry_run:
        return []
    if wanted.pick is None:
        return [found.best]
    taken = [each for each in found.candidates if each.url in wanted.pick]
    if len(taken) < len(set(wanted.pick)):
        raise InputError("not all that was picked is there; look at the candidates")
    return taken


def _changed(
    conn: Connection, who: Actor, source_id: int, change: SourceChangeRequest, now: datetime
) -> SourceShape:
    sources.get(conn, source_id)
    if change.paused is not None:
        (source_actions.pause if change.paused else source_actions.resume)(
            conn, who, source_id, now
        )
    if change.default_budget or change.daily_budget is not None:
        budget = None if change.default_budget else change.daily_budget
        source_actions.change_budget(conn, who, source_id, budget, now)
    return source_shape(source_row(conn, source_id, now))


def _candidate(found: Candidate) -> CandidateShape:
    return CandidateShape(
        url=found.url, title=found.title, kind=found.kind, items=len(found.listing.items)
    )
