"""The audit log: who changed what, when and by which way."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select

from storage.sql.schema import audit as _t

_MOST = 1000  # characters of a value


class Interface(StrEnum):
    """How somebody did something."""

    WEB = "web"
    API = "api"
    CLI = "cli"


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """A line of the log; `about` names a thing ("topic 5, ferries"), `old_value` and `new_value` say what changed."""

    id: int
    at: datetime
    who: str
    how: Interface
    what: str
    about: str = ""
    old_value: str = ""
    new_value: str = ""


def add(
    conn: Connection,
    *,
    at: datetime,
    who: str,
    how: Interface,
    what: str,
    about: str = "",
    old_value: str = "",
    new_value: str = "",
) -> None:
    """Keep that somebody did something, in the transaction in which it is done."""
    conn.execute(
        insert(_t).values(
            at=at,
            who=who,
            how=how,
            what=what,
            about=about,
            old_value=old_value[:_MOST],
            new_value=new_value[:_MOST],
        )
    )


def page(
    conn: Connection, *, limit: int, before: int | None = None, who: str = "", what: str = ""
) -> list[AuditEntry]:
    """Return the newest lines, newest first; `before` an id, of one person, of one kind."""
    query = select(_t).order_by(_t.c.id.desc()).limit(limit)
    if before is not None:
        query = query.where(_t.c.id < before)
    if who:
        query = query.where(_t.c.who == who)
    if what:
        query = query.where(_t.c.what.startswith(what, autoescape=True))
    return [_line(row) for row in conn.execute(query)]


def forget(conn: Connection, before: datetime) -> int:
    """Drop lines older than that; how many there were."""
    return conn.execute(delete(_t).where(_t.c.at < before)).rowcount


def _line(row: Row[Any]) -> AuditEntry:
    return AuditEntry(**dict(row._mapping) | {"how": Interface(row.how)})
