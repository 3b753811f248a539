"""Divisions: stories that were taken apart stay apart, and doubts about articles are counted.

A division is known by the story that it began with: all stories that came out of it bear that
number, and so does what is merged with one of them later. Whatever the texts of such stories share
was weighed when they were divided; the next text that shares it too is no reason to join them.

A doubt is a text by which an article is no longer what its story takes it for. Doubts are settled
when the story is looked at; the count says how much more is known since.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence

from sqlalchemy import Connection, delete, exists, insert, select, update

from storage.models.stories import Doubts
from storage.sql import schema

_t = schema.divisions
_doubts = schema.doubts


def divide(conn: Connection, story_id: int, new_id: int) -> None:
    """Remember that a story was taken out of another one, or was found to be none of its copies."""
    known = _of_story(conn, story_id)
    _remember(conn, new_id, known or {story_id})
    if not known:
        _remember(conn, story_id, {story_id})


def of_stories(conn: Connection, story_ids: Collection[int]) -> dict[int, frozenset[int]]:
    """Return the divisions that stories came out of; those that came out of none are left out."""
    rows = conn.execute(select(_t).where(_t.c.story_id.in_(story_ids)))
    found: dict[int, set[int]] = defaultdict(set)
    for row in rows:
        found[row.story_id].add(row.division)
    return {story_id: frozenset(divisions) for story_id, divisions in found.items()}


def take_over(conn: Connection, keep: int, absorbed: int) -> None:
    """Give a story the divisions of one that is merged into it."""
    _remember(conn, keep, _of_story(conn, absorbed) - _of_story(conn, keep))
    conn.execute(delete(_t).where(_t.c.story_id == absorbed))


def are_apart(conn: Connection, story_id: int, other_id: int) -> bool:
    """Tell whether two stories came out of one division."""
    return not _of_story(conn, story_id).isdisjoint(_of_story(conn, other_id))


def doubt(conn: Connection, article_ids: Sequence[int], roundups: Sequence[int] = ()) -> None:
    """Count a text that doubts these articles; one that is alone in its story only as a round-up."""
    members, others = schema.articles, schema.articles.alias()
    beside = exists().where(others.c.story_id == members.c.story_id, others.c.id != members.c.id)
    counted = conn.execute(
        select(members.c.id).where(
            members.c.id.in_(article_ids), beside | members.c.id.in_(roundups)
        )
    ).scalars()
    article_ids = sorted(counted)
    known = set(
        conn.execute(
            select(_doubts.c.article_id).where(_doubts.c.article_id.in_(article_ids))
        ).scalars()
    )
    conn.execute(
        update(_doubts).where(_doubts.c.article_id.in_(known)).values(raised=_doubts.c.raised + 1)
    )
    new = [
        {"article_id": each, "raised": 1, "settled": 0} for each in article_ids if each not in known
    ]
    if new:
        conn.execute(insert(_doubts), new)


def doubts(conn: Connection, article_ids: Sequence[int] | None = None) -> list[Doubts]:
    """Return what is doubted of these articles, or of all, and not settled, in order of their ids."""
    query = (
        select(_doubts, schema.articles.c.story_id)
        .join(schema.articles, schema.articles.c.id == _doubts.c.article_id)
        .where(_doubts.c.raised > _doubts.c.settled)
        .order_by(_doubts.c.article_id)
    )
    if article_ids is not None:
        query = query.where(_doubts.c.article_id.in_(article_ids))
    return [Doubts(**row._mapping) for row in conn.execute(query)]


def settle(conn: Connection, settled: Sequence[Doubts]) -> None:
    """Remember that these doubts were looked at; what was raised meanwhile is not."""
    for each in settled:
        conn.execute(
            update(_doubts)
            .where(_doubts.c.article_id == each.article_id)
            .values(settled=each.raised)
        )


def _of_story(conn: Connection, story_id: int) -> frozenset[int]:
    return of_stories(conn, [story_id]).get(story_id, frozenset())


def _remember(conn: Connection, story_id: int, divisions: Collection[int]) -> None:
    if divisions:
        rows = [{"story_id": story_id, "division": division} for division in sorted(divisions)]
        conn.execute(insert(_t), rows)
