"""How large the database is, over time and by its parts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, delete, exc, insert, select, text

from storage.sql.schema import gauges as _t

_NAME = "size "
_KEPT = timedelta(days=400)
_PARTS = {
    "articles": "texts and what is known of them",
    "archive": "the index of words",
    "revisions": "earlier texts",
    "fetches": "the request ledger",
    "pages": "addresses",
    "stories": "stories and verdicts",
    "alerts": "matches, alerts and deliveries",
    "other": "all else",
}
_OF = {
    "articles": ("articles",),
    "archive": ("archive", "archive_entries"),
    "revisions": ("revisions",),
    "fetches": ("fetches", "request_counts"),
    "pages": ("pages", "page_listings", "aliases"),
    "stories": ("stories", "copies", "roundups", "rulings", "domain_copies", "domains"),
    "alerts": (
        "matches",
        "alerts",
        "alert_recipients",
        "outbox",
        "attempts",
        "digest_entries",
    ),
}
_OF_SQLITE = (
    "SELECT coalesce(m.tbl_name, s.name) AS name, sum(s.pgsize) AS size FROM dbstat s "
    "LEFT JOIN sqlite_master m ON m.name = s.name WHERE s.aggregate = 1 GROUP BY 1"
)
_OF_POSTGRES = (
    "SELECT relname AS name, pg_total_relation_size(oid) AS size FROM pg_class "
    "WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
)


@dataclass(frozen=True, slots=True)
class DatabasePart:
    """A part of the database."""

    name: str
    says: str
    bytes: int


def keep(conn: Connection, number: int, now: datetime) -> None:
    """Keep how large it is today; of a day the last number stays."""
    name = f"{_NAME}{now.astimezone(UTC):%Y-%m-%d}"
    conn.execute(delete(_t).where(_t.c.name == name))
    conn.execute(insert(_t).values(name=name, value=float(number), at=now))
    old = _t.c.name.startswith(_NAME) & (_t.c.at < now - _KEPT)
    conn.execute(delete(_t).where(old))


def history(conn: Connection) -> list[tuple[datetime, float]]:
    """Return how large it was, (when, bytes), oldest first."""
    rows = conn.execute(
        select(_t.c.at, _t.c.value).where(_t.c.name.startswith(_NAME)).order_by(_t.c.at)
    )
    return [(at, value) for at, value in rows]


def file_bytes(conn: Connection) -> int:
    """Return the size of the database in bytes, what is free in it counted too."""
    if conn.dialect.name == "postgresql":
        return int(conn.execute(text("SELECT pg_database_size(current_database())")).scalar_one())
    pages = conn.execute(text("PRAGMA page_count")).scalar_one()
    return int(pages) * int(conn.execute(text("PRAGMA page_size")).scalar_one())


def free_bytes(conn: Connection) -> int:
    """Return how much of the file is free, and would be given back by `db vacuum`; 0 on a server."""
    if conn.dialect.name == "postgresql":
        return 0  # which makes use of it by itself
    pages = conn.execute(text("PRAGMA freelist_count")).scalar_one()
    return int(pages) * int(conn.execute(text("PRAGMA page_size")).scalar_one())


def parts(conn: Connection) -> list[DatabasePart]:
    """Return what each part takes, the largest first; nothing where SQLite was built without dbstat."""
    query = _OF_POSTGRES if conn.dialect.name == "postgresql" else _OF_SQLITE
    try:
        rows = conn.execute(text(query)).all()
    except exc.OperationalError:
        return []
    sizes = dict.fromkeys(_PARTS, 0)
    for row in rows:
        sizes[_part(str(row.name), _OF)] += int(row.size)
    made = [DatabasePart(name, _PARTS[name], number) for name, number in sizes.items()]
    return sorted(made, key=lambda part: -part.bytes)


def _part(table: str, of: Mapping[str, tuple[str, ...]]) -> str:
    if table.startswith("archive"):
        return "archive"
    return next((name for name, tables in of.items() if table in tables), "other")
