"""The database as a whole: pruned by the rules of retention, and restored from a backup."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import Connection

from scheduler.actions.audit_log import Actor, AuditAction
from storage.settings import RetentionSettings
from storage.sql.database import Database
from storage.upkeep import retention
from storage.upkeep.backup import hold_backlog
from storage.upkeep.retention import Pruned

_AT_ONCE = 500


def prune(
    db: Database,
    actor: Actor,
    rules: RetentionSettings,
    clock: Callable[[], datetime],
    on_progress: Callable[[Pruned], None],
) -> Pruned:
    """Forget what the rules say, some rows a transaction, so that a daemon beside need not wait.

    The line of the audit log is in the last of them.
    """
    gone = Pruned()
    while True:
        with db.begin() as conn:
            some = retention.prune(conn, rules, clock(), _AT_ONCE)
            if not some.total:
                if not gone.total:
                    return gone
                counts = ", ".join(f"{number} {what}" for what, number in asdict(gone).items())
                actor.record(conn, AuditAction.DATA_PRUNED, "database", old=counts, now=clock())
                return gone
        gone += some
        on_progress(gone)


def finish_restore(conn: Connection, actor: Actor, backup: str, now: datetime) -> None:
    """Hold back what a restored backup would alert of again; `backup` names its file."""
    hold_backlog(conn)
    actor.record(conn, AuditAction.BACKUP_RESTORED, "database", new=backup, now=now)
