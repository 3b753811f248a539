"""The page of a digest or summary: all that it told of, also what there was no room for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import Response

from scheduler.access.guarded_route import GuardedRoute
from scheduler.web.render.renderer import Renderer
from storage.delivery import alerts, digest_entries, outbox
from storage.operators.accounts import AccountRole
from storage.sql.database import Database
from storage.stories import articles, stories
from storage.topics import topics


@dataclass(frozen=True, slots=True)
class DigestLine:
    """An alert as the page lists it."""

    uid: str
    topic: str
    headline: str
    host: str
    story_id: int
    at: datetime


def digest_routes(db: Database, render: Renderer) -> list[GuardedRoute]:
    """Return the routes below /digests/."""

    async def shown(request: Request) -> Response:
        uid = request.path_params["uid"]
        lines = await db.read(lines_of, uid)
        return render(request, "digest.html", uid=uid, lines=lines)

    return [GuardedRoute("/digests/{uid}", shown, AccountRole.VIEWER)]


def lines_of(conn: Connection, uid: str) -> list[DigestLine]:
    """Return all that a digest told of, oldest first. Raises NotFoundError."""
    found: list[DigestLine] = []
    for alert_id in digest_entries.alerts_of(conn, outbox.by_uid(conn, uid).id):
        alert = alerts.by_id(conn, alert_id)
        story = stories.get(conn, alert.story_id)
        original = articles.get(conn, story.root_article_id)
        topic = topics.by_id(conn, alert.topic_id).name
        found.append(
            DigestLine(alert.uid, topic, original.title, original.host, story.id, alert.created_at)
        )
    return found
