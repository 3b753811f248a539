"""The feeds of topics: opened by a token in their address, for feed readers send no headers."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from datetime import datetime
from http import HTTPStatus
from typing import Protocol

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from scheduler.access.authentication import use_token
from scheduler.access.guarded_route import GuardedRoute
from scheduler.feeds.entries import TopicFeed, topic_feed
from scheduler.feeds.formats import write_atom, write_json, write_rss
from storage.operators.tokens import Token, TokenScope
from storage.sql.database import Database

PATH = "/feeds/"


class FeedWriter(Protocol):
    """Writes a feed in one format."""

    def __call__(self, feed: TopicFeed, *, own_url: str, site_url: str) -> bytes:
        """Return its bytes."""


FEEDS: Mapping[str, tuple[FeedWriter, str]] = {
    "rss": (write_rss, "application/rss+xml"),
    "atom": (write_atom, "application/atom+xml"),
    "json": (write_json, "application/feed+json"),
}
"""The formats by the end of their address: how each is written, and its media type."""


class FeedPages:
    """The feeds, over a database; `url` is where the site is."""

    def __init__(self, *, db: Database, clock: Callable[[], datetime], url: str) -> None:
        self._db = db
        self._clock = clock
        self._url = url.rstrip("/")

    def routes(self) -> list[GuardedRoute]:
        """Return their routes; the token in the address opens them."""
        return [
            GuardedRoute(f"{PATH}{{token}}/topics/{{topic_id:int}}.{{format}}", self.feed, None)
        ]

    async def feed(self, request: Request) -> Response:
        """Return a topic's feed, or 304. Raises HTTPException 404 for a token that opens none."""
        topic_id, kind = request.path_params["topic_id"], request.path_params["format"]
        token = await use_token(self._db, request.path_params["token"], self._clock())
        if kind not in FEEDS or token is None or not _opens(token, topic_id):
            raise HTTPException(HTTPStatus.NOT_FOUND, "There is no such feed, or its token is old.")
        found = await self._db.read(topic_feed, topic_id)
        write, media_type = FEEDS[kind]
        body = write(
            found,
            own_url=f"{self._url}{request.url.path}",
            site_url=f"{self._url}/topics/{topic_id}",
        )
        etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
        headers = {"ETag": etag, "Cache-Control": "private, max-age=60"}
        if etag in request.headers.get("if-none-match", ""):
            return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
        return Response(body, media_type=media_type, headers=headers)


def _opens(token: Token, topic_id: int) -> bool:
    if token.scope is not TokenScope.FEED:
        return False
    return token.topic_id is None or token.topic_id == topic_id
