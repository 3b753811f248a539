"""Stories: an article and all its copies, with the verdicts and the evidence."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Connection,
    Row,
    Select,
    bindparam,
    delete,
    insert,
    or_,
    select,
    tuple_,
    update,
)

from storage.errors import InputError, NotFoundError
from storage.models.stories import CopyVerdict, Evidence, Origin, Relation, Story, StoryMember
from storage.sql import schema
from storage.stories import articles, divisions
from storage.stories.passages import pack, unpack

_t = schema.stories
_copies = schema.copies

# Asked for each article: to build a statement takes longer than to run it.
_BY_ID = select(_t).where(_t.c.id == bindparam("story_id"))
_BEGIN = insert(_t).returning(_t.c.id)
_SETTLE = update(_t).where(_t.c.id == bindparam("story_id"))


def begin(conn: Connection, now: datetime) -> int:
    """Make an empty story, to be filled in the same transaction; its id."""
    result = conn.execute(
        _BEGIN,
        {"first_seen": now, "updated_at": now, "confidence": 0.0, "evidence": []},
    )
    story_id: int = result.scalar_one()
    return story_id


def add_copy(conn: Connection, article_id: int, verdict: CopyVerdict, now: datetime) -> None:
    """Keep why an article was folded; a newer verdict takes the place of an older one."""
    values = asdict(verdict) | {"passages": pack(verdict.passages), "judged_at": now}
    updated = conn.execute(
        update(_copies).where(_copies.c.article_id == article_id).values(**values)
    ).rowcount
    if not updated:
        conn.execute(insert(_copies).values(article_id=article_id, **values))


def set_origin(conn: Connection, story_id: int, origin: Origin, now: datetime) -> None:
    """Record who wrote a story first, and why we think so."""
    conn.execute(
        _SETTLE,
        {
            "story_id": story_id,
            "root_article_id": origin.article_id,
            "confidence": origin.confidence,
            "evidence": [asdict(evidence) for evidence in origin.evidence],
            "named_publisher": origin.named_publisher,
            "updated_at": now,
        },
    )


def merge(conn: Connection, keep: int, absorbed: int, now: datetime) -> None:
    """Fold one story into another, because one text proved them the same.

    What was matched and told of its articles goes with them.
    """
    divisions.take_over(conn, keep, absorbed)
    articles_of = schema.articles.c
    ids = select(articles_of.id).where(articles_of.story_id == absorbed)
    _move(conn, list(conn.execute(ids).scalars()), keep)
    relate(conn, keep, absorbed)
    conn.execute(update(_t).where(_t.c.id == absorbed).values(merged_into=keep, updated_at=now))


def relate(conn: Connection, story_id: int, other_id: int) -> None:
    """Make two stories one lineage: what was told of either may be what the other says."""
    kept, lineage = _lineage(conn, story_id), _lineage(conn, other_id)
    if kept != lineage:
        of_lineage = or_(_t.c.lineage_id == lineage, _t.c.id == lineage)
        conn.execute(update(_t).where(of_lineage).values(lineage_id=kept))


def split(conn: Connection, story_id: int, article_ids: Sequence[int], now: datetime) -> int:
    """Take articles out of a story into a new one; its id.

    Verdicts that name an article of the other story go. What was matched and told of the articles
    goes with them. Raises InputError when the articles are not in the story, or when nothing would
    be left of it.
    """
    moved = set(article_ids)
    members = set(member_ids(conn, story_id))
    if not moved or moved - members:
        strange = ", ".join(map(str, sorted(moved - members))) or "none"
        raise InputError(
            f"articles to be split off must be in story {story_id}; not in it: {strange}"
        )
    if moved == members:
        raise InputError(f"all articles of story {story_id} were named: at least one must stay")
    new = begin(conn, now)
    lineage = {"lineage_id": _lineage(conn, story_id)}
    conn.execute(update(_t).where(_t.c.id == new).values(lineage))
    _move(conn, moved, new)
    rest = members - moved
    conn.execute(
        delete(_copies).where(
            or_(
                _copies.c.article_id.in_(moved) & _copies.c.of_article_id.in_(rest),
                _copies.c.article_id.in_(rest) & _copies.c.of_article_id.in_(moved),
            )
        )
    )
    return new


def _move(conn: Connection, article_ids: Collection[int], story_id: int) -> None:
    """Put articles into a story, with their matches, their alerts, and their work to match."""
    articles_of = schema.articles
    for table in (articles_of, schema.matches, schema.alerts, schema.match_work):
        key = table.c.id if table is articles_of else table.c.article_id
        conn.execute(update(table).where(key.in_(article_ids)).values(story_id=story_id))


def _lineage(conn: Connection, story_id: int) -> int:
    of = select(_t.c.lineage_id).where(_t.c.id == story_id)
    return conn.execute(of).scalar() or story_id


def set_roundup(conn: Connection, article_id: int, parts: Sequence[int], now: datetime) -> None:
    """Keep that an article strings others together, and which."""
    clear_roundup(conn, article_id)
    conn.execute(
        insert(schema.roundups).values(article_id=article_id, parts=list(parts), judged_at=now)
    )


def roundup_of(conn: Connection, article_id: int) -> tuple[int, ...]:
    """Return the articles that a round-up strings together; none when it is none."""
    table = schema.roundups
    parts = conn.execute(select(table.c.parts).where(table.c.article_id == article_id)).scalar()
    return tuple(parts or ())


def clear_roundup(conn: Connection, article_id: int) -> None:
    """Forget that an article strung others together: it does no longer."""
    conn.execute(delete(schema.roundups).where(schema.roundups.c.article_id == article_id))


def verdict_of(conn: Connection, article_id: int) -> CopyVerdict | None:
    """Return why an article was folded; None when it began its story."""
    row = conn.execute(_verdicts().where(_copies.c.article_id == article_id)).one_or_none()
    return None if row is None else _verdict(row)


def verdicts_on(conn: Connection, article_id: int) -> list[tuple[int, CopyVerdict]]:
    """Return the verdicts that name an article, (the copy's id, verdict), in order of the copies."""
    rows = conn.execute(
        _verdicts().where(_copies.c.of_article_id == article_id).order_by(_copies.c.article_id)
    )
    return [(row.article_id, _verdict(row)) for row in rows]


def roundups_in(conn: Connection, story_id: int) -> dict[int, tuple[int, ...]]:
    """Return a story's round-ups, and the articles that each strings together."""
    table, members = schema.roundups, schema.articles
    rows = conn.execute(
        select(table.c.article_id, table.c.parts)
        .join(members, members.c.id == table.c.article_id)
        .where(members.c.story_id == story_id)
        .order_by(table.c.article_id)
    )
    return {row.article_id: tuple(row.parts) for row in rows}


def get(conn: Connection, story_id: int) -> Story:
    """Return a story; one that was merged gives the story that holds its articles now.

    Raises NotFoundError.
    """
    row = conn.execute(_BY_ID, {"story_id": story_id}).one_or_none()
    if row is None:
        raise NotFoundError(f"there is no story {story_id}; see: wirewatch story list")
    if row.merged_into is not None:
        return get(conn, row.merged_into)
    return _story(row)


def with_merged(conn: Connection, story_id: int) -> list[int]:
    """Return the id of a story and those of all that were merged into it, directly or not."""
    found, newest = [story_id], [story_id]
    while newest:
        rows = conn.execute(select(_t.c.id).where(_t.c.merged_into.in_(newest)).order_by(_t.c.id))
        newest = list(rows.scalars())
        found += newest
    return found


def member_ids(conn: Connection, story_id: int) -> list[int]:
    """Return the ids of a story's articles in the order in which they were stored."""
    rows = conn.execute(
        select(schema.articles.c.id)
        .where(schema.articles.c.story_id == story_id)
        .order_by(schema.articles.c.id)
    )
    return list(rows.scalars())


def hosts(conn: Connection, story_id: int) -> list[tuple[int, str, datetime]]:
    """Return a story's articles, (id, host, first seen), in the order in which they were seen."""
    t = schema.articles.c
    rows = conn.execute(
        select(t.id, t.host, t.first_seen)
        .where(t.story_id == story_id)
        .order_by(t.first_seen, t.id)
    )
    return [(row.id, row.host, row.first_seen) for row in rows]


def copies_of(conn: Connection, article_ids: Collection[int]) -> list[int]:
    """Name the articles whose verdicts name one of these."""
    rows = conn.execute(
        select(_copies.c.article_id)
        .where(_copies.c.of_article_id.in_(article_ids))
        .order_by(_copies.c.article_id)
    )
    return list(rows.scalars())


def members(conn: Connection, story_id: int, limit: int | None = None) -> list[StoryMember]:
    """Return a story's articles in the order in which they were stored; the first ones, if limited."""
    verdicts = {
        row.article_id: _verdict(row)
        for row in conn.execute(
            _verdicts()
            .join(schema.articles, schema.articles.c.id == _copies.c.article_id)
            .where(schema.articles.c.story_id == story_id)
        )
    }
    return [
        StoryMember(article, verdicts.get(article.id))
        for article in articles.of_story(conn, story_id, limit)
    ]


def recent(conn: Connection, limit: int) -> list[Story]:
    """Return the stories that changed last, newest first."""
    rows = conn.execute(
        select(_t)
        .where(_t.c.merged_into.is_(None), _t.c.root_article_id.is_not(None))
        .order_by(_t.c.updated_at.desc(), _t.c.id.desc())
        .limit(limit)
    )
    return [_story(row) for row in rows]


def page(
    conn: Connection,
    *,
    limit: int,
    before: tuple[datetime, int] | None = None,
    copied: bool = False,
) -> list[Story]:
    """Return the stories that changed last, or only those `copied`, newest first, before a (time, id)."""
    query = (
        select(_t)
        .where(_t.c.merged_into.is_(None), _t.c.root_article_id.is_not(None))
        .order_by(_t.c.updated_at.desc(), _t.c.id.desc())
        .limit(limit)
    )
    if before is not None:
        query = query.where(tuple_(_t.c.updated_at, _t.c.id) < before)
    members = schema.articles
    if copied:
        other = select(members.c.id).where(
            members.c.story_id == _t.c.id, members.c.id != _t.c.root_article_id
        )
        query = query.where(other.exists())
    return [_story(row) for row in conn.execute(query)]


def _verdicts() -> Select[Any]:
    return select(*(c for c in _copies.c if c.name != "judged_at"))


def _verdict(row: Row[Any]) -> CopyVerdict:
    values = dict(row._mapping)
    del values["article_id"]
    values["relation"] = Relation(values["relation"])
    values["passages"] = unpack(values["passages"])
    return CopyVerdict(**values)


def _story(row: Row[tuple[object, ...]]) -> Story:
    values = dict(row._mapping)
    del values["merged_into"]
    values["lineage_id"] = values["lineage_id"] or values["id"]
    evidence: Sequence[dict[str, object]] = values["evidence"]
    values["evidence"] = tuple(Evidence(**item) for item in evidence)  # type: ignore[arg-type]
    return Story(**values)
