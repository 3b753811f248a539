"""The pages of deliveries: the outbox, each try, the dead letters, and sending again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import Response

from scheduler.access.guarded_route import GuardedRoute, form_fields
from scheduler.access.identity import identity_of
from scheduler.actions import deliveries as operating
from scheduler.lists.cursors import read_cursor, write_cursor
from scheduler.lists.message_preview import shown as as_read
from scheduler.web.render.page_deps import Desk
from scheduler.web.render.renderer import back_to
from storage.delivery import alerts, endpoints, outbox
from storage.errors import InputError
from storage.models.deliveries import Attempt, Delivery, DeliveryState, Endpoint
from storage.operators.accounts import Role

_A_PAGE = 50
_MOST_AGAIN = 10_000


@dataclass(frozen=True, slots=True)
class Listed:
    """A page of the list; `counts` are by state, `endpoints` are those that are not well."""

    rows: tuple[Delivery, ...]
    counts: dict[str, int]
    endpoints: tuple[Endpoint, ...]
    waiting: dict[str, int]  # by endpoint
    next: str


@dataclass(frozen=True, slots=True)
class DeliveryView:
    """A delivery with its tries, and what it says as people read it."""

    delivery: Delivery
    attempts: tuple[Attempt, ...]
    says: str
    alert_uid: str | None


class DeliveryPages:
    """The pages, over a desk."""

    def __init__(self, desk: Desk) -> None:
        self._db = desk.db
        self._clock = desk.clock
        self._render = desk.render

    def routes(self) -> list[GuardedRoute]:
        """Return their routes."""
        return [
            GuardedRoute("/deliveries", self.listed, Role.VIEWER),
            GuardedRoute("/deliveries/again", self.replay_range, Role.EDITOR, ("POST",)),
            GuardedRoute("/deliveries/enable", self.enable, Role.EDITOR, ("POST",)),
            GuardedRoute("/deliveries/{delivery_id:int}", self.shown, Role.VIEWER),
            GuardedRoute(
                "/deliveries/{delivery_id:int}/replay", self.replay, Role.EDITOR, ("POST",)
            ),
        ]

    async def listed(self, request: Request) -> Response:
        params = request.query_params
        state = params.get("state", "")
        wanted = DeliveryState(state) if state in list(DeliveryState) else None
        cursor = params.get("after", "")
        found = await self._db.read(listed, cursor, wanted)
        return self._render(
            request,
            "deliveries.html",
            found=found,
            state_asked=wanted,
            states=list(DeliveryState),
            cursor=cursor,
        )

    async def shown(self, request: Request) -> Response:
        view = await self._db.read(delivery_view, request.path_params["delivery_id"])
        return self._render(request, "delivery.html", view=view)

    async def replay(self, request: Request) -> Response:
        delivery_id = request.path_params["delivery_id"]
        await self._db.write(
            operating.replay, identity_of(request).actor, delivery_id, self._clock()
        )
        return back_to(f"/deliveries/{delivery_id}", "It is due now: the same id, the same bytes.")

    async def replay_range(self, request: Request) -> Response:
        form = form_fields(request)
        state = form.get("state", "")
        if state not in (DeliveryState.DEAD, DeliveryState.DELIVERED):
            raise InputError("choose those that were given up or those that were delivered")
        number = await self._db.write(
            operating.replay_range,
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
        await self._db.write(operating.enable, identity_of(request).actor, name, self._clock())
        return back_to("/deliveries", "It is asked again now.")


def listed(
    conn: Connection, cursor: str, state: DeliveryState | None, limit: int = _A_PAGE
) -> Listed:
    """Read a page of the list."""
    before = int(read_cursor(cursor, int)[0]) if cursor else None
    found = outbox.page(conn, limit=limit + 1, before=before, state=state)
    shown = found[:limit]
    return Listed(
        rows=tuple(shown),
        counts=outbox.count_by_state(conn),
        endpoints=tuple(endpoints.unwell(conn).values()),
        waiting=outbox.count_by_endpoint(conn, DeliveryState.PENDING),
        next=write_cursor(shown[-1].id) if len(found) > limit else "",
    )


def delivery_view(conn: Connection, delivery_id: int) -> DeliveryView:
    """Read all of one delivery. Raises NotFoundError."""
    delivery = outbox.get(conn, delivery_id)
    uid = None if delivery.alert_id is None else alerts.by_id(conn, delivery.alert_id).uid
    tries = tuple(outbox.attempts(conn, delivery_id))
    return DeliveryView(delivery, tries, as_read(delivery.channel, delivery.payload), uid)


def _moment(text: str, name: str) -> datetime:
    """Read what a browser's field for a time sends, as UTC. Raises InputError."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise InputError(f"{name} is no time; write it as 2026-11-25T08:00, in UTC") from error
    return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
