"""Articles and their revisions."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any, TypedDict

from sqlalchemy import (
    Column,
    Connection,
    Row,
    bindparam,
    func,
    insert,
    or_,
    select,
    tuple_,
    update,
)

from storage.errors import NotFoundError
from storage.models.articles import (
    Article,
    ArticleDates,
    ArticleProvenance,
    ComparedArticle,
    ExtractedArticle,
    Signal,
    WrapperKind,
    WrapperPassage,
)
from storage.models.pages import Page
from storage.sql import schema
from storage.sql.column_types import take

SOON = timedelta(minutes=10)
"""How long a page may fail at first and still count as seen when it was found: servers stumble."""

_t = schema.articles


class RevisionText(TypedDict):
    """What an article said in a revision, and whether it says so still."""

    host: str
    text: str
    current: bool


# Asked for each article: to build a statement takes longer than to run it.
_BY_ID = select(_t).where(_t.c.id == bindparam("article_id"))
_ADD = insert(_t).returning(_t.c.id)


def insert_new(
    conn: Connection,
    *,
    page: Page,
    source_id: int,
    story_id: int,
    host: str,
    extracted: ExtractedArticle,
    backlog: bool,
    now: datetime,
) -> Article:
    """Store what a page said when it was fetched for the first time, as that source's."""
    values = {
        "page_id": page.id,
        "source_id": source_id,
        "story_id": story_id,
        "url": page.url,
        "host": host,
        "first_seen": _text_seen(page, now),
        "revision": 1,
        "backlog": backlog,
        **_content(extracted, now),
    }
    new = conn.execute(_ADD, values).scalar_one()
    return _as_article({"id": new, **values})


def _text_seen(page: Page, now: datetime) -> datetime:
    """Return when a page's text was first seen: when it was found, if visits since then say no other.

    What a page held that was refused for long, nobody knows: it may have been listed to be filled.
    """
    was_there = page.attempts == 0 or now - page.found_at <= SOON
    return page.found_at if was_there else now


def release(conn: Connection, article_id: int) -> None:
    """Record that an article that was backlog is news."""
    conn.execute(update(_t).where(_t.c.id == article_id).values(backlog=False))


def set_published(
    conn: Connection, article_id: int, published: datetime | None, published_from: str
) -> None:
    """Record when an article was published, and who says so."""
    values = {"published": published, "published_from": published_from if published else ""}
    conn.execute(update(_t).where(_t.c.id == article_id).values(values))


def revise(
    conn: Connection,
    article: Article,
    extracted: ExtractedArticle,
    now: datetime,
    *,
    is_new: bool = False,
) -> Article:
    """Store what a page says now, and keep what it said before as a revision.

    What `is_new` on a page, for it says something else altogether, was first seen now.

    Raises NotFoundError.
    """
    conn.execute(
        insert(schema.revisions).values(
            article_id=article.id,
            revision=article.revision,
            title=article.title,
            text=article.text,
            fetched_at=article.provenance.fetched_at,
            replaced_at=now,
        )
    )
    values = _content(extracted, now)
    values |= {
        "revision": article.revision + 1,
        "first_seen": now if is_new else article.first_seen,
    }
    conn.execute(update(_t).where(_t.c.id == article.id).values(**values))
    return get(conn, article.id)


def get(conn: Connection, article_id: int) -> Article:
    """Return an article. Raises NotFoundError."""
    row = conn.execute(_BY_ID, {"article_id": article_id}).one_or_none()
    if row is None:
        raise NotFoundError(f"there is no article {article_id}")
    return _article(row)


def get_all(conn: Connection, article_ids: Sequence[int]) -> list[Article]:
    """Return articles in the order of their ids; one that is gone is left out."""
    rows = conn.execute(select(_t).where(_t.c.id.in_(article_ids)).order_by(_t.c.id))
    return [_article(row) for row in rows]


def of_page(conn: Connection, page_id: int) -> Article | None:
    """Return the article that a page holds, if it was read."""
    row = conn.execute(select(_t).where(_t.c.page_id == page_id)).one_or_none()
    return None if row is None else _article(row)


def by_url(conn: Connection, url: str) -> Article | None:
    """Return the article of this URL, or the first one that names it as canonical."""
    row = conn.execute(
        select(_t)
        .where(or_(_t.c.url == url, _t.c.canonical_url == url))
        .order_by(_t.c.url != url, _t.c.id)
        .limit(1)
    ).one_or_none()
    return None if row is None else _article(row)


def find(conn: Connection, what: str) -> Article:
    """Return the article of an id or a URL, as an operator writes it. Raises NotFoundError."""
    if what.isdecimal():
        return get(conn, int(what))
    article = by_url(conn, what)
    if article is None:
        raise NotFoundError(f"there is no article at {what}; see: wirewatch story show")
    return article


def of_story(conn: Connection, story_id: int, limit: int | None = None) -> list[Article]:
    """Return a story's articles in the order in which they were stored; the first ones, if limited."""
    rows = conn.execute(select(_t).where(_t.c.story_id == story_id).order_by(_t.c.id).limit(limit))
    return [_article(row) for row in rows]


def addresses_beside(conn: Connection, article_ids: Sequence[int]) -> list[tuple[int, str]]:
    """Return the articles of the stories that these are of, (id, URL), in the order of their ids."""
    of = select(_t.c.story_id).where(_t.c.id.in_(article_ids))
    rows = conn.execute(select(_t.c.id, _t.c.url).where(_t.c.story_id.in_(of)).order_by(_t.c.id))
    return [(row.id, row.url) for row in rows]


def of_source(conn: Connection, source_id: int, limit: int) -> list[Article]:
    """Return a source's newest articles, newest first."""
    rows = conn.execute(
        select(_t).where(_t.c.source_id == source_id).order_by(_t.c.id.desc()).limit(limit)
    )
    return [_article(row) for row in rows]


def search(conn: Connection, limit: int) -> list[Article]:
    """Return the newest articles, newest first."""
    rows = conn.execute(select(_t).order_by(_t.c.id.desc()).limit(limit))
    return [_article(row) for row in rows]


def texts(conn: Connection, article_ids: Sequence[int]) -> list[ComparedArticle]:
    """Return the texts of articles; one that is gone is left out."""
    return _texts(conn.execute(select(*_text_columns()).where(_t.c.id.in_(article_ids))).all())


def earlier_texts(
    conn: Connection, article_ids: Sequence[int], limit: int
) -> list[tuple[int, str]]:
    """Return what these articles said before, (article id, text), the last first and so many at most."""
    revisions = schema.revisions
    rows = conn.execute(
        select(revisions.c.article_id, revisions.c.text)
        .where(revisions.c.article_id.in_(article_ids))
        .order_by(revisions.c.id.desc())
        .limit(limit)
    )
    return [(row.article_id, row.text) for row in rows]


def said(conn: Connection, article_id: int, revision: int) -> tuple[str, str] | None:
    """Return the title and the text of an article's revision; None when there is no such one."""
    for table in (_t, schema.revisions):
        key = table.c.id if table is _t else table.c.article_id
        row = conn.execute(
            select(table.c.title, table.c.text).where(
                key == article_id, table.c.revision == revision
            )
        ).one_or_none()
        if row is not None:
            return row.title, row.text
    return None


def texts_of_revisions(
    conn: Connection, revisions: Collection[tuple[int, int]]
) -> dict[tuple[int, int], RevisionText]:
    """Return the texts of (article, revision); of a revision that is not kept, what is said now."""
    article_ids = {article_id for article_id, _ in revisions}
    rows = conn.execute(
        select(_t.c.id, _t.c.revision, _t.c.host, _t.c.text).where(_t.c.id.in_(article_ids))
    )
    articles_now = {row.id: row for row in rows}
    earlier = [
        (article_id, revision)
        for article_id, revision in revisions
        if article_id in articles_now and articles_now[article_id].revision != revision
    ]
    r = schema.revisions.c
    before = {}
    if earlier:
        stored = select(r.article_id, r.revision, r.text)
        for row in conn.execute(stored.where(tuple_(r.article_id, r.revision).in_(earlier))):
            before[row.article_id, row.revision] = row.text
    return {
        (article_id, revision): RevisionText(
            host=articles_now[article_id].host,
            text=before.get((article_id, revision), articles_now[article_id].text),
            current=(article_id, revision) not in before,
        )
        for article_id, revision in revisions
        if article_id in articles_now
    }


def shortest_of_story(conn: Connection, story_id: int, limit: int) -> list[ComparedArticle]:
    """Return the shortest texts of a story, the shortest first."""
    rows = conn.execute(
        select(*_text_columns())
        .where(_t.c.story_id == story_id, _t.c.text != "")
        .order_by(func.length(_t.c.text), _t.c.id)
        .limit(limit)
    )
    return _texts(rows.all())


def texts_since(
    conn: Connection, seen: datetime, after_id: int = 0, limit: int = 500
) -> list[ComparedArticle]:
    """Return texts first seen since then, in order of their ids, from the one after `after_id`."""
    rows = conn.execute(
        select(*_text_columns())
        .where(_t.c.id > after_id, _t.c.first_seen >= seen)
        .order_by(_t.c.id)
        .limit(limit)
    )
    return _texts(rows.all())


def count_all(conn: Connection) -> int:
    """Count the articles."""
    return conn.execute(select(func.count()).select_from(_t)).scalar_one()


def ids_since(conn: Connection, since: datetime) -> list[int]:
    """Return the ids of the articles that were first seen since then."""
    return list(conn.execute(select(_t.c.id).where(_t.c.first_seen >= since)).scalars())


def revised_since(conn: Connection, since: datetime) -> list[int]:
    """Return the ids of articles that got a new revision since then."""
    revisions = schema.revisions
    rows = conn.execute(
        select(revisions.c.article_id).where(revisions.c.replaced_at >= since).distinct()
    )
    return [row.article_id for row in rows]


def same_text(article: Article, extracted: ExtractedArticle) -> bool:
    """Tell whether a page still says what it said."""
    return article.provenance.text_hash == _text_hash(extracted)


def _text_columns() -> tuple[Column[Any], ...]:
    t = _t.c
    return t.id, t.title, t.text, t.host, t.story_id, t.published, t.first_seen


def _texts(rows: Sequence[Row[Any]]) -> list[ComparedArticle]:
    return [ComparedArticle(**row._mapping) for row in rows]


def _content(extracted: ExtractedArticle, now: datetime) -> dict[str, object]:
    return {
        "canonical_url": extracted.canonical_url,
        "site": extracted.site,
        "title": extracted.title,
        "text": extracted.text,
        "authors": list(extracted.authors),
        **asdict(extracted.dates),
        "language": extracted.language,
        "fetched_at": now,
        "text_hash": _text_hash(extracted),
        "signals": [asdict(signal) for signal in extracted.signals],
        "wrapper": [asdict(passage) for passage in extracted.wrapper],
    }


def _text_hash(extracted: ExtractedArticle) -> str:
    content = f"{extracted.title}\n{extracted.text}".encode("utf-8", "surrogatepass")
    return hashlib.blake2b(content, digest_size=16).hexdigest()


def _article(row: Row[tuple[object, ...]]) -> Article:
    return _as_article(dict(row._mapping))


def _as_article(values: dict[str, Any]) -> Article:
    values["authors"] = tuple(values["authors"])
    values["signals"] = tuple(Signal(**signal) for signal in values["signals"])
    values["wrapper"] = tuple(
        WrapperPassage(WrapperKind(passage["kind"]), passage["text"])
        for passage in values["wrapper"]
    )
    return Article(
        dates=take(ArticleDates, values), provenance=take(ArticleProvenance, values), **values
    )
