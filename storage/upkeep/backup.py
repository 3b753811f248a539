"""A copy of the database while it is in use, and a copy put back in its place."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, select, update

from storage.errors import InputError
from storage.failpoints import reach
from storage.models.pages import PageState
from storage.sql import schema
from storage.sql.engines.sqlite import make_private
from storage.sql.migrate import refuse_unknown

_PAGES_A_STEP = 2_000  # of the database; between two steps writers have their turn


def back_up(
    database: Path, target: Path, on_progress: Callable[[float], None] | None = None
) -> int:
    """Copy a database that may be written to meanwhile, as of one moment; the copy's size in bytes.

    The copy takes its place when it is whole and was checked: what stands there before is kept until
    then. The share that is copied is told `on_progress`. Raises InputError when it can't be read or
    written.
    """
    part = target.with_name(f"{target.name}.part")
    try:
        with _opened(database) as source, _opened(part, new=True) as copy:
            source.backup(copy, pages=_PAGES_A_STEP, progress=_told(on_progress))
        _check(part)
        reach("backup")
        part.replace(target)
    except (sqlite3.Error, OSError) as error:
        part.unlink(missing_ok=True)
        raise InputError(f"{target} can't be written: {error}") from error
    return target.stat().st_size


def _told(on_progress: Callable[[float], None] | None) -> Callable[[int, int, int], object] | None:
    if on_progress is None:
        return None
    return lambda _status, left, total: on_progress(1 - left / total if total else 1.0)


def restore(copy: Path, database: Path, now: datetime) -> Path | None:
    """Put a copy in the place of a database that nobody uses; where that was kept, if there was one.

    Raises InputError when the copy is no whole database, and SchemaTooNewError when a newer version
    of Wirewatch made it; then nothing was changed.
    """
    try:
        _check(copy)
    except sqlite3.Error as error:
        raise InputError(f"{copy} is no whole database: {error}") from error
    kept = None
    if database.exists():
        kept = database.with_name(f"{database.name}.before-{now:%Y%m%d-%H%M%S}")
        back_up(database, kept)
    back_up(copy, database.with_name(f"{database.name}.restored"))
    for beside in ("-wal", "-shm"):  # of the one that goes: they would be taken for the new one's
        database.with_name(database.name + beside).unlink(missing_ok=True)
    database.with_name(f"{database.name}.restored").replace(database)
    return kept


def hold_backlog(conn: Connection) -> None:
    """Hold what a restored database takes for new, and its lost successor may have told already.

    Sources list their backlog anew, and what was found and not told yet is backlog.
    """
    conn.execute(update(schema.sources).values(primed_at=None, alert_backlog=False))
    due = select(schema.pages.c.id).where(schema.pages.c.state == PageState.DUE)
    listed = schema.page_listings
    conn.execute(update(listed).where(listed.c.page_id.in_(due)).values(backlog=True))
    waiting = select(schema.match_work.c.article_id)
    unmatched = schema.articles.c.id.in_(waiting)
    of_unmatched = listed.c.page_id.in_(select(schema.articles.c.page_id).where(unmatched))
    conn.execute(update(listed).where(of_unmatched).values(backlog=True))
    conn.execute(update(schema.articles).where(unmatched).values(backlog=True))


def _check(path: Path) -> None:
    with _opened(path) as conn:
        answer = conn.execute("PRAGMA integrity_check").fetchone()
        stands_at = conn.execute("SELECT version_num FROM alembic_version").fetchone()
        if answer != ("ok",) or not stands_at:
            raise sqlite3.DatabaseError(f"it is damaged, or none of Wirewatch: {answer}")
    refuse_unknown(str(stands_at[0]))


@contextmanager
def _opened(path: Path, *, new: bool = False) -> Iterator[sqlite3.Connection]:
    if new:
        path.unlink(missing_ok=True)
        make_private(path)
    conn = sqlite3.connect(f"{path.resolve().as_uri()}?mode=rw", uri=True, timeout=30)
    try:
        yield conn
    finally:
        conn.close()
