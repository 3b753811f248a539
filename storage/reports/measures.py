"""What monitoring asks of the store: rows since the last time, and how things stand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Table, and_, func, select

from storage.models.deliveries import DeliveryState
from storage.models.pages import PageState
from storage.process import counters, jobs
from storage.reports.installation import InstallationFacts, installation_facts
from storage.sql import schema

_MOST = 50_000  # rows of a kind; more in one interval are counted the next time


class JobTally(NamedTuple):
    """How often a job ran, and how often it failed."""

    runs: int = 0
    failures: int = 0


class CountedRows(NamedTuple):
    """The last rows that were counted, and where the counts stood that are kept as numbers."""

    article: int = 0
    revision: int = 0
    match: int = 0
    alert: int = 0
    attempt: int = 0
    set_aside: int = 0
    matching_checks: int = 0
    matching_missed: int = 0
    jobs: Mapping[str, JobTally] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class NewRows:
    """What came since the last time; latencies in seconds."""

    read: CountedRows
    originals: int = 0
    copies: int = 0
    revisions: int = 0
    matches: int = 0
    alerts: int = 0
    set_aside: int = 0
    matching_checks: int = 0
    matching_missed: int = 0
    jobs: Mapping[str, JobTally] = field(default_factory=dict)
    tries: Sequence[tuple[str, str]] = ()  # channel, outcome
    given_up: Sequence[str] = ()  # channels
    delivery_latencies: Sequence[float] = ()
    discovery_latencies: Sequence[float] = ()


@dataclass(frozen=True, slots=True)
class Gauges:
    """How things stand just now: the installation, and how much work waits."""

    installation: InstallationFacts
    work: int
    pages_due: int


def newest(conn: Connection) -> CountedRows:
    """Return the last rows, for who begins to count now."""
    return CountedRows(
        article=_last(conn, schema.articles),
        revision=_last(conn, schema.revisions),
        match=_last(conn, schema.matches),
        alert=_last(conn, schema.alerts),
        attempt=_last(conn, schema.attempts),
        **_totals(conn),
    )


def since(conn: Connection, read: CountedRows) -> NewRows:
    """Return what came after these rows."""
    a, c, o, t = schema.articles, schema.copies, schema.outbox, schema.attempts
    found = conn.execute(
        select(
            a.c.id, c.c.article_id, a.c.published, a.c.published_flag, a.c.first_seen, a.c.backlog
        )
        .outerjoin(c, c.c.article_id == a.c.id)
        .where(a.c.id > read.article)
        .order_by(a.c.id)
        .limit(_MOST)
    ).all()
    tries = conn.execute(
        select(
            t.c.id, o.c.channel, t.c.outcome, t.c.at, o.c.created_at, _gave_up().label("gave_up")
        )
        .join(o, o.c.id == t.c.delivery_id)
        .where(t.c.id > read.attempt)
        .order_by(t.c.id)
        .limit(_MOST)
    ).all()
    copies = sum(row.article_id is not None for row in found)
    ends = CountedRows(
        article=found[-1].id if found else read.article,
        revision=_last(conn, schema.revisions),
        match=_last(conn, schema.matches),
        alert=_last(conn, schema.alerts),
        attempt=tries[-1].id if tries else read.attempt,
        **_totals(conn),
    )
    return NewRows(
        read=ends,
        originals=len(found) - copies,
        copies=copies,
        revisions=_between(conn, schema.revisions, read.revision, ends.revision),
        matches=_between(conn, schema.matches, read.match, ends.match),
        alerts=_between(conn, schema.alerts, read.alert, ends.alert),
        set_aside=ends.set_aside - read.set_aside,
        matching_checks=ends.matching_checks - read.matching_checks,
        matching_missed=ends.matching_missed - read.matching_missed,
        jobs={name: _more(tally, read.jobs.get(name)) for name, tally in ends.jobs.items()},
        tries=[(row.channel, row.outcome) for row in tries],
        given_up=[row.channel for row in tries if row.gave_up],
        delivery_latencies=[
            (row.at - row.created_at).total_seconds() for row in tries if row.outcome == "delivered"
        ],
        discovery_latencies=[
            (row.first_seen - row.published).total_seconds()
            for row in found
            if row.published is not None
            and not row.published_flag
            and not row.backlog
            and row.published <= row.first_seen
        ],
    )


def gauges(conn: Connection, now: datetime) -> Gauges:
    """Return how things stand."""
    p = schema.pages
    pages = select(func.count()).where(p.c.state == PageState.DUE, p.c.due_at <= now)
    return Gauges(
        installation=installation_facts(conn, now),
        work=conn.execute(select(func.count()).select_from(schema.match_work)).scalar_one(),
        pages_due=conn.execute(pages).scalar_one(),
    )


def _totals(conn: Connection) -> dict[str, Any]:
    return {
        "set_aside": counters.get(conn, counters.WORK_SET_ASIDE),
        "matching_checks": counters.get(conn, counters.SHADOW_RUNS),
        "matching_missed": counters.get(conn, counters.SHADOW_DIFFERENCES),
        "jobs": {run.name: JobTally(run.runs, run.failures) for run in jobs.list_all(conn)},
    }


def _more(now: JobTally, before: JobTally | None) -> JobTally:
    before = before or JobTally()
    return JobTally(now.runs - before.runs, now.failures - before.failures)


def _gave_up() -> ColumnElement[bool]:
    """Return whether a try was the last of a delivery that was given up."""
    o, t, later = schema.outbox, schema.attempts, schema.attempts.alias()
    after = select(later.c.id).where(later.c.delivery_id == t.c.delivery_id, later.c.id > t.c.id)
    return and_(o.c.state == DeliveryState.DEAD, ~after.exists())


def _last(conn: Connection, table: Table) -> int:
    return conn.execute(select(func.max(table.c.id))).scalar() or 0


def _between(conn: Connection, table: Table, after: int, last: int) -> int:
    where = and_(table.c.id > after, table.c.id <= last)
    return conn.execute(select(func.count()).select_from(table).where(where)).scalar_one()
