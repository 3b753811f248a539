"""The list of sources with their figures of the last day, and the figures of one."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection

from scheduler.lists.cursors import ListPage, cut_page, read_cursor
from storage.crawl import sources
from storage.reports import statistics
from storage.reports.statistics import SourceRow

_DAY = timedelta(hours=24)


def source_list(
    conn: Connection,
    now: datetime,
    cursor: str = "",
    *,
    word: str = "",
    text: str = "",
    limit: int = 50,
) -> ListPage[SourceRow]:
    """Return a page of the sources, those that fail first; figures are of the last 24 hours.

    `word` keeps those that are failing, quiet, new, healthy or paused, `text` those whose title or
    address holds it. Raises InputError for a cursor that we never wrote.
    """
    after = None
    if cursor:
        rank, title, source_id = read_cursor(cursor, int, str, int)
        after = (int(rank), str(title), int(source_id))
    page = cut_page(
        sources.page(conn, limit=limit + 1, after=after, word=word, text=text),
        limit,
        lambda positioned: positioned[0],
    )
    found = [source for _, source in page.rows]
    return page.with_rows(statistics.rows_of(conn, found, since=now - _DAY))


def source_row(conn: Connection, source_id: int, now: datetime) -> SourceRow:
    """Return one source with its figures of the last 24 hours. Raises NotFoundError."""
    [row] = statistics.rows_of(conn, [sources.get(conn, source_id)], since=now - _DAY)
    return row
