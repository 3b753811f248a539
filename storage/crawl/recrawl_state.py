"""Steering: the numbers that the recrawl policy keeps for all sources together."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select

from storage.sql import schema

_t = schema.gauges


def get(conn: Connection) -> dict[str, float]:
    """Return all numbers by name."""
    return {row.name: row.value for row in conn.execute(select(_t))}


def at(conn: Connection, name: str) -> datetime | None:
    """Return the time of a number; None when it was never kept."""
    return conn.execute(select(_t.c.at).where(_t.c.name == name)).scalar()


def put(conn: Connection, numbers: Mapping[str, float], now: datetime) -> None:
    """Keep these numbers in place of those of the same names."""
    conn.execute(delete(_t).where(_t.c.name.in_(numbers)))
    rows = [{"name": name, "value": value, "at": now} for name, value in numbers.items()]
    conn.execute(insert(_t), rows)
