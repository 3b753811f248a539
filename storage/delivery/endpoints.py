"""Endpoints: what deliveries go to and fail with as one; kept only while one is not well."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, delete, insert, select, update

from storage.models.deliveries import Endpoint
from storage.models.recipients import Channel
from storage.sql.schema import endpoints as _t


def name_of(channel: Channel, address: str) -> str:
    """Name the endpoint of an address: all e-mail goes to one relay, each webhook is its own."""
    return Channel.EMAIL.value if channel is Channel.EMAIL else address


def unwell(conn: Connection) -> dict[str, Endpoint]:
    """Return the endpoints that fail or are disabled, by name."""
    return {row.name: Endpoint(**row._mapping) for row in conn.execute(select(_t))}


def get(conn: Connection, name: str) -> Endpoint:
    """Return an endpoint; one that nothing is known of is well."""
    row = conn.execute(select(_t).where(_t.c.name == name)).one_or_none()
    return Endpoint(name) if row is None else Endpoint(**row._mapping)


def put(conn: Connection, endpoint: Endpoint) -> None:
    """Keep how an endpoint that is not well is doing."""
    values = {name: getattr(endpoint, name) for name in Endpoint.__slots__}
    if not conn.execute(update(_t).where(_t.c.name == endpoint.name).values(**values)).rowcount:
        conn.execute(insert(_t).values(**values))


def well(conn: Connection, name: str) -> None:
    """Forget what was wrong with an endpoint."""
    conn.execute(delete(_t).where(_t.c.name == name))


def noticed(conn: Connection, name: str, now: datetime) -> None:
    """Record that the operator got a notice of its failing."""
    conn.execute(update(_t).where(_t.c.name == name).values(noticed_at=now))
