"""A topic's page: who is told of it and how, a test for each, and what its alerts look like."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from email import message_from_bytes, policy
from http import HTTPStatus

from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from scheduler.alerts.links import Links
from scheduler.alerts.trying import preview, put_test
from scheduler.routing_text import routing_words
from scheduler.web.templating import Render
from scheduler.web.wording import recipient as named
from storage import alerts, topics
from storage.database import Database
from storage.errors import InputError, NotFoundError
from storage.models import Alert, Channel, Draft, Topic

_MOST_SHOWN = 10  # alerts
_MOST_DIGITS = 18  # of an id
_INERT = "default-src 'none'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'none'"


class RecipientPages:
    """The pages, over a database; `url` is where links in previews lead."""

    def __init__(
        self,
        *,
        db: Database,
        clock: Callable[[], datetime],
        render: Render,
        sender: str,
        url: str,
        stale_days: int,
    ) -> None:
        self._db = db
        self._clock = clock
        self._render = render
        self._sender = sender
        self._url = url
        self._stale_days = stale_days

    def routes(self) -> list[Route]:
        """Give their routes."""
        test = "/topics/{topic_id:int}/recipients/{recipient_id:int}/test"
        return [
            Route("/topics/{topic_id:int}", self.topic),
            Route(test, self.test, methods=["POST"]),
            Route("/stories/{story_id:int}/preview", self.previewed),
            Route("/stories/{story_id:int}/preview/letter", self.letter),
        ]

    async def topic(self, request: Request) -> Response:
        topic, made = await self._db.read(_topic, request.path_params["topic_id"])
        now = self._clock()
        told = [(each, named(each), routing_words(each.routing, now)) for each in topic.recipients]
        sent = request.query_params.get("sent", "")
        return self._render("topic.html", topic=topic, told=told, made=made, sent=sent)

    async def test(self, request: Request) -> Response:
        topic_id, number = (request.path_params[each] for each in ("topic_id", "recipient_id"))
        try:
            uid = await self._db.write(self._put_test, topic_id, number)
        except NotFoundError:
            raise
        except InputError as error:
            title = HTTPStatus.TOO_MANY_REQUESTS.phrase
            status = HTTPStatus.TOO_MANY_REQUESTS
            return self._render("error.html", status, title=title, says=str(error))
        return RedirectResponse(f"/topics/{topic_id}?sent={uid}", HTTPStatus.SEE_OTHER)

    async def previewed(self, request: Request) -> Response:
        try:
            drafts = [await self._previewed(request, channel) for channel in Channel]
        except NotFoundError:
            raise
        except InputError as error:
            title = HTTPStatus.BAD_REQUEST.phrase
            return self._render("error.html", HTTPStatus.BAD_REQUEST, title=title, says=str(error))
        shown = [(each.channel.value, _shown(each)) for each in drafts]
        return self._render(
            "preview.html",
            story_id=request.path_params["story_id"],
            topic_id=request.query_params["topic"],
            shown=shown,
        )

    async def letter(self, request: Request) -> Response:
        """Show the letter's HTML by itself, as a mail program would: with its own style, and inert."""
        draft = await self._previewed(request, Channel.EMAIL)
        return HTMLResponse(_part(draft, "html"), headers={"Content-Security-Policy": _INERT})

    async def _previewed(self, request: Request, channel: Channel) -> Draft:
        topic_id = request.query_params.get("topic", "")
        if not (topic_id.isascii() and topic_id.isdecimal() and len(topic_id) <= _MOST_DIGITS):
            raise NotFoundError("say of which topic: ?topic=ID")
        story_id = request.path_params["story_id"]
        return await self._db.read(self._preview, story_id, int(topic_id), channel)

    def _put_test(self, conn: Connection, topic_id: int, number: int) -> str:
        topic = topics.by_id(conn, topic_id)
        for each in topic.recipients:
            if each.id == number:
                return put_test(conn, topic, each, sender=self._sender, now=self._clock()).uid
        raise NotFoundError(f"topic {topic.name!r} has no recipient {number}")

    def _preview(self, conn: Connection, story_id: int, topic_id: int, channel: Channel) -> Draft:
        return preview(
            conn,
            story_id,
            topics.by_id(conn, topic_id),
            channel,
            links=Links(self._url, b"preview"),
            sender=self._sender,
            stale_days=self._stale_days,
            now=self._clock(),
        )


def _shown(draft: Draft) -> str:
    """Give a draft as people read it."""
    if draft.channel is Channel.EMAIL:
        return _part(draft, "plain")
    return json.dumps(json.loads(draft.payload), ensure_ascii=False, indent=2)


def _part(draft: Draft, kind: str) -> str:
    body = message_from_bytes(draft.payload, policy=policy.default).get_body((kind,))
    return "" if body is None else str(body.get_content())


def _topic(conn: Connection, topic_id: int) -> tuple[Topic, list[Alert]]:
    return topics.by_id(conn, topic_id), alerts.of_topic(conn, topic_id, _MOST_SHOWN)
