"""A reader hears no more of a topic: by one click in a mail program (RFC 8058), or on a small page."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus

import structlog
from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import Response

from scheduler.access.guarded_route import GuardedRoute
from scheduler.actions.recipients import unsubscribe
from scheduler.alerts.links import MuteToken, read_mute_token
from scheduler.web.render.renderer import Renderer
from scheduler.wording.formatters import recipient as named
from storage.models.recipients import Recipient
from storage.operators import secret_keys
from storage.sql.database import Database
from storage.topics import topics

PATH = "/unsubscribe/"
_UNKNOWN = "This link is not one of ours, or not whole. Take it from the message again."


def unsubscribe_routes(
    db: Database, clock: Callable[[], datetime], render: Renderer
) -> list[GuardedRoute]:
    """Return the routes below /unsubscribe/: a signed token, and nothing else, opens one."""
    site = _Unsubscribe(db, clock, render)
    return [GuardedRoute(f"{PATH}{{token}}", site.answer, None, ("GET", "POST"), signed=True)]


class _Unsubscribe:
    def __init__(self, db: Database, clock: Callable[[], datetime], render: Renderer) -> None:
        self._db = db
        self._clock = clock
        self._render = render
        self._log = structlog.get_logger("unsubscribe")

    async def answer(self, request: Request) -> Response:
        """Show whom a link is for; mute on POST alone, for programs follow links as well."""
        key = await self._db.write(secret_keys.get, secret_keys.LINKS)
        token = read_mute_token(key, request.path_params["token"])
        muted = [] if token is None else await self._db.read(_recipients, token)
        if not muted:
            return self._render.refuse(request, HTTPStatus.NOT_FOUND, _UNKNOWN)
        is_done = all(recipient.routing.muted for _, recipient in muted)
        if request.method == "POST" and not is_done:
            wanted = [recipient for _, recipient in muted if not recipient.routing.muted]
            await self._db.write(unsubscribe, wanted, self._clock())
            self._log.info("unsubscribed", recipients=[recipient.id for recipient in wanted])
            is_done = True
        return self._render(
            request,
            "unsubscribe.html",
            topics=[topic for topic, _ in muted],
            recipient=_masked(named(muted[0][1])),
            is_done=is_done,
        )


def _masked(name: str) -> str:
    """Leave of an e-mail address what its owner knows it by: a link may have been handed on."""
    local, at, domain = name.rpartition("@")
    return f"{local[:1]}…@{domain}" if at else name


def _recipients(conn: Connection, token: MuteToken) -> list[tuple[str, Recipient]]:
    """Return whom a link mutes, each with its topic's name, also after its topic was removed."""
    recipients = topics.recipients(conn, [token.recipient_id])
    if token.of_digest and recipients:
        recipients = topics.told_together(conn, recipients[0]) or recipients
    return [(topics.by_id(conn, each.topic_id).name, each) for each in recipients]
