"""Subscriptions: the hubs that push to us, by WebSub, and how far that is relied on."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    and_,
    delete,
    false,
    func,
    insert,
    or_,
    select,
    update,
)

from storage.crawl import page_listings, sources
from storage.models.sources import Source, SourceState
from storage.process import counters
from storage.sql import schema

_t = schema.subscriptions
_s = schema.sources
_WEIGHED = 5  # newest items of a source by which its hub is judged
_DISTRUSTED = 3  # of these found by polling first: the pushes do not come
_LOOKED_AT = 20  # pages among which those items are
_UNVERIFIED = "the hub has not verified the last request"


class SubscriptionState(StrEnum):
    """How a subscription stands."""

    ASKED = "asked"  # the hub has not verified it yet
    ACTIVE = "active"
    DISTRUSTED = "distrusted"  # it is held, but polling finds what should have been pushed
    LAPSED = "lapsed"
    DENIED = "denied"
    LEAVING = "leaving"  # the source is paused or removed


_HELD = (SubscriptionState.ACTIVE, SubscriptionState.DISTRUSTED)


@dataclass(frozen=True, slots=True)
class Subscription:
    """What we asked of a hub, and what came of it.

    `asked_at` is when the subscription that is held was asked for first; renewals leave it.
    `failures` counts the requests in a row that the hub has not verified.
    """

    id: int
    source_id: int
    hub_url: str
    topic_url: str
    token: str
    secret: str
    state: SubscriptionState
    asked_at: datetime | None
    lease_until: datetime | None
    next_at: datetime
    last_push_at: datetime | None
    pushes: int
    failures: int
    error: str


def of_source(conn: Connection, source_id: int) -> Subscription | None:
    """Return a source's subscription."""
    return _one(conn, _t.c.source_id == source_id)


def by_token(conn: Connection, token: str) -> Subscription | None:
    """Return the subscription whose callback ends in this token."""
    return _one(conn, _t.c.token == token)


def without_secrets(subscription: Subscription) -> dict[str, object]:
    """Return what may be shown: all but what lets others push to us."""
    facts = asdict(subscription)
    return {name: value for name, value in facts.items() if name not in ("token", "secret")}


def wanted(conn: Connection, limit: int) -> list[Source]:
    """Name polled sources with a hub to which we are not subscribed there, the oldest first."""
    same = and_(
        _t.c.source_id == _s.c.id,
        _t.c.hub_url == _s.c.hub_url,
        _t.c.topic_url == func.coalesce(_s.c.self_url, _s.c.url),
        _t.c.state != SubscriptionState.LEAVING,
    )
    missing = ~select(_t.c.id).where(same).exists()
    rows = conn.execute(
        select(_s.c.id)
        .where(_is_polled(), _s.c.hub_url.is_not(None), missing)
        .order_by(_s.c.id)
        .limit(limit)
    ).scalars()
    return [sources.get(conn, source_id) for source_id in rows.all()]


def begin(
    conn: Connection, source: Source, *, token: str, secret: str, now: datetime
) -> Subscription:
    """Note that a source's hub is to be asked now; what was agreed before holds no more.

    Raises LookupError when the subscription can't be read back.
    """
    conn.execute(delete(_t).where(_t.c.source_id == source.id))
    conn.execute(
        insert(_t).values(
            source_id=source.id,
            hub_url=source.listing.hub_url,
            topic_url=source.listing.self_url or source.url,
            token=token,
            secret=secret,
            state=SubscriptionState.ASKED,
            asked_at=now,
            next_at=now,
        )
    )
    begun = of_source(conn, source.id)
    if begun is None:
        raise LookupError(f"source {source.id}")
    return begun


def due(conn: Connection, now: datetime, limit: int) -> list[Subscription]:
    """Return those whose hub is to be asked (again) by now, the most overdue first.

    Those of sources that are paused or gone, or name that hub no more, are among them: they are to
    be left.
    """
    named = _s.c.hub_url == _t.c.hub_url
    left = and_(
        or_(~_is_polled(), ~func.coalesce(named, false())),
        _t.c.state != SubscriptionState.LEAVING,
    )
    rows = conn.execute(
        select(_t)
        .join(_s, _s.c.id == _t.c.source_id)
        .where(or_(_t.c.next_at <= now, left))
        .order_by(_t.c.next_at)
        .limit(limit)
    )
    return [_subscription(row) for row in rows]


def is_wanted(conn: Connection, subscription: Subscription) -> bool:
    """Tell whether the subscription's source is still polled, and names that hub."""
    query = select(_s.c.id).where(
        _s.c.id == subscription.source_id, _is_polled(), _s.c.hub_url == subscription.hub_url
    )
    return conn.execute(query).scalar() is not None


def asking(
    conn: Connection, subscription: Subscription, *, next_at: datetime, now: datetime
) -> None:
    """Record that the hub is asked now, and again at `next_at` unless it verifies before."""
    begins = subscription.state not in _HELD
    _set(
        conn,
        subscription,
        state=SubscriptionState.ASKED if begins else subscription.state,
        asked_at=now if begins else subscription.asked_at,
        next_at=next_at,
        failures=subscription.failures + 1,
        error=_UNVERIFIED
        if subscription.failures and not subscription.error
        else subscription.error,
    )


def leaving(conn: Connection, subscription: Subscription, *, next_at: datetime) -> None:
    """Record that the hub is asked to push no more."""
    again = subscription.state is SubscriptionState.LEAVING
    _set(
        conn,
        subscription,
        state=SubscriptionState.LEAVING,
        next_at=next_at,
        failures=subscription.failures + 1 if again else 1,
    )


def failed(conn: Connection, subscription: Subscription, error: str) -> None:
    """Keep why the hub did not take our request."""
    _set(conn, subscription, error=error[:500])


def verified(
    conn: Connection, subscription: Subscription, *, lease_until: datetime, next_at: datetime
) -> None:
    """Record that the hub pushes to us until `lease_until`."""
    keeps = subscription.state is SubscriptionState.DISTRUSTED
    _set(
        conn,
        subscription,
        state=subscription.state if keeps else SubscriptionState.ACTIVE,
        lease_until=lease_until,
        next_at=next_at,
        failures=0,
        error=subscription.error if keeps else "",
    )


def denied(conn: Connection, subscription: Subscription, *, reason: str, next_at: datetime) -> None:
    """Record that the hub will not push to us, and when it is asked again."""
    says = f"denied by the hub: {reason}" if reason else "denied by the hub without a reason"
    _set(
        conn,
        subscription,
        state=SubscriptionState.DENIED,
        next_at=next_at,
        error=says[:500],
    )


def forget(conn: Connection, subscription: Subscription) -> None:
    """Drop a subscription: its callback is nobody's from now on."""
    conn.execute(delete(_t).where(_t.c.id == subscription.id))


def pushed(conn: Connection, subscription: Subscription, at: datetime) -> None:
    """Count a push that was the hub's."""
    conn.execute(
        update(_t).where(_t.c.id == subscription.id).values(pushes=_t.c.pushes + 1, last_push_at=at)
    )


def ignored(conn: Connection, subscription: Subscription) -> None:
    """Count a push that was not signed as agreed, or too large."""
    counters.add(conn, _ignored_name(subscription.source_id), 1)


def times_ignored(conn: Connection, source_id: int) -> int:
    """Say how many pushes for a source were ignored."""
    return counters.get(conn, _ignored_name(source_id))


def settle(conn: Connection, now: datetime, since: datetime) -> list[int]:
    """Judge the subscriptions; the sources that were pushed, and are to be polled again from now on.

    A lease that ran out is lapsed. A hub is distrusted while three of the last five items were
    found by polling first: that is looked at where something was polled or pushed `since` then.
    What we leave ourselves is not lost: its source is paused or removed.
    """
    lost = []
    rows = conn.execute(select(_t).where(_t.c.lease_until.is_not(None))).all()
    lately = set(
        conn.execute(
            select(_t.c.source_id)
            .join(_s, _s.c.id == _t.c.source_id)
            .where(or_(_s.c.last_success_at >= since, _t.c.last_push_at >= since))
        ).scalars()
    )
    for subscription in map(_subscription, rows):
        changes = _judged(conn, subscription, now, weigh=subscription.source_id in lately)
        if changes:
            _set(conn, subscription, **changes)
            if subscription.state not in (SubscriptionState.DISTRUSTED, SubscriptionState.LEAVING):
                lost.append(subscription.source_id)
    return lost


def relied_on(conn: Connection, now: datetime, since: datetime) -> frozenset[int]:
    """Name the sources whose hub holds a lease of ours, and did push something since then."""
    is_relied_on = and_(
        _t.c.state == SubscriptionState.ACTIVE,
        _t.c.lease_until > now,
        _t.c.last_push_at >= since,
    )
    return frozenset(conn.execute(select(_t.c.source_id).where(is_relied_on)).scalars())


def _judged(
    conn: Connection, subscription: Subscription, now: datetime, *, weigh: bool
) -> dict[str, object]:
    """Say what changes of a subscription that had a lease; nothing for most."""
    if subscription.state not in _HELD:
        return {"lease_until": None}  # denied meanwhile, or left
    if subscription.lease_until is None or subscription.lease_until <= now:
        return {
            "state": SubscriptionState.LAPSED,
            "lease_until": None,
            "error": "its lease ran out",
        }
    return _weighed(conn, subscription) if weigh else {}


def _weighed(conn: Connection, subscription: Subscription) -> dict[str, object]:
    """Hold what came by pushes against what polling found; what changes of the trust in them."""
    polled, weighed = _polled_first(conn, subscription)
    if polled >= _DISTRUSTED:
        says = f"{polled} of the last {weighed} items were found by polling first"
        return {"state": SubscriptionState.DISTRUSTED, "error": says}
    if subscription.state is SubscriptionState.DISTRUSTED:
        return {"state": SubscriptionState.ACTIVE, "error": ""}
    return {}


def _polled_first(conn: Connection, subscription: Subscription) -> tuple[int, int]:
    """Count the newest items that the hub could have pushed and did not, and all of them."""
    since = subscription.asked_at
    were_polled = [
        listing.found_how != page_listings.PUSHED
        for listing in page_listings.newest(conn, subscription.source_id, _LOOKED_AT)
        if since is not None
        and not listing.backlog
        and listing.first_listed_at >= since
        and (listing.found_how == page_listings.PUSHED or (listing.published or since) >= since)
    ][:_WEIGHED]
    return sum(were_polled), len(were_polled)


def _is_polled() -> ColumnElement[bool]:
    return and_(_s.c.state == SourceState.ACTIVE, _s.c.removed_at.is_(None))


def _ignored_name(source_id: int) -> str:
    return f"pushes ignored of source {source_id}"


def _set(conn: Connection, subscription: Subscription, **values: object) -> None:
    conn.execute(update(_t).where(_t.c.id == subscription.id).values(**values))


def _one(conn: Connection, where: ColumnElement[bool]) -> Subscription | None:
    row = conn.execute(select(_t).where(where)).one_or_none()
    return None if row is None else _subscription(row)


def _subscription(row: Row[tuple[object, ...]]) -> Subscription:
    values = dict(row._mapping)
    values["state"] = SubscriptionState(values["state"])
    return Subscription(**values)
