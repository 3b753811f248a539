"""The pages of alerts: what was told, why, and what became of it with each recipient."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import Response

from scheduler.access.guarded_route import GuardedRoute
from scheduler.access.identity import identity_of
from scheduler.actions import deliveries as operating
from scheduler.alerts.content import Piece, passage
from scheduler.diagnosis.explain import explain_url, explanation_lines
from scheduler.diagnosis.topic_answers import held_recipients
from scheduler.lists.cursors import read_cursor, write_cursor
from scheduler.web.render.page_deps import Desk
from scheduler.web.render.renderer import back_to
from storage.delivery import alerts, outbox
from storage.models.articles import Article
from storage.models.deliveries import Attempt
from storage.operators.accounts import Role
from storage.reports import statistics
from storage.reports.statistics import AlertRow
from storage.stories import articles
from storage.topics import topics

_A_PAGE = 50


@dataclass(frozen=True, slots=True)
class Listed:
    """A page of the list."""

    rows: tuple[AlertRow, ...]
    topics: tuple[tuple[int, str], ...]  # to choose from: id, name
    next: str


@dataclass(frozen=True, slots=True)
class AlertView:
    """An alert with why it was made and every try to deliver it, by the ids of its deliveries."""

    row: AlertRow
    article: Article
    passage: tuple[Piece, ...]
    attempts: dict[int, list[Attempt]]
    held: tuple[tuple[str, str], ...]


class AlertPages:
    """The pages, over a desk."""

    def __init__(self, desk: Desk, *, stale_days: int) -> None:
        self._stale_days = stale_days
        self._db = desk.db
        self._clock = desk.clock
        self._render = desk.render

    def routes(self) -> list[GuardedRoute]:
        """Return their routes."""
        return [
            GuardedRoute("/explain", self.explained, Role.VIEWER),
            GuardedRoute("/alerts", self.listed, Role.VIEWER),
            GuardedRoute("/alerts/{uid}", self.shown, Role.VIEWER),
            GuardedRoute("/alerts/{uid}/replay", self.replay, Role.EDITOR, ("POST",)),
        ]

    async def listed(self, request: Request) -> Response:
        params = request.query_params
        topic = params.get("topic", "")
        topic_id = int(topic) if topic.isascii() and topic.isdecimal() and len(topic) < 18 else None  # noqa: PLR2004 - digits of an id
        cursor = params.get("after", "")
        found = await self._db.read(listed, cursor, topic_id)
        return self._render(request, "alerts.html", found=found, topic_id=topic_id, cursor=cursor)

    async def shown(self, request: Request) -> Response:
        view = await self._db.read(alert_view, request.path_params["uid"])
        return self._render(request, "alert.html", view=view)

    async def explained(self, request: Request) -> Response:
        """Tell the whole way of an address, from a listing to its deliveries."""
        url = request.query_params.get("url", "").strip()[:2000]
        lines: list[str] = []
        if url:
            found = await self._db.read(explain_url, url, stale_days=self._stale_days)
            lines = list(explanation_lines(found))
        return self._render(request, "explain.html", url=url, lines=lines)

    async def replay(self, request: Request) -> Response:
        uid = request.path_params["uid"]
        number = await self._db.write(
            operating.replay_alert, identity_of(request).actor, uid, self._clock()
        )
        done = f"{number} deliveries are due again." if number else "All are on their way already."
        return back_to(f"/alerts/{uid}", done)


def listed(
    conn: Connection, cursor: str, topic_id: int | None = None, limit: int = _A_PAGE
) -> Listed:
    """Read a page of the list."""
    before = int(read_cursor(cursor, int)[0]) if cursor else None
    found = alerts.page(conn, limit=limit + 1, before=before, topic_id=topic_id)
    shown = found[:limit]
    return Listed(
        rows=tuple(statistics.alert_rows(conn, shown)),
        topics=tuple(topics.ids_and_names(conn)),
        next=write_cursor(shown[-1].id) if len(found) > limit else "",
    )


def alert_view(conn: Connection, uid: str) -> AlertView:
    """Read all of one alert. Raises NotFoundError."""
    row = statistics.alert_row(conn, alerts.get(conn, uid))
    article = articles.get(conn, row.alert.article_id)
    return AlertView(
        row=row,
        article=article,
        passage=passage(article, row.alert.matched.highlights),
        attempts={each.id: outbox.attempts(conn, each.id) for each in row.deliveries},
        held=tuple(held_recipients(conn, row.alert)),
    )
