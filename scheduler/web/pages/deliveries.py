"""The pages of deliveries: the outbox, each try, the dead letters, digests, and sending again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import Response

from scheduler.access.guarded_route import GuardedRoute, form_fields
from scheduler.access.identity import identity_of
from scheduler.actions import deliveries as delivery_actions
from scheduler.lists.deliveries import delivery_detail, delivery_list
from scheduler.web.render.renderer import PageDeps, Renderer, back_to
from storage.delivery import alerts, digest_entries, endpoints, outbox
from storage.errors import InputError
from storage.models.alerts import Alert
from storage.models.deliveries import DeliveryState
from storage.operators.accounts import AccountRole
from storage.sql.database import Database
from storage.stories import articles, stories
from storage.topics import topics


@dataclass(frozen=True, slots=True)
class DigestLine:
    """A story as the page lists it, with the topics that it matches and when it was first told."""

    topics: tuple[str, ...]
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
    """Return all stories that a digest told of, oldest first. Raises NotFoundError."""
    of_stories: dict[int, list[Alert]] = {}
    for alert_id in digest_entries.alerts_of(conn, outbox.by_uid(conn, uid).id):
        alert = alerts.by_id(conn, alert_id)
        of_stories.setdefault(alert.story_id, []).append(alert)
    return [_line(conn, story_id, told) for story_id, told in of_stories.items()]


def _line(conn: Connection, story_id: int, told: Sequence[Alert]) -> DigestLine:
    original = articles.get(conn, stories.get(conn, story_id).root_article_id)
    names = dict.fromkeys(topics.by_id(conn, alert.topic_id).name for alert in told)
    return DigestLine(tuple(names), original.title, original.host, story_id, told[0].created_at)


_MOST_AGAIN = 10_000


class DeliveryPages:
    """The pages, over their dependencies."""

    def __init__(self, deps: PageDeps) -> None:
        self._db = deps.db
        self._clock = deps.clock
        self._render = deps.render

    def routes(self) -> list[GuardedRoute]:
        """Return their routes."""
        return [
            GuardedRoute("/deliveries", self.listed, AccountRole.VIEWER),
            GuardedRoute("/deliveries/again", self.replay_range, AccountRole.EDITOR, ("POST",)),
            GuardedRoute("/deliveries/enable", self.enable, AccountRole.EDITOR, ("POST",)),
            GuardedRoute("/deliveries/{delivery_id:int}", self.shown, AccountRole.VIEWER),
            GuardedRoute(
                "/deliveries/{delivery_id:int}/replay", self.replay, AccountRole.EDITOR, ("POST",)
            ),
        ]

    async def listed(self, request: Request) -> Response:
        params = request.query_params
        state = params.get("state", "")
        wanted = DeliveryState(state) if state in list(DeliveryState) else None
        cursor = params.get("after", "")
        return self._render(
            request,
            "deliveries.html",
            deliveries=await self._db.read(delivery_list, cursor, wanted),
            counts=await self._db.read(outbox.count_by_state),
            endpoints=[
                each.seen_at(self._clock())
                for each in (await self._db.read(endpoints.unwell)).values()
            ],
            waiting=await self._db.read(outbox.count_by_endpoint, DeliveryState.PENDING),
            state_asked=wanted,
            states=list(DeliveryState),
            cursor=cursor,
        )

    async def shown(self, request: Request) -> Response:
        view = await self._db.read(delivery_detail, request.path_params["delivery_id"])
        return self._render(request, "delivery.html", view=view)

    async def replay(self, request: Request) -> Response:
        delivery_id = request.path_params["delivery_id"]
        await self._db.write(
            delivery_actions.replay, identity_of(request).actor, delivery_id, self._clock()
        )
        return back_to(f"/deliveries/{delivery_id}", "It is due now: the same id, the same bytes.")

    async def replay_range(self, request: Request) -> Response:
        """Send a range of deliveries again. Raises InputError for states that can't be."""
        form = form_fields(request)
        state = form.get("state", "")
        if state not in (DeliveryState.DEAD, DeliveryState.DELIVERED):
            raise InputError("choose those that were given up or those that were delivered")
        number = await self._db.write(
            delivery_actions.replay_range,
            identity_of(request).actor,
            since=_moment(form.get("since", ""), "since"),
            until=_moment(form.get("until", ""), "until"),
            state=DeliveryState(state),
            most=_MOST_AGAIN,
            now=self._clock(),
        )
        return back_to("/deliveries", f"{number:,} deliveries are due again.")

    async def enable(self, request: Request) -> Response:
        name = request.state.form.get("endpoint", [""])[-1]
        await self._db.write(
            delivery_actions.enable, identity_of(request).actor, name, self._clock()
        )
        return back_to("/deliveries", "It is asked again now.")


def _moment(text: str, name: str) -> datetime:
    """Read what a browser's field for a time sends, as UTC. Raises InputError."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise InputError(f"{name} is no time; write it as 2026-11-25T08:00, in UTC") from error
    return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
