"""Deliveries: sent again, one or many, and endpoints taken for well again."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from scheduler.actions.audit_log import Actor, AuditAction
from scheduler.wording.formatters import endpoint as endpoint_name
from storage.delivery import alerts, endpoints, outbox
from storage.errors import InputError
from storage.models.deliveries import Delivery, DeliveryState


def replay(conn: Connection, actor: Actor, delivery_id: int, now: datetime) -> Delivery:
    """Send a delivery again now: the same uid, the same bytes.

    Raises InputError for one that is on its way, and NotFoundError.
    """
    before = outbox.get(conn, delivery_id)
    after = outbox.replay(conn, delivery_id, now)
    about = f"delivery {delivery_id}"
    action = AuditAction.DELIVERY_REPLAYED
    actor.record(conn, action, about, old=before.state, new=after.state, now=now)
    return after


def replay_alert(conn: Connection, actor: Actor, uid: str, now: datetime) -> list[Delivery]:
    """Send an alert's deliveries again that are not on their way; return them.

    Raises NotFoundError.
    """
    replayed = outbox.replay_alert(conn, alerts.get(conn, uid).id, now)
    says = f"{len(replayed)} deliveries {DeliveryState.PENDING}"
    actor.record(conn, AuditAction.ALERT_REPLAYED, f"alert {uid}", new=says, now=now)
    return replayed


def replay_range(
    conn: Connection,
    actor: Actor,
    *,
    since: datetime,
    until: datetime,
    state: DeliveryState,
    most: int,
    now: datetime,
) -> int:
    """Send again what was written within a time and is in that state, the oldest first.

    Return how many. Raises InputError when there are more than `most`: nothing is sent again then.
    """
    if state is DeliveryState.PENDING:
        raise InputError("what is pending is on its way already; choose dead or delivered")
    delivery_ids = outbox.ids_between(conn, since=since, until=until, state=state, limit=most + 1)
    if len(delivery_ids) > most:
        raise InputError(f"these are more than {most:,} deliveries: choose a shorter time")
    for delivery_id in delivery_ids:
        outbox.replay(conn, delivery_id, now)
    actor.record(
        conn,
        AuditAction.DELIVERIES_REPLAYED,
        f"{since:%F %R} to {until:%F %R} UTC",
        old=f"{len(delivery_ids)} deliveries {state}",
        new=f"{len(delivery_ids)} deliveries {DeliveryState.PENDING}",
        now=now,
    )
    return len(delivery_ids)


def enable(conn: Connection, actor: Actor, endpoint: str, now: datetime) -> None:
    """Take an endpoint for well again, also one that was disabled; what waits for it is due."""
    before = endpoints.get(conn, endpoint)
    endpoints.well(conn, endpoint)
    outbox.hasten(conn, endpoint)
    old = "disabled" if before.disabled_at else "failing" if before.failing_since else "well"
    about = f"endpoint {endpoint_name(endpoint)}"
    actor.record(conn, AuditAction.ENDPOINT_ENABLED, about, old=old, new="well", now=now)
