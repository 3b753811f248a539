"""The outbox: deliveries not yet done, the dead letters, and the log of attempts."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    Connection,
    Row,
    Select,
    and_,
    bindparam,
    func,
    insert,
    or_,
    select,
    update,
)

from storage.delivery import endpoints
from storage.errors import InputError, NotFoundError
from storage.models.deliveries import Attempt, Delivery, DeliveryKind, DeliveryState, Draft
from storage.models.recipients import Channel
from storage.sql import schema

_t = schema.outbox
_attempts = schema.attempts

# Asked for each delivery: to build a statement takes longer than to run it.
_ADD_ATTEMPT = insert(_attempts)
_SETTLE = (
    update(_t)
    .where(_t.c.id == bindparam("settled_id"))
    .values({"attempts": _t.c.attempts + 1, "claimed_until": None})
)

WAITS = "waits: "
"""How the reason begins for which a delivery waits that nothing is wrong with."""


def put(
    conn: Connection,
    *,
    alert_id: int | None,
    draft: Draft,
    now: datetime,
    kind: DeliveryKind = DeliveryKind.ALERT,
    not_before: datetime | None = None,
    waits: str = "",
) -> Delivery:
    """Store a delivery in the transaction that stores its alert.

    It is due at once, or at `not_before`; `waits` says why it is not sent at once.
    """
    result = conn.execute(
        insert(_t)
        .values(
            alert_id=alert_id,
            kind=kind,
            endpoint=endpoints.name_of(draft.channel, draft.address),
            state=DeliveryState.PENDING,
            created_at=now,
            next_attempt_at=not_before or now,
            last_error=f"{WAITS}{waits}" if waits and not_before else "",
            **asdict(draft),
        )
        .returning(_t.c.id)
    )
    return get(conn, result.scalar_one())


def claim(
    conn: Connection,
    now: datetime,
    limit: int,
    lease_seconds: float,
    *,
    each: int | None = None,
    but_not_endpoints: Collection[str] = (),
    but_not_addresses: Collection[str] = (),
    own_endpoints: Collection[str] | None = None,
) -> list[Delivery]:
    """Take up to `limit` deliveries that are due, oldest first, and `each` of one address at most.

    With `own_endpoints` other senders are at work: what another one holds of an endpoint keeps the
    rest of that endpoint from us, so that each endpoint is told in order and at its pace.

    One that is not settled within the lease (the sender died) is given again: repeated, with the
    same uid and bytes, rather than lost.
    """
    free = or_(_t.c.claimed_until.is_(None), _t.c.claimed_until <= now)
    order = (_t.c.next_attempt_at, _t.c.id)
    rank = func.row_number().over(partition_by=(_t.c.channel, _t.c.address), order_by=order)
    candidates = (
        select(_t.c.id, rank.label("place"))
        .where(and_(_t.c.state == DeliveryState.PENDING, _t.c.next_attempt_at <= now, free))
        .where(_t.c.endpoint.not_in(but_not_endpoints), _t.c.address.not_in(but_not_addresses))
    )
    if own_endpoints is not None:
        others = select(_t.c.endpoint).where(
            _t.c.state == DeliveryState.PENDING,
            _t.c.claimed_until > now,
            _t.c.endpoint.not_in(own_endpoints),
        )
        candidates = candidates.where(_t.c.endpoint.not_in(others))
    due = candidates.subquery()
    first = select(due.c.id).where(due.c.place <= (limit if each is None else each))
    rows = conn.execute(
        _select()
        .where(_t.c.id.in_(first))
        .order_by(*order)
        .limit(limit)
        .with_for_update(skip_locked=True, of=_t)
    ).all()
    until = now + timedelta(seconds=lease_seconds)
    ids = [row.id for row in rows]
    conn.execute(update(_t).where(_t.c.id.in_(ids)).values(claimed_until=until))
    return [_delivery(row) for row in rows]


def delivered(conn: Connection, delivery_id: int, attempt: Attempt) -> None:
    """Record that the recipient took it."""
    # What it waited for, or what went wrong before, is over; the log of attempts keeps it.
    done = {"state": DeliveryState.DELIVERED, "delivered_at": attempt.at, "last_error": ""}
    _settle(conn, delivery_id, attempt, **done)


def deferred(conn: Connection, delivery_id: int, attempt: Attempt, next_at: datetime) -> None:
    """Record a try that failed and when the next one is."""
    _settle(conn, delivery_id, attempt, next_attempt_at=next_at, last_error=attempt.detail[:1000])


def dead(conn: Connection, delivery_id: int, attempt: Attempt) -> None:
    """Give a delivery up: it becomes a dead letter, listed and replayable."""
    _settle(
        conn,
        delivery_id,
        attempt,
        state=DeliveryState.DEAD,
        last_error=attempt.detail[:1000],
    )


def release(conn: Connection, delivery_ids: Collection[int]) -> None:
    """Give claimed deliveries back untried: the sender stops, or their endpoint has failed."""
    conn.execute(update(_t).where(_t.c.id.in_(delivery_ids)).values(claimed_until=None))


def hasten(conn: Connection, endpoint: str) -> None:
    """Make what an endpoint did not take due again, the oldest first: it is well."""
    conn.execute(
        update(_t)
        .where(_t.c.endpoint == endpoint, _t.c.state == DeliveryState.PENDING, _t.c.attempts > 0)
        .values(next_attempt_at=_t.c.created_at)
    )


def release_all(conn: Connection) -> None:
    """Give back what a killed sender held; only for the one daemon that holds the data directory."""
    conn.execute(update(_t).where(_t.c.claimed_until.is_not(None)).values(claimed_until=None))


def postpone(conn: Connection, delivery_id: int, reason: str, next_at: datetime) -> None:
    """Put a delivery off untried, because the operator has to do something first."""
    conn.execute(
        update(_t)
        .where(_t.c.id == delivery_id)
        .values(next_attempt_at=next_at, last_error=reason[:1000], claimed_until=None)
    )


def replay(conn: Connection, delivery_id: int, now: datetime) -> Delivery:
    """Make a delivery due again at once, with a fresh schedule, the same uid and the same bytes.

    Its endpoint is taken for well, also one that was disabled. Raises NotFoundError, or InputError when it is on its way already.
    """
    delivery = get(conn, delivery_id)
    if delivery.state is DeliveryState.PENDING and delivery.next_attempt_at <= now:
        raise InputError(f"delivery {delivery_id} is on its way already")
    conn.execute(
        update(_t)
        .where(_t.c.id == delivery_id)
        .values(state=DeliveryState.PENDING, attempts=0, next_attempt_at=now, claimed_until=None)
    )
    endpoints.well(conn, delivery.endpoint)
    return get(conn, delivery_id)


def get(conn: Connection, delivery_id: int) -> Delivery:
    """Return a delivery. Raises NotFoundError."""
    row = conn.execute(_select().where(_t.c.id == delivery_id)).one_or_none()
    if row is None:
        raise NotFoundError(f"there is no delivery {delivery_id}; see: wirewatch delivery list")
    return _delivery(row)


def list_by(conn: Connection, state: DeliveryState | None, limit: int) -> list[Delivery]:
    """Return the newest deliveries, of one state or of all, newest first."""
    query = _select().order_by(_t.c.id.desc()).limit(limit)
    rows = conn.execute(query if state is None else query.where(_t.c.state == state))
    return [_delivery(row) for row in rows]


def of_alert(conn: Connection, alert_id: int) -> list[Delivery]:
    """Return an alert's deliveries, in the order of its recipients."""
    rows = conn.execute(_select().where(_t.c.alert_id == alert_id).order_by(_t.c.id))
    return [_delivery(row) for row in rows]


def recipients_alerted(conn: Connection, alert_ids: Collection[int]) -> dict[int, str]:
    """Return who got one of these alerts: recipients' ids, and the first delivery's uid."""
    alerts, waits = schema.alerts, schema.digest_entries
    of_alerts = alerts.c.id.in_(alert_ids)
    channels: dict[int, str] = {}
    for statement in (
        select(_t.c.recipient_id, _t.c.uid).join(alerts, alerts.c.id == _t.c.alert_id),
        # What waits for a digest is told with it: a later change comes behind it.
        select(waits.c.recipient_id, func.coalesce(_t.c.uid, "").label("uid"))
        .select_from(waits)
        .join(alerts, alerts.c.id == waits.c.alert_id)
        .outerjoin(_t, _t.c.id == waits.c.delivery_id),
    ):
        for row in conn.execute(statement.where(of_alerts).order_by(alerts.c.id)):
            channels.setdefault(row.recipient_id, row.uid)
    return channels


def first_story(conn: Connection, topic_id: int, recipient_id: int, since: datetime) -> int | None:
    """Return the first story of a topic that was for a recipient since then; updates are none."""
    alerts, waits = schema.alerts, schema.digest_entries
    sent = select(_t.c.alert_id).where(_t.c.recipient_id == recipient_id)
    gathered = select(waits.c.alert_id).where(waits.c.recipient_id == recipient_id)
    query = (
        select(alerts.c.story_id)
        .where(alerts.c.topic_id == topic_id, alerts.c.created_at >= since, alerts.c.change == "")
        .where(or_(alerts.c.id.in_(sent), alerts.c.id.in_(gathered)))
        .order_by(alerts.c.id)
        .limit(1)
    )
    return conn.execute(query).scalar()


def sent_since(conn: Connection, address: str, since: datetime) -> tuple[int, datetime | None]:
    """Count the single alerts that an address got since then, of all topics; and when the first was."""
    are_alerts = (
        _t.c.address == address,
        _t.c.kind == DeliveryKind.ALERT,
        _t.c.created_at > since,
    )
    number, first = conn.execute(
        select(func.count(), func.min(_t.c.created_at)).where(*are_alerts)
    ).one()
    return number, first


def was_put(conn: Connection, recipient_id: int, kind: DeliveryKind, since: datetime) -> bool:
    """Tell whether a delivery of a kind was made for a recipient since then."""
    query = select(_t.c.id).where(
        _t.c.recipient_id == recipient_id, _t.c.kind == kind, _t.c.created_at > since
    )
    return conn.execute(query).first() is not None


def by_uid(conn: Connection, uid: str) -> Delivery:
    """Return a delivery by its uid. Raises NotFoundError."""
    row = conn.execute(_select().where(_t.c.uid == uid)).one_or_none()
    if row is None:
        raise NotFoundError(f"there is no delivery {uid!r}; see: wirewatch delivery list")
    return _delivery(row)


def replay_alert(conn: Connection, alert_id: int, now: datetime) -> list[Delivery]:
    """Make an alert's deliveries due again that are not on their way; the same uids and bytes.

    Raises InputError when one of them got on its way meanwhile.
    """
    again = [
        delivery
        for delivery in of_alert(conn, alert_id)
        if delivery.state is not DeliveryState.PENDING or delivery.next_attempt_at > now
    ]
    return [replay(conn, delivery.id, now) for delivery in again]


def ids_between(
    conn: Connection, *, since: datetime, until: datetime, state: DeliveryState, limit: int
) -> list[int]:
    """Return the ids of what was written in a time and is in a state, oldest first."""
    rows = conn.execute(
        select(_t.c.id)
        .where(_t.c.created_at >= since, _t.c.created_at < until, _t.c.state == state)
        .order_by(_t.c.id)
        .limit(limit)
    )
    return list(rows.scalars())


def page(
    conn: Connection,
    *,
    limit: int,
    before: int | None = None,
    state: DeliveryState | None = None,
    channel: Channel | None = None,
) -> list[Delivery]:
    """Return the newest deliveries, newest first, before an id; of one state or channel."""
    query = _select().order_by(_t.c.id.desc()).limit(limit)
    if before is not None:
        query = query.where(_t.c.id < before)
    if state is not None:
        query = query.where(_t.c.state == state)
    if channel is not None:
        query = query.where(_t.c.channel == channel)
    return [_delivery(row) for row in conn.execute(query)]


def count_by_state(conn: Connection) -> dict[str, int]:
    """Count the deliveries by their states."""
    rows = conn.execute(select(_t.c.state, func.count()).group_by(_t.c.state))
    return {state: number for state, number in rows}  # noqa: C416 - rows aren't pairs to mypy


def of_alerts(conn: Connection, alert_ids: Collection[int]) -> dict[int, list[Delivery]]:
    """Return the deliveries of alerts, by alert, each in the order of its recipients."""
    rows = conn.execute(_select().where(_t.c.alert_id.in_(alert_ids)).order_by(_t.c.id))
    deliveries: dict[int, list[Delivery]] = {alert_id: [] for alert_id in alert_ids}
    for row in rows:
        deliveries[row.alert_id].append(_delivery(row))
    return deliveries


def count_by_endpoint(conn: Connection, state: DeliveryState) -> dict[str, int]:
    """Count the deliveries of a state, by their endpoints."""
    rows = conn.execute(
        select(_t.c.endpoint, func.count().label("number"))
        .where(_t.c.state == state)
        .group_by(_t.c.endpoint)
    )
    return {row.endpoint: row.number for row in rows}


def attempts(conn: Connection, delivery_id: int) -> list[Attempt]:
    """Return the tries at a delivery, oldest first."""
    columns = [c for c in _attempts.c if c.name not in ("id", "delivery_id")]
    rows = conn.execute(
        select(*columns).where(_attempts.c.delivery_id == delivery_id).order_by(_attempts.c.id)
    )
    return [Attempt(**row._mapping) for row in rows]


def next_at(conn: Connection) -> datetime | None:
    """Return the time of the earliest pending attempt that nobody holds; None when none waits."""
    query = select(func.min(_t.c.next_attempt_at)).where(_t.c.state == DeliveryState.PENDING)
    return conn.execute(query).scalar()


def overdue_since(
    conn: Connection, now: datetime, but_not: Collection[str] = ()
) -> datetime | None:
    """Return since when the delivery is due that is due for longest; `but_not` names endpoints."""
    query = select(func.min(_t.c.next_attempt_at)).where(
        _t.c.state == DeliveryState.PENDING,
        _t.c.next_attempt_at <= now,
        _t.c.endpoint.not_in(but_not),
    )
    return conn.execute(query).scalar()


def _settle(conn: Connection, delivery_id: int, attempt: Attempt, **values: object) -> None:
    conn.execute(_ADD_ATTEMPT, {"delivery_id": delivery_id, **asdict(attempt)})
    conn.execute(_SETTLE, {"settled_id": delivery_id, **values})


def _select() -> Select[*tuple[Any, ...]]:
    columns = [c for c in _t.c if c.name != "claimed_until"]
    recipients = schema.recipients
    of = recipients.c
    secrets = (of.secret, of.old_secret, of.old_secret_until, of.headers)
    return select(*columns, *secrets).outerjoin(recipients, recipients.c.id == _t.c.recipient_id)


def _delivery(row: Row[tuple[object, ...]]) -> Delivery:
    values = dict(row._mapping)
    values["channel"] = Channel(values["channel"])
    values["state"] = DeliveryState(values["state"])
    values["kind"] = DeliveryKind(values["kind"])
    return Delivery(**values)
