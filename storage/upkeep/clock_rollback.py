"""What was to be done later, moved when the clock was set back: else it would wait that much longer."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection, Table, and_, bindparam, delete, select, update

from storage.sql import schema

# Times that were reckoned from the time as it was: so long from then, and so long from now.
# What was typed or agreed as a time of day (a digest, a snooze, an expiry) stays.
_LATER: tuple[tuple[Table, str], ...] = (
    (schema.sources, "next_fetch_at"),
    (schema.pages, "due_at"),
    (schema.match_work, "claimed_until"),
    (schema.outbox, "next_attempt_at"),
    (schema.outbox, "claimed_until"),
    (schema.endpoints, "open_until"),
    (schema.subscriptions, "next_at"),
)


def move_back(conn: Connection, by: timedelta, now: datetime) -> int:
    """Move what lies ahead by as much as the clock was set back, to `now` at the earliest.

    Gives how many times were moved. A robots.txt that was fetched in what is the future now is
    forgotten, and so asked for anew.
    """
    moved = sum(_move(conn, table, name, by, now) for table, name in _LATER)
    conn.execute(delete(schema.robots).where(schema.robots.c.fetched_at > now))
    return moved


def _move(conn: Connection, table: Table, name: str, by: timedelta, now: datetime) -> int:
    keys, column = list(table.primary_key), table.c[name]
    rows = conn.execute(select(*keys, column).where(column > now)).all()
    if not rows:
        return 0
    found = and_(*(key == bindparam(f"key_{key.name}") for key in keys))
    conn.execute(
        update(table).where(found).values({name: bindparam("moved")}),
        [
            {
                **{f"key_{key.name}": value for key, value in zip(keys, row, strict=False)},
                "moved": max(now, row[-1] - by),
            }
            for row in rows
        ],
    )
    return len(rows)
