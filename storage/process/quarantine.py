"""Work that content feeds, counted before it begins: what fails twice, or kills, is set aside.

A poison message, in the words of queues: one page on which a step fails would otherwise be taken up
again for ever, and one that kills the process at each start. A try is stored before the work, so that
it counts however the work ends. What is set aside is named with its reason until an operator has it
tried again; the rest goes on.

That a process died does not prove that its work is to blame: a machine that loses power again and again
has the same work in hand each time. So what was in hand comes again by itself, after a rest that doubles,
and is set aside for good only when it had so many processes die that chance explains it no more.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, delete, func, insert, select, update

from storage.process import counters
from storage.sql.schema import quarantine as _t

MOST_FAILURES = 2
"""Tries that failed or took too long, after which work is set aside."""

DEATHS_AT_ONCE = 3
"""Tries that never ended, each of which a process did not outlive, before the work rests."""

MOST_DEATHS = 10
"""Such tries after which the work does not come again by itself; the rests between are 42 minutes together."""

_REST = timedelta(seconds=10)  # after the last of the deaths at once; each is twice the one before
_DIED = "each time the process ended while it was worked on"
_LONGEST_REASON = 500


class Step(StrEnum):
    """A step that content feeds, and what its subjects are."""

    PAGE = "page"  # a page is read, judged and stored
    STORY = "story"  # a story is regrouped
    MATCH = "match"  # an article's story is shown to the topics
    DIGEST = "digest"  # a recipient's digest is composed


@dataclass(frozen=True, slots=True)
class QuarantinedWork:
    """Work that is set aside: of which step, on what, after how many tries, why and since when.

    `again_at` is when it comes again by itself; None for not before an operator has it tried.
    """

    step: Step
    subject: int
    tries: int
    reason: str
    since: datetime
    again_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Admission:
    """Whether work may be done now; where not, when it comes again by itself (None: not at all)."""

    granted: bool
    again_at: datetime | None = None


_GRANTED = Admission(granted=True)
_REFUSED = Admission(granted=False)


def begin(conn: Connection, step: Step, subject: int, now: datetime) -> Admission:
    """Count a try before the work, unless it is set aside and not to be worked on."""
    row = _row(conn, step, subject)
    if row is None:
        conn.execute(insert(_t).values(step=step, subject=subject, begun=1))
        return _GRANTED
    if row.since is not None and row.again_at is None:
        return _REFUSED
    if row.since is not None and row.again_at > now:
        return Admission(granted=False, again_at=row.again_at)
    if row.begun >= MOST_DEATHS:
        _set(conn, step, subject, again_at=None)
        return _REFUSED
    if row.since is None and row.begun >= DEATHS_AT_ONCE:
        first = now + _rest_after(row.begun)
        _set(conn, step, subject, since=now, again_at=first, reason=row.reason or _DIED)
        counters.add(conn, counters.WORK_SET_ASIDE, 1)
        return Admission(granted=False, again_at=first)
    following = None if row.since is None else now + _rest_after(row.begun + 1)
    _set(conn, step, subject, begun=row.begun + 1, again_at=following)
    return _GRANTED


def _rest_after(deaths: int) -> timedelta:
    doublings: int = 2 ** (deaths - DEATHS_AT_ONCE)
    return _REST * doublings


def failed(conn: Connection, step: Step, subject: int, reason: str, now: datetime) -> bool:
    """Record that a try failed or took too long; True when the work is set aside now."""
    row = _row(conn, step, subject)
    if row is None:
        return False
    failures = row.failures + 1
    since = now if failures >= MOST_FAILURES else None
    _set(
        conn,
        step,
        subject,
        begun=max(0, row.begun - 1),
        failures=failures,
        reason=reason[:_LONGEST_REASON],
        since=since,
        again_at=None,
    )
    if since is not None:
        counters.add(conn, counters.WORK_SET_ASIDE, 1)
    return since is not None


def put_back(conn: Connection, step: Step, subjects: Sequence[int]) -> None:
    """Take tries back that were broken off for another reason: the database was away, the daemon ended."""
    held = _of(step, subjects)
    conn.execute(delete(_t).where(held, _t.c.begun <= 1, _t.c.failures == 0))
    conn.execute(update(_t).where(held, _t.c.begun > 0).values(begun=_t.c.begun - 1))


def done(conn: Connection, step: Step, subject: int) -> None:
    """Forget the tries of work, in the transaction that stores what came of it or asks for it anew."""
    conn.execute(delete(_t).where(_of(step, [subject])))


def tried(conn: Connection, step: Step, subjects: Sequence[int]) -> frozenset[int]:
    """Return which of the subjects were tried before: they come alone, lest others die with them."""
    return frozenset(conn.execute(select(_t.c.subject).where(_of(step, subjects))).scalars())


def is_set_aside(conn: Connection, step: Step, subject: int) -> QuarantinedWork | None:
    """Return the work when it is set aside, else None."""
    row = _row(conn, step, subject)
    return None if row is None or row.since is None else _work(row)


def set_aside(conn: Connection, limit: int) -> list[QuarantinedWork]:
    """Return what is set aside, the newest first."""
    newest_first = (_t.c.since.desc(), _t.c.step, _t.c.subject)
    rows = select(_t).where(_t.c.since.is_not(None)).order_by(*newest_first).limit(limit)
    return [_work(row) for row in conn.execute(rows)]


def number(conn: Connection) -> int:
    """Count what is set aside."""
    rows = select(func.count()).select_from(_t).where(_t.c.since.is_not(None))
    return conn.execute(rows).scalar_one()


def _row(conn: Connection, step: Step, subject: int) -> Row[Any] | None:
    return conn.execute(select(_t).where(_t.c.step == step, _t.c.subject == subject)).one_or_none()


def _of(step: Step, subjects: Sequence[int]) -> ColumnElement[bool]:
    return and_(_t.c.step == step, _t.c.subject.in_(subjects))


def _set(conn: Connection, step: Step, subject: int, **values: object) -> None:
    conn.execute(update(_t).where(_of(step, [subject])).values(**values))


def _work(row: Row[Any]) -> QuarantinedWork:
    return QuarantinedWork(
        Step(row.step), row.subject, row.begun + row.failures, row.reason, row.since, row.again_at
    )
