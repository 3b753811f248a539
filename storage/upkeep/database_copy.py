"""A whole database copied into an empty one of any engine, and compared row by row."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from sqlalchemy import Connection, Table, and_, func, insert, or_, select, text, update

from storage.errors import InputError, StorageError
from storage.sql import schema
from storage.sql.column_types import CleanText, clean_text
from storage.sql.database import Database
from storage.stories import archive

_AT_ONCE = 1_000  # rows
# Not copied: the index of words, which a daemon fills anew from the texts, and who works now.
_LEFT = ("archive_entries", "leases", "workers")


@dataclass(frozen=True, slots=True)
class CopyReport:
    """How many rows of each table were copied, and found the same."""

    rows: dict[str, int]

    @property
    def total(self) -> int:
        """All together."""
        return sum(self.rows.values())


def copy_all(
    source: Database, target: Database, on_table: Callable[[str, int], None] | None = None
) -> CopyReport:
    """Copy all rows in one transaction, which is stored once each of them was compared.

    `on_table` is told the name and the rows of each table that is done. Raises InputError when the
    target holds something already, StorageError when a row is not the same there; then nothing is
    stored in it.
    """
    rows: dict[str, int] = {}
    with source.connect() as old, target.begin() as new:
        _refuse_filled(new)
        for table in _tables():
            rows[table.name] = _copy(old, new, table)
            if on_table is not None:
                on_table(table.name, rows[table.name])
        _restore_links(old, new)
        for table in _tables():
            _compare(old, new, table)
            _go_on_counting(new, table)
        archive.clear(new)
    return CopyReport(rows)


def _tables() -> list[Table]:
    return [table for table in schema.metadata.sorted_tables if table.name not in _LEFT]


def _refuse_filled(conn: Connection) -> None:
    for table in _tables():
        if conn.execute(select(func.count()).select_from(table)).scalar_one():
            raise InputError(
                f"the database to copy into is not empty (table {table.name}); name an empty one"
            )


def _copy(old: Connection, new: Connection, table: Table) -> int:
    number = 0
    for batch in _batches(old, table):
        rows = [dict(row) for row in batch]
        if table is schema.stories:
            rows = [row | {"merged_into": None} for row in rows]  # it may come later
        new.execute(insert(table), rows)
        number += len(rows)
    return number


def _restore_links(old: Connection, new: Connection) -> None:
    stories = schema.stories
    merged = old.execute(
        select(stories.c.id, stories.c.merged_into).where(stories.c.merged_into.is_not(None))
    )
    for row in merged:
        link = update(stories).where(stories.c.id == row.id).values(merged_into=row.merged_into)
        new.execute(link)


def _compare(old: Connection, new: Connection, table: Table) -> None:
    rows = zip_longest(_rows(old, table), _rows(new, table))
    for number, (before, after) in enumerate(rows, start=1):
        if before != after:
            raise StorageError(
                f"row {number} of table {table.name} is not the same in the copy: "
                f"{_difference(before, after)}; nothing was stored"
            )


def _difference(before: dict[str, Any] | None, after: dict[str, Any] | None) -> str:
    if before is None or after is None:
        return "it is in one of both only"
    differ = [name for name in before if before[name] != after[name]]
    return f"column {', '.join(differ)}"


def _rows(conn: Connection, table: Table) -> Iterator[dict[str, Any]]:
    for batch in _batches(conn, table):
        yield from batch


def _batches(conn: Connection, table: Table) -> Iterator[list[dict[str, Any]]]:
    """Yield a table's rows in the order of their keys, some at a time."""
    keys = list(table.primary_key.columns)
    # Words are ordered by their bytes: the engines' own orders differ.
    order = [_by_bytes(conn, column) for column in keys]
    last: Sequence[Any] | None = None
    while True:
        query = select(table).order_by(*order).limit(_AT_ONCE)
        if last is not None:
            query = query.where(_after(order, last))
        rows = conn.execute(query).all()
        if not rows:
            return
        yield [{name: clean_text(value) for name, value in row._mapping.items()} for row in rows]
        last = [rows[-1]._mapping[column.name] for column in keys]


def _by_bytes(conn: Connection, column: Any) -> Any:  # noqa: ANN401 - a column, or one in an order
    is_text = isinstance(column.type, CleanText)
    return column.collate("C") if is_text and conn.dialect.name == "postgresql" else column


def _after(order: Sequence[Any], last: Sequence[Any]) -> Any:  # noqa: ANN401 - a condition
    """Say that a key comes after another: written out, since a tuple takes no types of ours."""
    return or_(
        *(
            and_(*(order[before] == last[before] for before in range(place)), order[place] > value)
            for place, value in enumerate(last)
        )
    )


def _go_on_counting(conn: Connection, table: Table) -> None:
    """Let a server's sequence go on where the ids end."""
    if conn.dialect.name != "postgresql" or "id" not in table.c:
        return
    name = conn.execute(
        text("SELECT pg_get_serial_sequence(:table, 'id')"), {"table": table.name}
    ).scalar()
    highest = conn.execute(select(func.max(table.c.id))).scalar()
    if name is not None and highest is not None:
        conn.execute(text("SELECT setval(:name, :highest)"), {"name": name, "highest": highest})
