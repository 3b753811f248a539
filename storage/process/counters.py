"""Small named numbers that must survive a restart."""

from __future__ import annotations

from sqlalchemy import Connection, insert, select, update

from storage.sql.schema import counters as _t

SHADOW_RUNS = "shadow_runs"
SHADOW_DIFFERENCES = "shadow_differences"
"""Articles that were matched without the index too, and topics that it had missed."""

TOPICS_UNREADABLE = "topics_unreadable"
"""Topics whose queries the daemon can't read, so that nothing matches them."""

WORK_SET_ASIDE = "work_set_aside"
"""Pieces of work that were ever set aside, those among them that an operator had tried again."""

LEDGER_OPEN = "ledger_open"
"""1 while a daemon keeps the ledger: one that finds it so follows one that was killed."""


def add(conn: Connection, name: str, amount: int) -> None:
    """Add to a counter, which begins at 0."""
    updated = conn.execute(update(_t).where(_t.c.name == name).values(value=_t.c.value + amount))
    if updated.rowcount == 0:
        conn.execute(insert(_t).values(name=name, value=amount))


def put(conn: Connection, name: str, value: int) -> None:
    """Give a counter this value."""
    add(conn, name, value - get(conn, name))


def get(conn: Connection, name: str) -> int:
    """Return a counter's value; 0 when nothing was ever added."""
    return conn.execute(select(_t.c.value).where(_t.c.name == name)).scalar() or 0
