"""Digest entries: alerts that wait for a recipient's digest or summary, and its delivery."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, func, insert, select, update

from storage.sql import schema
from storage.sql.schema import digest_entries as _t


@dataclass(frozen=True, slots=True)
class DigestEntry:
    """An alert of a story that waits for a recipient's digest; `because` is the note that goes with it."""

    id: int
    recipient_id: int
    alert_id: int
    story_id: int
    because: str


def add(conn: Connection, *, recipient_id: int, alert_id: int, because: str, now: datetime) -> None:
    """Let an alert wait, in the transaction that stores it."""
    values = {"recipient_id": recipient_id, "alert_id": alert_id, "because": because}
    conn.execute(insert(_t).values(added_at=now, **values))


def of_recipients(conn: Connection, recipient_ids: Collection[int]) -> list[DigestEntry]:
    """Return the entries of recipients, in the order in which they came."""
    rows = conn.execute(
        select(_t.c.id, _t.c.recipient_id, _t.c.alert_id, schema.alerts.c.story_id, _t.c.because)
        .join(schema.alerts, schema.alerts.c.id == _t.c.alert_id)
        .where(_t.c.recipient_id.in_(recipient_ids), _t.c.delivery_id.is_(None))
        .order_by(_t.c.id)
    )
    return [DigestEntry(**row._mapping) for row in rows]


def mark_delivered(
    conn: Connection, recipient_ids: Collection[int], last: int, delivery_id: int
) -> None:
    """Record the delivery that all entries up to the row `last` went into."""
    conn.execute(
        update(_t)
        .where(_t.c.recipient_id.in_(recipient_ids), _t.c.delivery_id.is_(None), _t.c.id <= last)
        .values(delivery_id=delivery_id)
    )


def hold(conn: Connection, recipient_id: int, reason: str) -> None:
    """Take out what waits for a recipient that is not told: its alerts say so, with the reason."""
    waits = (_t.c.recipient_id == recipient_id, _t.c.delivery_id.is_(None))
    alerted, alerts = schema.alert_recipients, schema.alerts
    for alert_id in list(conn.execute(select(_t.c.alert_id).where(*waits)).scalars()):
        conn.execute(
            delete(alerted).where(
                alerted.c.recipient_id == recipient_id, alerted.c.alert_id == alert_id
            )
        )
        of_alert = alerts.c.id == alert_id
        held = conn.execute(select(alerts.c.held).where(of_alert)).scalar_one()
        conn.execute(update(alerts).where(of_alert).values(held=[*held, [recipient_id, reason]]))
    conn.execute(delete(_t).where(*waits))


def count(conn: Connection) -> int:
    """Count the entries of all recipients."""
    waits = select(func.count()).select_from(_t).where(_t.c.delivery_id.is_(None))
    return conn.execute(waits).scalar_one()


def alerts_of(conn: Connection, delivery_id: int) -> list[int]:
    """Return the alerts of a digest or summary, oldest first."""
    rows = conn.execute(
        select(_t.c.alert_id).where(_t.c.delivery_id == delivery_id).order_by(_t.c.id)
    )
    return list(rows.scalars())
