"""What the daemon found wrong when it last looked at its own installation: settings, secrets, relay."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, insert, select

from storage.process.jobs import JobRun
from storage.sql.schema import failed_checks as _t

JOB = "examination"
"""The job that looks; its last run says how old the results are."""

_LASTS = timedelta(minutes=5)  # it looks several times a minute


@dataclass(frozen=True, slots=True)
class FailedCheck:
    """A check that did not go well: how grave that is, what it says, and what to do."""

    name: str
    grade: int
    says: str
    remedy: str


def keep(conn: Connection, failed: Sequence[FailedCheck]) -> None:
    """Keep these in place of what was found before."""
    if list(failed) == list_all(conn):
        return
    conn.execute(delete(_t))
    if failed:
        conn.execute(insert(_t), [asdict(each) for each in failed])


def list_all(conn: Connection) -> list[FailedCheck]:
    """Return what was found last, in the order in which it was kept."""
    rows = conn.execute(select(_t.c.name, _t.c.grade, _t.c.says, _t.c.remedy).order_by(_t.c.id))
    return [FailedCheck(**row._mapping) for row in rows]


def still_hold(runs: Sequence[JobRun], now: datetime) -> bool:
    """Tell whether the daemon looked so lately that what it found can be believed."""
    return any(
        run.name == JOB and run.succeeded_at is not None and now - run.succeeded_at < _LASTS
        for run in runs
    )
