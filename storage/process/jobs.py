"""What the periodic jobs did last."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from storage.sql.schema import job_runs as _t

RELOAD = "reload"
"""Under which name the last reading of the settings stands."""


@dataclass(frozen=True, slots=True)
class JobRun:
    """The last run of a periodic job; `error` is empty when it went well."""

    name: str
    started_at: datetime
    finished_at: datetime | None
    succeeded_at: datetime | None
    error: str
    runs: int
    failures: int = 0


def started(conn: Connection, name: str, now: datetime) -> None:
    """Record that a job begins."""
    values = {"started_at": now, "finished_at": None, "runs": _t.c.runs + 1}
    if conn.execute(update(_t).where(_t.c.name == name).values(**values)).rowcount == 0:
        conn.execute(insert(_t).values(name=name, started_at=now, runs=1))


def finished(conn: Connection, name: str, now: datetime, error: str = "") -> None:
    """Record that a job ended, well when `error` is empty."""
    values: dict[str, object] = {"finished_at": now, "error": error[:500]}
    if error:
        values["failures"] = _t.c.failures + 1
    else:
        values["succeeded_at"] = now
    conn.execute(update(_t).where(_t.c.name == name).values(**values))


def list_all(conn: Connection) -> list[JobRun]:
    """Return all jobs by name."""
    return [JobRun(**row._mapping) for row in conn.execute(select(_t).order_by(_t.c.name))]
