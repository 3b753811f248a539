"""Requests counted by the hour: what a month looked like, without reading its ledger."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import ColumnElement, Connection, bindparam, delete, func, select, text

from storage.models.fetches import Fetch
from storage.sql.column_types import UtcDateTime
from storage.sql.schema import fetches as _ledger
from storage.sql.schema import request_counts as _t

ALL = 0
"""In the place of a source: all requests together."""

FINE = ("ok", "not_modified")
"""The outcomes of requests that did not fail."""

_ADD = text(
    "INSERT INTO request_counts (source_id, hour, outcome, requests, size, seconds) "
    "VALUES (:source_id, :hour, :outcome, :requests, :size, :seconds) "
    "ON CONFLICT (source_id, hour, outcome) DO UPDATE SET "
    "requests = request_counts.requests + excluded.requests, "
    "size = request_counts.size + excluded.size, seconds = request_counts.seconds + excluded.seconds"
).bindparams(bindparam("hour", type_=UtcDateTime()))


@dataclass(frozen=True, slots=True)
class RequestCount:
    """How many requests of an hour ended so, the bytes of their bodies, and how long they took."""

    hour: datetime
    outcome: str
    requests: int
    size: int
    seconds: float

    @property
    def failed(self) -> bool:
        """Whether these gave nothing."""
        return self.outcome not in FINE


def add(conn: Connection, fetches: Iterable[Fetch]) -> None:
    """Count visits, each for its source and for all."""
    sums: dict[tuple[int, datetime, str], list[float]] = defaultdict(lambda: [0, 0, 0.0])
    for fetch in fetches:
        hour = hour_of(fetch.at)
        for source_id in {fetch.source_id or ALL, ALL}:
            counted = sums[source_id, hour, fetch.outcome]
            counted[0] += 1
            counted[1] += fetch.size
            counted[2] += fetch.seconds
    rows = [
        {
            "source_id": source_id,
            "hour": hour,
            "outcome": outcome,
            "requests": requests,
            "size": size,
            "seconds": seconds,
        }
        for (source_id, hour, outcome), (requests, size, seconds) in sums.items()
    ]
    if rows:
        conn.execute(_ADD, rows)


def requests_since(conn: Connection, since: datetime) -> dict[int, int]:
    """Count the requests for each source since the hour of then; without sources: nothing."""
    rows = conn.execute(
        select(_t.c.source_id, func.sum(_t.c.requests))
        .where(_t.c.hour >= hour_of(since), _t.c.source_id != ALL)
        .group_by(_t.c.source_id)
    )
    return {source_id: int(number) for source_id, number in rows}


def of_all(conn: Connection, since: datetime) -> list[RequestCount]:
    """Return the counts of all requests since an hour began, oldest first."""
    return of_source(conn, ALL, since)


def of_source(conn: Connection, source_id: int, since: datetime) -> list[RequestCount]:
    """Return the counts of a source's requests since an hour began, oldest first."""
    rows = conn.execute(
        select(_t.c.hour, _t.c.outcome, _t.c.requests, _t.c.size, _t.c.seconds)
        .where(_t.c.source_id == source_id, _t.c.hour >= hour_of(since))
        .order_by(_t.c.hour, _t.c.outcome)
    )
    return [RequestCount(*row) for row in rows]


def days_of(
    conn: Connection, source_ids: Collection[int], since: datetime
) -> dict[int, list[RequestCount]]:
    """Return some sources' requests by the day (UTC, its midnight for an hour) and outcome."""
    day = func.date(_t.c.hour)
    rows = conn.execute(
        select(
            _t.c.source_id,
            day,
            _t.c.outcome,
            func.sum(_t.c.requests),
            func.sum(_t.c.size),
            func.sum(_t.c.seconds),
        )
        .where(_t.c.source_id.in_(source_ids), _t.c.hour >= hour_of(since))
        .group_by(_t.c.source_id, day, _t.c.outcome)
    )
    days: dict[int, list[RequestCount]] = defaultdict(list)
    for source_id, when, *counted in rows:
        begin = datetime.fromisoformat(str(when)).replace(tzinfo=UTC)
        days[source_id].append(RequestCount(begin, *counted))
    return days


def by_outcome(conn: Connection, since: datetime) -> dict[str, int]:
    """Count the requests since then, to the second, by outcome."""
    whole = conn.execute(
        select(_t.c.outcome, func.sum(_t.c.requests))
        .where(_t.c.source_id == ALL, _t.c.hour >= _next_hour(since))
        .group_by(_t.c.outcome)
    )
    begun = conn.execute(
        select(_ledger.c.outcome, func.count())
        .where(_ledger.c.at >= since, _ledger.c.at < _next_hour(since))
        .group_by(_ledger.c.outcome)
    )
    counts: Counter[str] = Counter()
    for outcome, requests in [*whole, *begun]:
        counts[outcome] += requests
    return dict(counts)


def by_source(
    conn: Connection, since: datetime, only: Collection[int] | None = None
) -> dict[int, Counter[str]]:
    """Count each source's requests since then, to the second, by outcome; or those of some."""
    # Not the bare column: SQLite would walk all hours to have its groups in order.
    of = _t.c.source_id + 0
    whole = conn.execute(
        select(of, _t.c.outcome, func.sum(_t.c.requests))
        .where(_t.c.hour >= _next_hour(since), of != ALL, *_only(_t.c.source_id, only))
        .group_by(of, _t.c.outcome)
    )
    begun = conn.execute(
        select(_ledger.c.source_id, _ledger.c.outcome, func.count())
        .where(_ledger.c.at >= since, _ledger.c.at < _next_hour(since))
        .where(*_only(_ledger.c.source_id, only))
        .group_by(_ledger.c.source_id, _ledger.c.outcome)
    )
    counts: dict[int, Counter[str]] = defaultdict(Counter)
    for source_id, outcome, requests in [*whole, *begun]:
        if source_id is not None:
            counts[source_id][outcome] += requests
    return counts


def forget(conn: Connection, before: datetime) -> int:
    """Drop the hours before that; how many counts there were."""
    return conn.execute(delete(_t).where(_t.c.hour < hour_of(before))).rowcount


def _only(column: ColumnElement[int], ids: Collection[int] | None) -> list[ColumnElement[bool]]:
    return [] if ids is None else [column.in_(ids)]


def _next_hour(when: datetime) -> datetime:
    hour = hour_of(when)
    return hour if hour == when else hour + timedelta(hours=1)


def hour_of(when: datetime) -> datetime:
    """Return the beginning of a time's hour, in UTC."""
    return when.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
