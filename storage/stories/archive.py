"""The archive: what was ever shown to the topics, found again by its words.

The index only narrows: it names the articles that may answer a query, never one too few. An
article of which a revision is not in the index yet always may.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, func, insert, select

from storage.models.articles import Arrival, Article, ArticleDates, Revision
from storage.sql import schema
from storage.sql.column_types import take
from storage.stories import archive_words
from storage.stories.archive_keys import ArchiveKey, ArchiveKeyKind, ArchiveKeys, Narrowing

_t = schema.archive_entries
_articles = schema.articles
_revisions = schema.revisions
_AT_ONCE = 500  # ids in one statement

# Asked for each article: to build a statement takes longer than to run it.
_KNOWN = select(_t.c.revision, _t.c.id).where(_t.c.article_id == bindparam("article_id"))
_ADD = insert(_t).returning(_t.c.id)


def add(conn: Connection, article: Article | Revision, keys: ArchiveKeys) -> None:
    """Keep the keys of an article as it is, once for a revision.

    Keys of one language do not find what is read in another. So earlier revisions, of which only
    the newest language is known, are indexed anew when it has changed.
    """
    article_id = article.id if isinstance(article, Article) else article.article_id
    row_ids = _known(conn, article_id)
    if article.revision in row_ids:
        return
    values = {"article_id": article_id, "revision": article.revision}
    new = conn.execute(_ADD, values).scalar_one()
    archive_words.put(conn, new, keys)
    language = ArchiveKey(ArchiveKeyKind.LANGUAGE, keys.language or "")
    # After the new row was added: an id that was in use is never given again.
    stale = [row_id for row_id in row_ids.values() if not archive_words.has(conn, row_id, language)]
    if stale:
        conn.execute(delete(_t).where(_t.c.id.in_(stale)))


def unindexed(conn: Connection) -> list[int]:
    """Return the ids of articles of which a revision is not in the index yet, in order."""
    archived = select(_t.c.article_id, func.count().label("n")).group_by(_t.c.article_id)
    earlier = select(_revisions.c.article_id, func.count().label("n"))
    indexed, before = archived.subquery(), earlier.group_by(_revisions.c.article_id).subquery()
    if _count(conn, _t) == _count(conn, _articles) + _count(conn, _revisions):
        return []
    rows = conn.execute(
        select(_articles.c.id)
        .outerjoin(indexed, indexed.c.article_id == _articles.c.id)
        .outerjoin(before, before.c.article_id == _articles.c.id)
        .where(func.coalesce(indexed.c.n, 0) != func.coalesce(before.c.n, 0) + 1)
        .order_by(_articles.c.id)
    )
    return list(rows.scalars())


def missing(conn: Connection, article_ids: Sequence[int]) -> list[Revision]:
    """Return what is not in the index yet of these articles, in order of ids and revisions."""
    return [
        revision
        for revision in revisions(conn, article_ids)
        if revision.revision not in _known(conn, revision.article_id)
    ]


def clear(conn: Connection) -> None:
    """Empty the index, to be filled anew."""
    conn.execute(delete(_t))
    archive_words.clear(conn)


def candidates(conn: Connection, narrowing: Narrowing | None, most: int | None = None) -> list[int]:
    """Return the ids of the articles that may answer, the newest first; all when nothing narrows.

    Of at `most` so many rows of the index, the last ones.
    """
    if narrowing is None:
        rows = conn.execute(select(_articles.c.id).order_by(_articles.c.id.desc()).limit(most))
        return list(rows.scalars())
    ids = archive_words.find(conn, narrowing, most)
    article_ids: set[int] = set(unindexed(conn))
    for batch in _chunks(ids):
        article_ids.update(
            conn.execute(select(_t.c.article_id).where(_t.c.id.in_(batch))).scalars()
        )
    return sorted(article_ids, reverse=True)


def stories_of(conn: Connection, article_ids: Iterable[int]) -> dict[int, int]:
    """Return the stories of articles, by the articles' ids."""
    story_ids: dict[int, int] = {}
    for batch in _chunks(list(article_ids)):
        rows = conn.execute(
            select(_articles.c.id, _articles.c.story_id).where(_articles.c.id.in_(batch))
        )
        story_ids.update((row.id, row.story_id) for row in rows)
    return story_ids


def roots(conn: Connection, story_ids: Sequence[int]) -> dict[int, int]:
    """Return the articles that are held for the originals of stories, by the stories' ids."""
    table = schema.stories
    rows = conn.execute(
        select(table.c.id, table.c.root_article_id).where(table.c.id.in_(story_ids))
    )
    return {row.id: row.root_article_id for row in rows}


def arrivals(conn: Connection, story_ids: Sequence[int]) -> list[Arrival]:
    """Return when the articles of stories and their revisions came, in order of time."""
    a, r = _articles.c, _revisions.c
    found_arrivals = [
        Arrival(*row)
        for statement in (
            select(a.story_id, a.id, a.revision, a.fetched_at, a.backlog),
            select(a.story_id, a.id, r.revision, r.fetched_at, a.backlog).join(
                _revisions, r.article_id == a.id
            ),
        )
        for row in conn.execute(statement.where(a.story_id.in_(story_ids)))
    ]
    return sorted(found_arrivals, key=lambda each: (each.at, each.article_id, each.revision))


def revisions(conn: Connection, article_ids: Sequence[int]) -> list[Revision]:
    """Return all that articles ever said, in order of ids and revisions."""
    newest = [
        _revision(row)
        for row in conn.execute(select(*_shown()).where(_articles.c.id.in_(article_ids)))
    ]
    by_id = {revision.article_id: revision for revision in newest}
    earlier = [
        replace(
            by_id[row.article_id],
            revision=row.revision,
            title=row.title,
            text=row.text,
            at=row.fetched_at,
        )
        for row in conn.execute(select(_revisions).where(_revisions.c.article_id.in_(list(by_id))))
    ]
    return sorted(
        [*newest, *earlier], key=lambda revision: (revision.article_id, revision.revision)
    )


def begins(conn: Connection) -> datetime | None:
    """Say when the first article that is stored was seen; None when there is none."""
    return conn.execute(select(func.min(_articles.c.first_seen))).scalar()


def seen_between(conn: Connection, since: datetime, until: datetime) -> int:
    """Count the articles that were first seen in a time."""
    seen = _articles.c.first_seen
    count = select(func.count()).select_from(_articles).where(seen >= since, seen < until)
    return conn.execute(count).scalar_one()


def _known(conn: Connection, article_id: int) -> dict[int, int]:
    """Return an article's rows of the index, by revision."""
    rows = conn.execute(_KNOWN, {"article_id": article_id})
    return {row.revision: row.id for row in rows}


def _shown() -> list[Any]:
    c = _articles.c
    return [
        c.id.label("article_id"),
        *(c.revision, c.story_id, c.url, c.host, c.site, c.title, c.text, c.authors),
        *(c.language, c.first_seen, c.fetched_at.label("at")),
        *(c.published, c.published_from, c.published_flag, c.modified, c.modified_from),
    ]


def _revision(row: Row[Any]) -> Revision:
    values = dict(row._mapping)
    values["authors"] = tuple(values["authors"])
    return Revision(dates=take(ArticleDates, values), **values)


def _count(conn: Connection, table: Any) -> int:  # noqa: ANN401 - a table
    return conn.execute(select(func.count()).select_from(table)).scalar_one()


def _chunks(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(ids), _AT_ONCE):
        yield ids[start : start + _AT_ONCE]
