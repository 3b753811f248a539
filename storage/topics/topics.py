"""Topics: stored queries and the recipients of their alerts."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, time

from sqlalchemy import (
    Connection,
    Row,
    and_,
    bindparam,
    false,
    func,
    insert,
    or_,
    select,
    true,
    update,
)

from storage.errors import InputError, NotFoundError
from storage.models.recipients import Channel, NewRecipient, Recipient, Routing, WatchMode
from storage.models.topics import Topic
from storage.process import counters
from storage.sql import schema

_t = schema.topics
_recipients = schema.recipients
_VERSION = "topics_version"
_AT_ONCE = 500
_FEW = 1000  # topics whose recipients are asked for by name; of more all are read


def add(
    conn: Connection,
    *,
    name: str,
    query: str,
    recipients: Sequence[NewRecipient],
    now: datetime,
    managed_by: str | None = None,
) -> Topic:
    """Add a topic with its recipients.

    The query must have been parsed before. Raises InputError when the name is taken.
    """
    if _kept(conn, name) is not None:
        raise InputError(f"there is a topic {name!r} already; see: wirewatch topic list")
    result = conn.execute(
        insert(_t)
        .values(
            name=name,
            query=query,
            created_at=now,
            managed_by=managed_by,
            changed=next_version(conn),
        )
        .returning(_t.c.id)
    )
    _add_recipients(conn, result.scalar_one(), recipients)
    return get(conn, name)


def get(conn: Connection, name: str) -> Topic:
    """Return a topic by its name. Raises NotFoundError."""
    row = _kept(conn, name)
    if row is None:
        raise NotFoundError(f"there is no topic {name!r}; see: wirewatch topic list")
    return _topics(conn, [row])[0]


def by_id(conn: Connection, topic_id: int) -> Topic:
    """Return a topic by its id, also a removed one. Raises NotFoundError."""
    row = conn.execute(select(_t).where(_t.c.id == topic_id)).one_or_none()
    if row is None:
        raise NotFoundError(f"there is no topic {topic_id}; see: wirewatch topic list")
    return _topics(conn, [row])[0]


def recipients(conn: Connection, recipient_ids: Collection[int]) -> list[Recipient]:
    """Return recipients by their ids, also those that were taken off their topics."""
    rows = conn.execute(
        select(_recipients).where(_recipients.c.id.in_(recipient_ids)).order_by(_recipients.c.id)
    )
    return [_recipient(row) for row in rows]


def kept(conn: Connection, topic_ids: Collection[int]) -> list[Topic]:
    """Return those of some topics that were not removed."""
    rows = conn.execute(
        select(_t).where(_t.c.id.in_(topic_ids), _t.c.removed_at.is_(None)).order_by(_t.c.id)
    ).all()
    return _topics(conn, rows)


def list_all(conn: Connection) -> list[Topic]:
    """Return all topics that were not removed, oldest first."""
    rows = conn.execute(select(_t).where(_t.c.removed_at.is_(None)).order_by(_t.c.id)).all()
    return _topics(conn, rows)


def page(conn: Connection, *, limit: int | None, match: str = "") -> tuple[list[Topic], int]:
    """Return the oldest topics that hold a text in name or query, and how many do; case is ignored.

    None is no limit.
    """
    columns = (_t.c.name, _t.c.query)
    holds = or_(*(column.icontains(match, autoescape=True) for column in columns))
    found = and_(_t.c.removed_at.is_(None), holds if match else true())
    rows = conn.execute(select(_t).where(found).order_by(_t.c.id).limit(limit)).all()
    total = conn.execute(select(func.count()).select_from(_t).where(found)).scalar_one()
    return _topics(conn, rows), total


def page_after(conn: Connection, after: int, limit: int) -> list[Topic]:
    """Return topics with a later id, oldest first."""
    rows = conn.execute(
        select(_t).where(_t.c.id > after, _t.c.removed_at.is_(None)).order_by(_t.c.id).limit(limit)
    ).all()
    return _topics(conn, rows)


def ids_and_names(conn: Connection) -> list[tuple[int, str]]:
    """Return the ids and names of all topics, by name."""
    rows = conn.execute(
        select(_t.c.id, _t.c.name).where(_t.c.removed_at.is_(None)).order_by(_t.c.name)
    )
    return [(number, name) for number, name in rows]


def names(conn: Connection) -> list[str]:
    """Return the names of all topics."""
    return list(conn.execute(select(_t.c.name).where(_t.c.removed_at.is_(None))).scalars())


def names_of_queries(conn: Connection) -> dict[str, str]:
    """Return the name of the oldest topic of each query, by the query as it is stored."""
    rows = conn.execute(
        select(_t.c.query, _t.c.name).where(_t.c.removed_at.is_(None)).order_by(_t.c.id.desc())
    )
    return {row.query: row.name for row in rows}


def secrets(conn: Connection, *, managed_by: str) -> dict[str, str]:
    """Return the secrets of the webhooks of a file's topics, by address; the oldest of several."""
    rows = conn.execute(
        select(_recipients.c.address, _recipients.c.secret)
        .join(_t)
        .where(
            _t.c.managed_by == managed_by,
            _t.c.removed_at.is_(None),
            _recipients.c.removed_at.is_(None),
            _recipients.c.secret.is_not(None),
        )
        .order_by(_recipients.c.id.desc())
    )
    return {row.address: row.secret for row in rows}


def mentioning(conn: Connection, texts: Iterable[str]) -> list[tuple[int, str, str]]:
    """Return (id, name, query) of the topics whose queries hold one of the texts, letter for letter."""
    holds = [_t.c.query.contains(text, autoescape=True) for text in texts]
    rows = conn.execute(
        select(_t.c.id, _t.c.name, _t.c.query)
        .where(_t.c.removed_at.is_(None), or_(false(), *holds))
        .order_by(_t.c.id)
    )
    return [(row.id, row.name, row.query) for row in rows]


def changed_since(conn: Connection, version: int) -> list[tuple[int, str | None]]:
    """Return (id, query) of the topics that were changed after a version; None for a removed one."""
    rows = conn.execute(
        select(_t.c.id, _t.c.query, _t.c.removed_at).where(_t.c.changed > version).order_by(_t.c.id)
    )
    return [(row.id, None if row.removed_at else row.query) for row in rows]


def queries(conn: Connection, topic_ids: Sequence[int]) -> dict[int, str]:
    """Return the queries of topics that were not removed, by their ids."""
    queries_by_id: dict[int, str] = {}
    for start in range(0, len(topic_ids), _AT_ONCE):
        batch = _t.c.id.in_(topic_ids[start : start + _AT_ONCE])
        rows = conn.execute(select(_t.c.id, _t.c.query).where(batch, _t.c.removed_at.is_(None)))
        queries_by_id.update((row.id, row.query) for row in rows)
    return queries_by_id


def set_query(conn: Connection, topic_id: int, query: str) -> None:
    """Watch something else under a topic's name; the query must have been parsed before."""
    _change(conn, topic_id, query=query)


def set_quiet(
    conn: Connection, topic_id: int, *, muted: bool, snoozed_until: datetime | None
) -> None:
    """Mute or snooze a whole topic, or neither."""
    _change(conn, topic_id, muted=muted, snoozed_until=snoozed_until)


def set_recipients(
    conn: Connection, topic_id: int, wanted: Sequence[NewRecipient], now: datetime
) -> None:
    """Make these a topic's recipients.

    One that it has already, by its key, keeps its id, its spelling and its secret; deliveries to
    one that goes are still made.

    Raises NotFoundError.
    """
    known = {recipient.key: recipient for recipient in by_id(conn, topic_id).recipients}
    kept = {each.key for each in wanted}
    gone = [recipient.id for key, recipient in known.items() if key not in kept]
    conn.execute(update(_recipients).where(_recipients.c.id.in_(gone)).values(removed_at=now))
    for each in wanted:
        recipient = known.get(each.key)
        if recipient is None:
            continue
        if recipient.routing != each.routing:
            set_routing(conn, recipient.id, each.routing)
        if each.headers is not None:
            _set_headers(conn, recipient.id, each.headers)
    new = [each for each in wanted if each.key not in known]
    _add_recipients(conn, topic_id, new)
    _change(conn, topic_id)


def set_routing(conn: Connection, recipient_id: int, routing: Routing) -> None:
    """Set when alerts are delivered to a recipient."""
    change = update(_recipients).where(_recipients.c.id == recipient_id)
    conn.execute(change.values(**routing_values(routing)))


def _set_headers(conn: Connection, recipient_id: int, headers: str) -> None:
    change = update(_recipients).where(_recipients.c.id == recipient_id)
    conn.execute(change.values(headers=headers or None))


def set_digest_time(conn: Connection, recipient_id: int, at: datetime | None) -> None:
    """Set when a recipient's next digest is put together; None when nothing waits for one."""
    conn.execute(update(_recipients).where(_recipients.c.id == recipient_id).values(digest_at=at))


def gathered(conn: Connection, now: datetime) -> list[Recipient]:
    """Return the recipients for whom it is time, also those that were taken off or muted."""
    rows = conn.execute(
        select(_recipients).where(_recipients.c.digest_at <= now).order_by(_recipients.c.id)
    )
    return [_recipient(row) for row in rows]


def told_together(conn: Connection, recipient: Recipient) -> list[Recipient]:
    """Return those who are told in one digest or summary with a recipient, that one included.

    Taken are those that were not removed, of topics that were not.
    """
    rows = conn.execute(
        select(_recipients)
        .join(_t, _t.c.id == _recipients.c.topic_id)
        .where(_t.c.removed_at.is_(None), _recipients.c.removed_at.is_(None))
        .where(_recipients.c.channel == recipient.channel)
        .where(func.lower(_recipients.c.address) == recipient.address.lower())
        .order_by(_recipients.c.id)
    )
    return [
        other
        for other in map(_recipient, rows)
        if other.digest_key == recipient.digest_key
        and (other.routing.digest or other.routing.most_an_hour is not None)
    ]


def also_alerted(conn: Connection, endpoint: str) -> list[Recipient]:
    """Return who is told, by another endpoint, of topics that this one is told of."""
    kept = (_recipients.c.removed_at.is_(None), _recipients.c.muted.is_(False))
    is_mail = endpoint == Channel.EMAIL
    of = _recipients.c.channel == endpoint if is_mail else _recipients.c.address == endpoint
    its_topics = select(_recipients.c.topic_id).where(of, *kept)
    rows = conn.execute(
        select(_recipients)
        .where(_recipients.c.topic_id.in_(its_topics), ~of, *kept)
        .order_by(_recipients.c.id)
    )
    return [_recipient(row) for row in rows]


def change_secret(conn: Connection, recipient: Recipient, secret: str, until: datetime) -> None:
    """Give a webhook a new secret; the one that it has signs beside it until then."""
    change = update(_recipients).where(_recipients.c.id == recipient.id)
    conn.execute(change.values(secret=secret, old_secret=recipient.secret, old_secret_until=until))


def mute(conn: Connection, recipient_id: int) -> None:
    """Tell one recipient nothing more, as it asked itself."""
    conn.execute(update(_recipients).where(_recipients.c.id == recipient_id).values(muted=True))


def remove(conn: Connection, name: str, now: datetime) -> None:
    """Stop matching a topic; alerts that were made are still delivered. Raises NotFoundError."""
    _change(conn, get(conn, name).id, removed_at=now)


def version(conn: Connection) -> int:
    """Return a number that grows whenever a topic is added, changed or removed."""
    return counters.get(conn, _VERSION)


def touch(conn: Connection, topic_ids: Iterable[int]) -> None:
    """Have topics read anew: something that their queries name has changed."""
    version = next_version(conn)
    rows = [{"of_id": topic_id, "changed": version} for topic_id in topic_ids]
    if rows:  # a row each, for a statement takes only so many ids
        conn.execute(update(_t).where(_t.c.id == bindparam("of_id")), rows)


def next_version(conn: Connection) -> int:
    """Return the number of a change that is about to be stored."""
    counters.add(conn, _VERSION, 1)
    return counters.get(conn, _VERSION)


def _change(conn: Connection, topic_id: int, **values: object) -> None:
    change = update(_t).where(_t.c.id == topic_id)
    conn.execute(change.values(changed=next_version(conn), **values))


def _kept(conn: Connection, name: str) -> Row[tuple[object, ...]] | None:
    query = select(_t).where(_t.c.name == name, _t.c.removed_at.is_(None))
    return conn.execute(query).one_or_none()


def _add_recipients(conn: Connection, topic_id: int, wanted: Iterable[NewRecipient]) -> None:
    for channel, address, secret, routing, headers in wanted:
        conn.execute(
            insert(_recipients).values(
                topic_id=topic_id,
                channel=channel,
                address=address,
                secret=secret,
                headers=headers or None,
                **routing_values(routing),
            )
        )


def _topics(conn: Connection, rows: Sequence[Row[tuple[object, ...]]]) -> list[Topic]:
    query = select(_recipients).where(_recipients.c.removed_at.is_(None))
    if len(rows) <= _FEW:
        query = query.where(_recipients.c.topic_id.in_([row.id for row in rows]))
    recipients: dict[int, list[Recipient]] = {}
    for row in conn.execute(query.order_by(_recipients.c.id)):
        recipients.setdefault(row.topic_id, []).append(_recipient(row))
    return [
        Topic(
            id=row.id,
            name=row.name,
            query=row.query,
            created_at=row.created_at,
            recipients=tuple(recipients.get(row.id, ())),
            muted=row.muted,
            snoozed_until=row.snoozed_until,
            managed_by=row.managed_by,
            changed=row.changed,
        )
        for row in rows
    ]


def _recipient(row: Row[tuple[object, ...]]) -> Recipient:
    routing = Routing(
        mode=WatchMode(row.mode),
        updates=row.updates,
        time_zone=row.time_zone,
        quiet_from=_time(row.quiet_from),
        quiet_until=_time(row.quiet_until),
        muted=row.muted,
        snoozed_until=row.snoozed_until,
        digest=row.digest or "",
        most_an_hour=row.most_an_hour,
    )
    return Recipient(
        id=row.id,
        topic_id=row.topic_id,
        channel=Channel(row.channel),
        address=row.address,
        secret=row.secret,
        routing=routing,
        digest_at=row.digest_at,
        headers=row.headers,
    )


def routing_values(routing: Routing) -> dict[str, object]:
    """Return a routing as columns of its recipient's row."""
    return {
        "mode": routing.mode,
        "updates": routing.updates,
        "time_zone": routing.time_zone,
        "quiet_from": _text(routing.quiet_from),
        "quiet_until": _text(routing.quiet_until),
        "muted": routing.muted,
        "snoozed_until": routing.snoozed_until,
        "digest": routing.digest or None,
        "most_an_hour": routing.most_an_hour,
    }


def _time(text: str | None) -> time | None:
    return None if text is None else time.fromisoformat(text)


def _text(moment: time | None) -> str | None:
    return None if moment is None else f"{moment:%H:%M}"
