"""The processes that share the work: which roles they have, and when each gave a sign of life."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, insert, select, update

from storage.process import leases
from storage.process.leases import agreed_time
from storage.sql.schema import workers as _t

SIGN_OF_LIFE = timedelta(seconds=30)
"""Without one for so long a process is taken for dead."""

_FORGOTTEN = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Worker:
    """A process; `problem` is why it can't do its work just now, `numbers` what it counts."""

    id: str
    role: str
    host: str
    pid: int
    version: str
    started_at: datetime
    seen_at: datetime
    problem: str = ""
    numbers: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class WorkerOverview:
    """Who works: those that gave a sign of life, those that fell silent, and the one that leads."""

    alive: tuple[Worker, ...]
    silent: tuple[Worker, ...]
    leader: str


def overview(conn: Connection, now: datetime) -> WorkerOverview:
    """See who works just now."""
    lease = leases.get(conn, leases.SCHEDULER)
    leads = lease is not None and lease.expires_at > agreed_time(conn, now)
    return WorkerOverview(
        alive=tuple(alive(conn, now)),
        silent=tuple(silent(conn, now)),
        leader=lease.holder if lease is not None and leads else "",
    )


def seen(conn: Connection, worker: Worker) -> None:
    """Take a process's sign of life, at the database's own time."""
    values = asdict(worker) | {"seen_at": agreed_time(conn, worker.seen_at)}
    if conn.execute(update(_t).where(_t.c.id == worker.id).values(**values)).rowcount == 0:
        conn.execute(insert(_t).values(**values))


def gone(conn: Connection, worker_id: str) -> None:
    """Forget a process that ended as it should."""
    conn.execute(delete(_t).where(_t.c.id == worker_id))


def alive(conn: Connection, now: datetime) -> list[Worker]:
    """Return the processes that gave a sign of life, by their roles."""
    since = agreed_time(conn, now) - SIGN_OF_LIFE
    query = select(_t).where(_t.c.seen_at >= since).order_by(_t.c.role, _t.c.started_at, _t.c.id)
    return [Worker(**row._mapping) for row in conn.execute(query)]


def silent(conn: Connection, now: datetime) -> list[Worker]:
    """Return the processes that ended without a word within a day, the last one first."""
    moment = agreed_time(conn, now)
    query = (
        select(_t)
        .where(_t.c.seen_at < moment - SIGN_OF_LIFE, _t.c.seen_at >= moment - _FORGOTTEN)
        .order_by(_t.c.seen_at.desc())
    )
    return [Worker(**row._mapping) for row in conn.execute(query)]


def forget(conn: Connection, now: datetime) -> None:
    """Forget those that are gone for a day."""
    conn.execute(delete(_t).where(_t.c.seen_at < agreed_time(conn, now) - _FORGOTTEN))
