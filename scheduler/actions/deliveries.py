"""Deliveries: sent again, one or many, and endpoints taken for well again."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from scheduler.actions.actor import Actor
from storage.delivery import alerts, endpoints, outbox
from storage.errors import InputError
from storage.models.deliveries import Delivery, DeliveryState


def replay(conn: Connection, actor: Actor, delivery_id: int, now: datetime) -> Delivery:
    """Send a delivery again now: the same uid, the same bytes. Raises InputError."""
    again = outbox.replay(conn, delivery_id, now)
    actor.did(conn, "delivery replayed", f"delivery {delivery_id}", now=now)
    return again


def replay_alert(conn: Connection, actor: Actor, uid: str, now: datetime) -> int:
    """Send an alert's deliveries again that are not on their way; how many."""
    again = outbox.replay_alert(conn, alerts.get(conn, uid).id, now)
    actor.did(conn, "alert replayed", f"alert {uid}", f"{len(again)} deliveries", now=now)
    return len(again)


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
    """Send again what was written within a time and is in that state, the oldest first; how many.

    Raises InputError when there are more than `most`: nothing is sent again then.
    """
    if state is DeliveryState.PENDING:
        raise InputError("what is pending is on its way already; choose dead or delivered")
    found = outbox.ids_between(conn, since=since, until=until, state=state, limit=most + 1)
    if len(found) > most:
        raise InputError(f"these are more than {most:,} deliveries: choose a shorter time")
    for delivery_id in found:
        outbox.replay(conn, delivery_id, now)
    detail = f"{len(found)} {state} deliveries"
    about = f"{since:%F %R} to {until:%F %R} UTC"
    actor.did(conn, "deliveries replayed", about, detail, now=now)
    return len(found)


def enable(conn: Connection, actor: Actor, endpoint: str, now: datetime) -> None:
    """Take an endpoint for well again, also one that was disabled; what waits for it is due."""
    endpoints.well(conn, endpoint)
    outbox.hasten(conn, endpoint)
    actor.did(conn, "endpoint enabled", endpoint.partition("?")[0][:80], now=now)
