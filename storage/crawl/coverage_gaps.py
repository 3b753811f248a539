"""Gaps: polls that did not overlap the poll before, and how many articles may have been missed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Row, insert, select, update

from storage.sql import schema

_t = schema.coverage_gaps


@dataclass(frozen=True, slots=True)
class CoverageGap:
    """Two polls of a source without overlap: what was published between may have been missed.

    `missed` is an estimate; `filled` is how many articles were found in the sitemap since, None
    when it was not looked for yet.
    """

    id: int
    source_id: int
    since: datetime
    at: datetime
    missed: int
    filled: int | None


def add(
    conn: Connection, source_id: int, *, since: datetime, at: datetime, missed: int
) -> CoverageGap:
    """Record a gap between two polls, and count what may have been missed for its source."""
    gap_id = conn.execute(
        insert(_t).values(source_id=source_id, since=since, at=at, missed=missed).returning(_t.c.id)
    ).scalar_one()
    source = schema.sources
    conn.execute(
        update(source).where(source.c.id == source_id).values(missed=source.c.missed + missed)
    )
    return CoverageGap(gap_id, source_id, since, at, missed, None)


def get(conn: Connection, gap_id: int) -> CoverageGap | None:
    """Return a gap by its id."""
    row = conn.execute(select(_t).where(_t.c.id == gap_id)).one_or_none()
    return None if row is None else _gap(row)


def of_source(conn: Connection, source_id: int, limit: int) -> list[CoverageGap]:
    """Return a source's gaps, the newest first."""
    rows = conn.execute(
        select(_t).where(_t.c.source_id == source_id).order_by(_t.c.id.desc()).limit(limit)
    )
    return [_gap(row) for row in rows]


def unfilled(conn: Connection) -> list[CoverageGap]:
    """Return the gaps that were not looked for in a sitemap to the end yet, the oldest first."""
    rows = conn.execute(select(_t).where(_t.c.filled.is_(None)).order_by(_t.c.id))
    return [_gap(row) for row in rows]


def fill(conn: Connection, gap_id: int, filled: int) -> None:
    """Record how many articles were found that a gap had hidden."""
    conn.execute(update(_t).where(_t.c.id == gap_id).values(filled=filled))


def _gap(row: Row[tuple[object, ...]]) -> CoverageGap:
    return CoverageGap(**row._mapping)
