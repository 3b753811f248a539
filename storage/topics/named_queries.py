"""Queries that are kept under names, for other queries to hold as `@name`."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, delete, insert, select, update

from storage.errors import NotFoundError
from storage.models.topics import NamedQuery
from storage.sql.schema import named_queries as _t


def put(
    conn: Connection, *, name: str, query: str, now: datetime, managed_by: str | None = None
) -> None:
    """Keep a query under a name, in place of what was kept under it.

    The query must have been parsed before. Topics that hold it are to be touched (`topics.touch`).
    """
    values = {"query": query, "changed_at": now, "managed_by": managed_by}
    updated = conn.execute(update(_t).where(_t.c.name == name).values(**values))
    if updated.rowcount == 0:
        conn.execute(insert(_t).values(name=name, **values))


def list_all(conn: Connection) -> list[NamedQuery]:
    """Return all of them, by name."""
    return [NamedQuery(**row._mapping) for row in conn.execute(select(_t).order_by(_t.c.name))]


def texts(conn: Connection) -> dict[str, str]:
    """Return the queries' texts by name."""
    return {named.name: named.query for named in list_all(conn)}


def managed_by(conn: Connection, name: str) -> str | None:
    """Return the file that one was applied from; None when there is none."""
    return conn.execute(select(_t.c.managed_by).where(_t.c.name == name)).scalar()


def remove(conn: Connection, name: str) -> None:
    """Forget one; nothing may hold it any more. Raises NotFoundError."""
    if conn.execute(delete(_t).where(_t.c.name == name)).rowcount == 0:
        raise NotFoundError(f"there is no named query {name!r}; see: wirewatch topic named")
