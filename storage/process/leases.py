"""Who may do what only one may do: a lease with a fencing token, by the database's own clock.

A holder that was paused, or cut off, learns in its next transaction that another one has taken its
place: each transaction of its work asks for the token (`check`). With transactions that are as if
they were alone, no write of the old holder comes after the new one began. (Gray and Cheriton,
“Leases: an efficient fault-tolerant mechanism for distributed file cache consistency”, SOSP 1989;
fencing tokens as in Kleppmann, “How to do distributed locking”, 2016.)
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, insert, select, text, update

from storage.errors import LeaseLostError
from storage.sql.schema import leases as _t

SCHEDULER = "scheduler"
"""The lease of the process that runs the periodic jobs."""


@dataclass(frozen=True, slots=True)
class ProcessLease:
    """A lease as it was taken or renewed; `token` grows with each new holder."""

    name: str
    holder: str
    token: int
    taken_at: datetime
    expires_at: datetime


def take(
    conn: Connection, name: str, holder: str, seconds: float, now: datetime
) -> ProcessLease | None:
    """Take a lease that is free, or renew it; None while another one holds it."""
    moment = agreed_time(conn, now)
    until = moment + timedelta(seconds=seconds)
    row = conn.execute(select(_t).where(_t.c.name == name)).one_or_none()
    if row is None:
        lease = ProcessLease(name, holder, 1, moment, until)
        conn.execute(
            insert(_t).values(name=name, holder=holder, token=1, taken_at=moment, expires_at=until)
        )
        return lease
    if row.holder == holder and row.expires_at > moment:
        conn.execute(update(_t).where(_t.c.name == name).values(expires_at=until))
        return ProcessLease(name, holder, row.token, row.taken_at, until)
    if row.expires_at > moment:
        return None
    values = {"holder": holder, "token": row.token + 1, "taken_at": moment, "expires_at": until}
    conn.execute(update(_t).where(_t.c.name == name).values(**values))
    return ProcessLease(name, holder, row.token + 1, moment, until)


def give_back(conn: Connection, lease: ProcessLease, now: datetime) -> None:
    """Let the next one take it at once; nothing when it was taken already."""
    conn.execute(
        update(_t)
        .where(_t.c.name == lease.name, _t.c.token == lease.token)
        .values(expires_at=agreed_time(conn, now))
    )


def check(conn: Connection, lease: ProcessLease) -> None:
    """See, in the transaction that does the work, that the lease is ours. Raises LeaseLostError."""
    token = conn.execute(select(_t.c.token).where(_t.c.name == lease.name)).scalar()
    if token != lease.token:
        raise LeaseLostError(f"another process is the {lease.name} now; this one stands by")


def get(conn: Connection, name: str) -> ProcessLease | None:
    """Return who holds a lease, or held it last."""
    row = conn.execute(select(_t).where(_t.c.name == name)).one_or_none()
    return None if row is None else ProcessLease(**row._mapping)


def agreed_time(conn: Connection, now: datetime) -> datetime:
    """Return the server's time; with a file on this machine, `now` as the caller reads it."""
    if conn.dialect.name != "postgresql":
        return now
    server_time: datetime = conn.execute(text("SELECT clock_timestamp()")).scalar_one()
    return server_time.astimezone(UTC)
