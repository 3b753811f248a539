"""Alerts and deliveries through the API."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query

from scheduler.actions import deliveries as delivery_actions
from scheduler.api.api_deps import After, Deps, Editor, Limit, Viewer
from scheduler.lists.alerts import alert_detail, alert_list
from scheduler.lists.deliveries import delivery_detail, delivery_list
from scheduler.shapes.alerts import (
    AlertShape,
    DeliveryShape,
    TriedDeliveryShape,
    alert_shape,
    delivery_shape,
    tried_delivery_shape,
)
from scheduler.shapes.base import ChangeResult, Id, ListShape
from storage.models.deliveries import DeliveryState

router = APIRouter(tags=["alerts"])

Uid = Annotated[str, Path(pattern=r"^[A-Za-z0-9_-]{1,200}$")]


@router.get("/alerts", operation_id="list_alerts")
async def list_alerts(
    _who: Viewer,
    deps: Deps,
    after: After = "",
    limit: Limit = 50,
    topic: Annotated[Id | None, Query(description="A topic's id.")] = None,
) -> ListShape[AlertShape]:
    """List the alerts, the newest first."""
    found = await deps.db.read(alert_list, after, topic, limit)
    return ListShape(items=[alert_shape(row) for row in found.rows], next=found.next or None)


@router.get("/alerts/{uid}", operation_id="get_alert")
async def get_alert(_who: Viewer, deps: Deps, uid: Uid) -> AlertShape:
    """Return an alert and what became of it."""
    return alert_shape((await deps.db.read(alert_detail, uid)).row)


@router.post("/alerts/{uid}/replay", operation_id="replay_alert")
async def replay_alert(who: Editor, deps: Deps, uid: Uid) -> ChangeResult:
    """Send an alert's deliveries again that are not on their way: the same ids and bytes."""
    replayed = await deps.db.write(delivery_actions.replay_alert, who, uid, deps.clock())
    return ChangeResult(says=f"{len(replayed)} deliveries are due again.")


@router.get("/deliveries", operation_id="list_deliveries")
async def list_deliveries(
    _who: Viewer,
    deps: Deps,
    after: After = "",
    limit: Limit = 50,
    state: DeliveryState | None = None,
) -> ListShape[DeliveryShape]:
    """List the deliveries, the newest first."""
    found = await deps.db.read(delivery_list, after, state, limit)
    return ListShape(items=[delivery_shape(each) for each in found.rows], next=found.next or None)


@router.get("/deliveries/{delivery_id}", operation_id="get_delivery")
async def get_delivery(_who: Viewer, deps: Deps, delivery_id: Id) -> TriedDeliveryShape:
    """Return a delivery with every try."""
    view = await deps.db.read(delivery_detail, delivery_id)
    return tried_delivery_shape(view.delivery, list(view.attempts))


@router.post("/deliveries/{delivery_id}/replay", operation_id="replay_delivery")
async def replay_delivery(who: Editor, deps: Deps, delivery_id: Id) -> ChangeResult:
    """Send a delivery again now: the same id, the same bytes, a fresh schedule."""
    again = await deps.db.write(delivery_actions.replay, who, delivery_id, deps.clock())
    return ChangeResult(id=again.id, says="It is due now.")
