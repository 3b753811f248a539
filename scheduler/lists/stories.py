"""The list of stories, those that changed last first, and one story by its number."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import Connection

from scheduler.lists.cursors import ListPage, cut_page, read_cursor
from storage.errors import InputError
from storage.reports import statistics
from storage.reports.statistics import StoryRow
from storage.stories import stories


def story_list(
    conn: Connection, cursor: str = "", *, copied: bool = False, limit: int = 24
) -> ListPage[StoryRow]:
    """Return a page of the stories that changed last, all or the `copied` ones.

    Raises InputError for a cursor that we never wrote.
    """
    before = None
    if cursor:
        updated_at, story_id = read_cursor(cursor, str, int)
        before = (_time(str(updated_at)), int(story_id))
    page = cut_page(
        stories.page(conn, limit=limit + 1, before=before, copied=copied),
        limit,
        lambda story: (story.updated_at.isoformat(), story.id),
    )
    return page.with_rows([statistics.story_row(conn, story) for story in page.rows])


def story_by_id(conn: Connection, story_id: int) -> StoryRow:
    """Return a story, or the one that it was merged into. Raises NotFoundError."""
    return statistics.story_row(conn, stories.get(conn, story_id))


def _time(text: str) -> datetime:
    try:
        time = datetime.fromisoformat(text)
    except ValueError as error:
        raise InputError("that cursor is not one of ours; begin the list anew") from error
    return time if time.tzinfo else time.replace(tzinfo=UTC)
