"""The pages of alerts: what was told, why, and what became of it with each recipient."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from scheduler.access.guarded_route import GuardedRoute
from scheduler.access.identity import identity_of
from scheduler.actions import deliveries as delivery_actions
from scheduler.diagnosis.explain import explain_url, explanation_lines
from scheduler.lists.alerts import alert_detail, alert_list
from scheduler.web.render.renderer import PageDeps, back_to
from storage.operators.accounts import AccountRole
from storage.topics import topics


class AlertPages:
    """The pages, over their dependencies."""

    def __init__(self, deps: PageDeps, *, stale_days: int) -> None:
        self._stale_days = stale_days
        self._db = deps.db
        self._clock = deps.clock
        self._render = deps.render

    def routes(self) -> list[GuardedRoute]:
        """Return their routes."""
        return [
            GuardedRoute("/explain", self.explained, AccountRole.VIEWER),
            GuardedRoute("/alerts", self.listed, AccountRole.VIEWER),
            GuardedRoute("/alerts/{uid}", self.shown, AccountRole.VIEWER),
            GuardedRoute("/alerts/{uid}/replay", self.replay, AccountRole.EDITOR, ("POST",)),
        ]

    async def listed(self, request: Request) -> Response:
        params = request.query_params
        topic = params.get("topic", "")
        topic_id = int(topic) if topic.isascii() and topic.isdecimal() and len(topic) < 18 else None  # noqa: PLR2004 - digits of an id
        cursor = params.get("after", "")
        return self._render(
            request,
            "alerts.html",
            alerts=await self._db.read(alert_list, cursor, topic_id),
            topics=await self._db.read(topics.ids_and_names),
            topic_id=topic_id,
            cursor=cursor,
        )

    async def shown(self, request: Request) -> Response:
        view = await self._db.read(alert_detail, request.path_params["uid"])
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
        replayed = await self._db.write(
            delivery_actions.replay_alert, identity_of(request).actor, uid, self._clock()
        )
        number = len(replayed)
        done = f"{number} deliveries are due again." if number else "All are on their way already."
        return back_to(f"/alerts/{uid}", done)
