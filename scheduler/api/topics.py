"""Topics through the API, and queries tried on what is stored."""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query
from sqlalchemy import Connection

from scheduler.actions import topics as operating
from scheduler.actions.actor import Actor
from scheduler.api.api_deps import After, Editor, Limit, Standing, Viewer
from scheduler.calendar.digest_schedule import read_digest
from scheduler.lists.cursors import read_cursor, write_cursor
from scheduler.shapes.backtest_report import report_json
from scheduler.shapes.shapes import (
    Done,
    Id,
    NewRecipientShape,
    NewTopic,
    Page,
    RecipientShape,
    TopicChange,
    TopicShape,
    recipient_shape,
    topic_shape,
)
from scheduler.wording.routing_text import RoutingChange, read_mode, read_quiet, read_zone
from storage.models.recipients import Routing
from storage.topics import topics

router = APIRouter(prefix="/topics", tags=["topics"])

TopicId = Annotated[Id, Path(alias="topic_id")]


@router.get("", operation_id="list_topics")
async def list_topics(
    _who: Viewer, stand: Standing, after: After = "", limit: Limit = 50
) -> Page[TopicShape]:
    """List the topics, the oldest first."""
    begin = int(read_cursor(after, int)[0]) if after else 0
    found = await stand.db.read(topics.page_after, begin, limit + 1)
    shown = found[:limit]
    following = write_cursor(shown[-1].id) if len(found) > limit else None
    return Page(items=[topic_shape(each) for each in shown], next=following)


@router.post("", operation_id="add_topic", status_code=HTTPStatus.CREATED)
async def add_topic(who: Editor, stand: Standing, wanted: NewTopic) -> TopicShape:
    """Watch a topic; a query that can't be read is refused with its place."""
    made = await stand.db.write(
        operating.add, who, name=wanted.name, query=wanted.query.strip(), now=stand.clock()
    )
    return topic_shape(made)


@router.get("/test", operation_id="try_query")
async def try_query(
    _who: Viewer,
    stand: Standing,
    q: Annotated[str, Query(max_length=100_000, description="A query, or a topic's name.")] = "",
    since: Annotated[str, Query(max_length=50, description="12h, 30d, or a day.")] = "30d",
) -> dict[str, Any]:
    """Try a query on what is stored: what it would have found, and whom it would have told."""
    return report_json(*await stand.trial(q, since or "30d"))


@router.get("/{topic_id}", operation_id="get_topic")
async def get_topic(_who: Viewer, stand: Standing, topic_id: TopicId) -> TopicShape:
    """Return a topic with its recipients."""
    return topic_shape(await stand.db.read(topics.by_id, topic_id))


@router.patch("/{topic_id}", operation_id="change_topic")
async def change_topic(
    who: Editor, stand: Standing, topic_id: TopicId, change: TopicChange
) -> TopicShape:
    """Watch something else under a topic's name, mute it, or tell of it again."""
    return await stand.db.write(_changed, who, topic_id, change, stand.clock())


@router.delete("/{topic_id}", operation_id="remove_topic")
async def remove_topic(who: Editor, stand: Standing, topic_id: TopicId) -> Done:
    """Stop watching a topic; alerts that were made are still delivered."""
    await stand.db.write(operating.remove, who, topic_id, stand.clock())
    return Done(id=topic_id, says="The topic is removed.")


@router.post("/{topic_id}/recipients", operation_id="add_recipient", status_code=HTTPStatus.CREATED)
async def add_recipient(
    who: Editor, stand: Standing, topic_id: TopicId, wanted: NewRecipientShape
) -> RecipientShape:
    """Tell somebody of a topic, or change when; a new webhook's secret is in the answer, once."""
    told = await stand.db.write(
        operating.tell,
        who,
        topic_id,
        channel=wanted.channel,
        address=wanted.address,
        routing=_routing(wanted),
        check=stand.check,
        now=stand.clock(),
    )
    return recipient_shape(told, secret=told.secret)


@router.delete("/{topic_id}/recipients/{recipient_id}", operation_id="remove_recipient")
async def remove_recipient(
    who: Editor, stand: Standing, topic_id: TopicId, recipient_id: Id
) -> Done:
    """Tell somebody no longer."""
    await stand.db.write(operating.untell, who, topic_id, recipient_id, stand.clock())
    return Done(id=recipient_id, says="It is told no more.")


def _changed(
    conn: Connection, who: Actor, topic_id: int, change: TopicChange, now: datetime
) -> TopicShape:
    topics.by_id(conn, topic_id)
    if change.query is not None:
        operating.set_query(conn, who, topic_id, change.query.strip(), now)
    if change.muted is not None:
        operating.mute(conn, who, topic_id, muted=change.muted, until=None, now=now)
    return topic_shape(topics.by_id(conn, topic_id))


def _routing(wanted: NewRecipientShape) -> Routing:
    change = RoutingChange(
        mode=read_mode(wanted.mode) if wanted.mode else None,
        updates=wanted.updates,
        time_zone=read_zone(wanted.time_zone) if wanted.time_zone else None,
        quiet=read_quiet(wanted.quiet) if wanted.quiet else None,
        digest=read_digest(wanted.digest) if wanted.digest else None,
        most_an_hour=wanted.most_an_hour,
    )
    return change.applied(Routing())
