"""Rulings: what an operator said of two articles, that they are one story or that they are not."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import (
    Connection,
    FromClause,
    Join,
    Select,
    and_,
    delete,
    func,
    insert,
    or_,
    select,
)

from storage.models.stories import StoryRuling
from storage.sql import schema

_t = schema.rulings


def rule(
    conn: Connection, pairs: Iterable[tuple[int, int]], *, together: bool, now: datetime
) -> None:
    """Say of each pair that it belongs together, or apart; an earlier ruling on it is replaced."""
    for one, other in {(min(pair), max(pair)) for pair in pairs}:
        conn.execute(delete(_t).where(_t.c.article_id == one, _t.c.other_id == other))
        conn.execute(insert(_t).values(article_id=one, other_id=other, together=together, at=now))


def lift_between(conn: Connection, story_id: int, other_id: int) -> None:
    """Forget that articles of these two stories were ruled apart."""
    conn.execute(delete(_t).where(_t.c.id.in_(_apart_between(story_id, other_id))))


def are_apart(conn: Connection, story_id: int, other_id: int) -> bool:
    """Tell whether an operator ruled that these two stories are not one."""
    return conn.execute(_apart_between(story_id, other_id).limit(1)).first() is not None


def apart_from(conn: Connection, story_id: int) -> frozenset[int]:
    """Return the stories that an operator ruled apart from a story."""
    one, other, both = _with_articles()
    sides = or_(one.c.story_id == story_id, other.c.story_id == story_id)
    rows = conn.execute(
        select(one.c.story_id, other.c.story_id.label("other_id"))
        .select_from(both)
        .where(~_t.c.together, sides)
        .distinct()
    )
    ids = {row.other_id if row.story_id == story_id else row.story_id for row in rows}
    return frozenset(ids - {story_id})


def joined(conn: Connection, story_id: int) -> list[tuple[int, int]]:
    """Return the pairs of a story's articles that an operator put together."""
    one, other, both = _with_articles()
    rows = conn.execute(
        select(_t.c.article_id, _t.c.other_id)
        .select_from(both)
        .where(_t.c.together, one.c.story_id == story_id, other.c.story_id == story_id)
    )
    return [(row.article_id, row.other_id) for row in rows]


def of_article(conn: Connection, article_id: int) -> list[tuple[int, bool, datetime]]:
    """Return an article's rulings, newest first: (the other article, together or apart, when)."""
    rows = conn.execute(
        select(_t)
        .where(or_(_t.c.article_id == article_id, _t.c.other_id == article_id))
        .order_by(_t.c.at.desc(), _t.c.id.desc())
    )
    return [
        (row.other_id if row.article_id == article_id else row.article_id, row.together, row.at)
        for row in rows
    ]


def of_story(conn: Connection, story_id: int) -> list[StoryRuling]:
    """Return what operators said of a story, newest first, once for each other story."""
    one, other, both = _with_articles()
    newest = func.max(_t.c.at).label("at")
    rows = conn.execute(
        select(one.c.story_id, other.c.story_id.label("other_id"), _t.c.together, newest)
        .select_from(both)
        .where(or_(one.c.story_id == story_id, other.c.story_id == story_id))
        .group_by(one.c.story_id, other.c.story_id, _t.c.together)
    )
    rulings: dict[int | None, datetime] = {}
    for row in rows:
        if row.together == (row.story_id == row.other_id):  # what was folded since says nothing
            apart_from = row.other_id if row.story_id == story_id else row.story_id
            key = None if row.together else apart_from
            rulings[key] = max(rulings.get(key, row.at), row.at)
    return [
        StoryRuling(key, rulings[key])
        for key in sorted(rulings, key=lambda k: rulings[k], reverse=True)
    ]


def _apart_between(story_id: int, other_id: int) -> Select[tuple[int]]:
    one, other, both = _with_articles()
    sides = or_(
        and_(one.c.story_id == story_id, other.c.story_id == other_id),
        and_(one.c.story_id == other_id, other.c.story_id == story_id),
    )
    return select(_t.c.id).select_from(both).where(~_t.c.together, sides)


def _with_articles() -> tuple[FromClause, FromClause, Join]:
    """Return both articles of a ruling, and the rulings joined with them."""
    one, other = schema.articles.alias(), schema.articles.alias()
    both = _t.join(one, one.c.id == _t.c.article_id).join(other, other.c.id == _t.c.other_id)
    return one, other, both
