"""Topics through the API, and queries tried on what is stored."""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Path, Query
from sqlalchemy import Connection

from scheduler.actions import recipients as recipient_actions
from scheduler.actions import topics as topic_actions
from scheduler.actions.audit_log import Actor
from scheduler.addresses.webhook_headers import read_headers
from scheduler.api.api_deps import After, Deps, Editor, Limit, Viewer
from scheduler.calendar.digest_schedule import read_digest
from scheduler.lists.cursors import cut_page, read_id
from scheduler.shapes.backtest import BacktestShape, backtest_shape
from scheduler.shapes.base import ChangeResult, Id, ListShape
from scheduler.shapes.topics import (
    NewRecipientRequest,
    NewTopicRequest,
    RecipientShape,
    TopicChangeRequest,
    TopicShape,
    recipient_shape,
    topic_shape,
)
from scheduler.wording.routing_text import RoutingChange, read_mode, read_quiet, read_zone
from storage.topics import topics

router = APIRouter(prefix="/topics", tags=["topics"])

TopicId = Annotated[Id, Path(alias="topic_id")]


@router.get("", operation_id="list_topics")
async def list_topics(
    _who: Viewer, deps: Deps, after: After = "", limit: Limit = 50
) -> ListShape[TopicShape]:
    """List the topics, the oldest first."""
    found = await deps.db.read(topics.page_after, read_id(after) or 0, limit + 1)
    page = cut_page(found, limit, lambda topic: (topic.id,))
    return ListShape(items=[topic_shape(topic) for topic in page.rows], next=page.next or None)


@router.post("", operation_id="add_topic", status_code=HTTPStatus.CREATED)
async def add_topic(who: Editor, deps: Deps, wanted: NewTopicRequest) -> TopicShape:
    """Watch a topic; a query that can't be read is refused with its place."""
    made = await deps.db.write(
        topic_actions.add_topic, who, name=wanted.name, query=wanted.query.strip(), now=deps.clock()
    )
    return topic_shape(made)


@router.get("/test", operation_id="try_query")
async def try_query(
    _who: Viewer,
    deps: Deps,
    q: Annotated[str, Query(max_length=100_000, description="A query, or a topic's name.")] = "",
    since: Annotated[str, Query(max_length=50, description="12h, 30d, or a day.")] = "30d",
) -> BacktestShape:
    """Try a query on what is stored: what it would have found, and whom it would have told."""
    return backtest_shape(*await deps.trial(q, since or "30d"))


@router.get("/{topic_id}", operation_id="get_topic")
async def get_topic(_who: Viewer, deps: Deps, topic_id: TopicId) -> TopicShape:
    """Return a topic with its recipients."""
    return topic_shape(await deps.db.read(topics.by_id, topic_id))


@router.patch("/{topic_id}", operation_id="change_topic")
async def change_topic(
    who: Editor, deps: Deps, topic_id: TopicId, change: TopicChangeRequest
) -> TopicShape:
    """Watch something else under a topic's name, mute it, or tell of it again."""
    return await deps.db.write(_changed, who, topic_id, change, deps.clock())


@router.delete("/{topic_id}", operation_id="remove_topic")
async def remove_topic(who: Editor, deps: Deps, topic_id: TopicId) -> ChangeResult:
    """Stop watching a topic; alerts that were made are still delivered."""
    await deps.db.write(topic_actions.remove_topic, who, topic_id, deps.clock())
    return ChangeResult(id=topic_id, says="The topic is removed.")


@router.post("/{topic_id}/recipients", operation_id="add_recipient", status_code=HTTPStatus.CREATED)
async def add_recipient(
    who: Editor, deps: Deps, topic_id: TopicId, wanted: NewRecipientRequest
) -> RecipientShape:
    """Tell somebody of a topic, or change when; a new webhook's secret is in the answer, once."""
    change = _routing_change(wanted)
    recipient = recipient_actions.new_recipient(
        wanted.channel,
        wanted.address,
        change,
        deps.check,
        headers=None if wanted.headers is None else read_headers(wanted.headers),
    )
    [stored] = await deps.db.write(
        recipient_actions.add_recipients, who, topic_id, [recipient], change, now=deps.clock()
    )
    return recipient_shape(stored, secret=stored.secret)


@router.delete("/{topic_id}/recipients/{recipient_id}", operation_id="remove_recipient")
async def remove_recipient(
    who: Editor, deps: Deps, topic_id: TopicId, recipient_id: Id
) -> ChangeResult:
    """Tell somebody no longer."""
    await deps.db.write(
        recipient_actions.remove_recipients, who, topic_id, [recipient_id], deps.clock()
    )
    return ChangeResult(id=recipient_id, says="It is told no more.")


def _changed(
    conn: Connection, who: Actor, topic_id: int, change: TopicChangeRequest, now: datetime
) -> TopicShape:
    topics.by_id(conn, topic_id)
    if change.query is not None:
        topic_actions.change_query(conn, who, topic_id, change.query.strip(), now)
    if change.muted is not None:
        silence = topic_actions.mute if change.muted else topic_actions.unmute
        silence(conn, who, topic_id, now)
    return topic_shape(topics.by_id(conn, topic_id))


def _routing_change(wanted: NewRecipientRequest) -> RoutingChange:
    return RoutingChange(
        mode=read_mode(wanted.mode) if wanted.mode else None,
        updates=wanted.updates,
        time_zone=read_zone(wanted.time_zone) if wanted.time_zone else None,
        quiet=read_quiet(wanted.quiet) if wanted.quiet else None,
        digest=read_digest(wanted.digest) if wanted.digest else None,
        most_an_hour=wanted.most_an_hour,
    )
