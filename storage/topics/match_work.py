"""Work to match: stories that still have to be shown to the topics."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, delete, func, insert, or_, select, update

from storage.models.matches import MatchWork
from storage.sql.schema import match_work as _t

# Asked for each article: to build a statement takes longer than to run it.
_ADD = insert(_t)
_DONE = delete(_t).where(_t.c.id == bindparam("work_id"))


def add(conn: Connection, *, story_id: int, article_id: int, now: datetime) -> None:
    """Ask for a story to be matched because of one of its articles; same transaction as the story."""
    conn.execute(_ADD, {"story_id": story_id, "article_id": article_id, "added_at": now})


def add_all(conn: Connection, *, story_id: int, article_ids: Iterable[int], now: datetime) -> None:
    """Ask for a story to be matched because of several of its articles."""
    rows = [
        {"story_id": story_id, "article_id": article_id, "added_at": now}
        for article_id in sorted(article_ids)
    ]
    conn.execute(_ADD, rows)


def claim(conn: Connection, now: datetime, limit: int, lease_seconds: float) -> list[MatchWork]:
    """Take up to `limit` rows, oldest first; a row not done in time is given again."""
    free = or_(_t.c.claimed_until.is_(None), _t.c.claimed_until <= now)
    rows = conn.execute(
        select(_t.c.id, _t.c.story_id, _t.c.article_id, _t.c.added_at)
        .where(free)
        .order_by(_t.c.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()
    ids = [row.id for row in rows]
    until = now + timedelta(seconds=lease_seconds)
    conn.execute(update(_t).where(_t.c.id.in_(ids)).values(claimed_until=until))
    return [MatchWork(**row._mapping) for row in rows]


def done(conn: Connection, work_id: int) -> bool:
    """Remove a row, in the transaction that stores what came of it; False when it was gone."""
    return conn.execute(_DONE, {"work_id": work_id}).rowcount > 0


def release_all(conn: Connection) -> None:
    """Give back what a killed watcher held; only for the one daemon that holds the data directory."""
    conn.execute(update(_t).where(_t.c.claimed_until.is_not(None)).values(claimed_until=None))


def pending(conn: Connection) -> int:
    """Count the rows that wait."""
    return conn.execute(select(func.count()).select_from(_t)).scalar_one()


def waits_for(conn: Connection, story_id: int) -> bool:
    """Tell whether a story still has to be matched."""
    return conn.execute(select(_t.c.id).where(_t.c.story_id == story_id)).first() is not None
