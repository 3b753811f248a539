"""What is forgotten after how long: in small transactions, and never what is still to be told.

Pages stay when their articles go: a listing that still names one must not make it news again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Delete,
    Table,
    and_,
    delete,
    exists,
    func,
    not_,
    or_,
    select,
    update,
)

from storage.crawl import recrawl_state, request_counts
from storage.models.deliveries import DeliveryState
from storage.models.pages import PageState
from storage.operators import audit
from storage.settings import RetentionSettings
from storage.sql import schema
from storage.stories import stories

_TALLY_DAYS = 400
_EMPTIED = "texts emptied until"


@dataclass(frozen=True, slots=True)
class Pruned:
    """How many of each went, or would go."""

    requests: int = 0
    texts: int = 0
    revisions: int = 0
    stories: int = 0
    articles: int = 0
    deliveries: int = 0
    audit: int = 0

    def __add__(self, other: Pruned) -> Pruned:
        return Pruned(*(getattr(self, f.name) + getattr(other, f.name) for f in fields(self)))

    @property
    def total(self) -> int:
        """All together."""
        return sum(getattr(self, f.name) for f in fields(self))


def prune(conn: Connection, rules: RetentionSettings, now: datetime, most: int) -> Pruned:
    """Forget what is due, up to `most` of each kind; call it again until nothing went."""
    gone_stories, gone_articles = _stories(conn, _cutoff(rules.story_days, now), most)
    return Pruned(
        requests=_ledger(conn, _cutoff(rules.ledger_days, now), now, most),
        texts=_texts(conn, _cutoff(rules.text_days, now), most),
        revisions=_revisions(conn, _cutoff(rules.revision_days, now), most),
        stories=gone_stories,
        articles=gone_articles,
        deliveries=_deliveries(conn, _cutoff(rules.delivery_days, now), most),
        audit=_audit(conn, _cutoff(rules.audit_days, now)),
    )


def due(conn: Connection, rules: RetentionSettings, now: datetime) -> Pruned:
    """Count what `prune` would forget."""

    def number(days: int, table: Table, *where: ColumnElement[bool]) -> int:
        if not days:
            return 0
        query = select(func.count()).select_from(table).where(*where)
        return conn.execute(query).scalar_one()

    a, r, o, s = schema.articles, schema.revisions, schema.outbox, schema.stories
    text_end, revision_end = _end(rules.text_days, now), _end(rules.revision_days, now)
    delivery_end, ledger_end = _end(rules.delivery_days, now), _end(rules.ledger_days, now)
    story_end, audit_end = _end(rules.story_days, now), _end(rules.audit_days, now)
    return Pruned(
        requests=number(rules.ledger_days, schema.fetches, schema.fetches.c.at < ledger_end),
        texts=number(rules.text_days, a, a.c.first_seen < text_end, a.c.text != ""),
        revisions=number(rules.revision_days, r, r.c.replaced_at < revision_end),
        stories=number(rules.story_days, s, _is_over(story_end)),
        deliveries=number(
            rules.delivery_days,
            o,
            o.c.state == DeliveryState.DELIVERED,
            o.c.created_at < delivery_end,
        ),
        audit=number(rules.audit_days, schema.audit, schema.audit.c.at < audit_end),
    )


def _ledger(conn: Connection, before: datetime | None, now: datetime, most: int) -> int:
    if before is None:
        return 0
    request_counts.forget(conn, now - timedelta(days=_TALLY_DAYS))
    batch = select(schema.fetches.c.id).where(schema.fetches.c.at < before).limit(most)
    return _count(conn, delete(schema.fetches).where(schema.fetches.c.id.in_(batch)))


def _texts(conn: Connection, before: datetime | None, most: int) -> int:
    """Empty old texts; titles, addresses, verdicts and evidence stay."""
    if before is None:
        return 0
    a, begin = schema.articles, recrawl_state.at(conn, _EMPTIED)
    where = [a.c.first_seen < before] + ([] if begin is None else [a.c.first_seen >= begin])
    rows = conn.execute(
        select(a.c.id, a.c.first_seen)
        .where(*where, a.c.text != "")
        .order_by(a.c.first_seen)
        .limit(most)
    ).all()
    ids = [row.id for row in rows]
    conn.execute(update(a).where(a.c.id.in_(ids)).values(text="", wrapper=[]))
    # Or each time all that were emptied before would be looked at again.
    reached = rows[-1].first_seen if len(rows) == most else before
    recrawl_state.put(conn, {_EMPTIED: float(len(ids))}, reached)
    return len(ids)


def _revisions(conn: Connection, before: datetime | None, most: int) -> int:
    if before is None:
        return 0
    r, archived = schema.revisions, schema.archive_entries
    rows = conn.execute(
        select(r.c.id, r.c.article_id, r.c.revision).where(r.c.replaced_at < before).limit(most)
    ).all()
    for row in rows:
        of = and_(archived.c.article_id == row.article_id, archived.c.revision == row.revision)
        conn.execute(delete(archived).where(of))
    return _count(conn, delete(r).where(r.c.id.in_([row.id for row in rows])))


def _stories(conn: Connection, before: datetime | None, most: int) -> tuple[int, int]:
    """Remove whole stories that nobody needs any more; how many, and their articles."""
    if before is None:
        return 0, 0
    s = schema.stories
    rows = conn.execute(select(s.c.id).where(_is_over(before)).order_by(s.c.updated_at).limit(most))
    ids = [story_id for row in rows for story_id in stories.with_merged(conn, row.id)]
    article_ids = list(
        conn.execute(
            select(schema.articles.c.id).where(schema.articles.c.story_id.in_(ids))
        ).scalars()
    )
    _remove(conn, ids, article_ids)
    return len(ids), len(article_ids)


def _is_over(before: datetime) -> ColumnElement[bool]:
    """Stories that ended before then, and that nothing refers to which is still to be done."""
    s, a, o = schema.stories.c, schema.articles, schema.outbox
    own = a.c.story_id == s.id
    alerts, work, marks = schema.alerts, schema.match_work, schema.marks
    alerted = alerts.c.story_id == s.id
    return and_(
        s.updated_at < before,
        s.merged_into.is_(None),
        not_(exists().where(own, a.c.first_seen >= before)),
        not_(exists().where(work.c.story_id == s.id)),
        not_(
            exists().where(
                alerted, o.c.alert_id == alerts.c.id, o.c.state != DeliveryState.DELIVERED
            )
        ),
        not_(
            exists().where(
                alerted,
                schema.digest_entries.c.alert_id == alerts.c.id,
                schema.digest_entries.c.delivery_id.is_(None),
            )
        ),
        not_(exists().where(own, marks.c.article_id == a.c.id)),
        not_(
            exists().where(
                own,
                schema.pages.c.id == a.c.page_id,
                schema.pages.c.state == PageState.DUE,
            )
        ),
    )


def _remove(conn: Connection, story_ids: Sequence[int], article_ids: Sequence[int]) -> None:
    t = schema
    alert_ids = select(t.alerts.c.id).where(t.alerts.c.story_id.in_(story_ids))
    delivery_ids = select(t.outbox.c.id).where(t.outbox.c.alert_id.in_(alert_ids))
    of = t.copies.c
    for statement in (
        delete(t.digest_entries).where(
            or_(
                t.digest_entries.c.alert_id.in_(alert_ids),
                t.digest_entries.c.delivery_id.in_(delivery_ids),
            )
        ),
        delete(t.attempts).where(t.attempts.c.delivery_id.in_(delivery_ids)),
        delete(t.outbox).where(t.outbox.c.alert_id.in_(alert_ids)),
        delete(t.alert_recipients).where(t.alert_recipients.c.alert_id.in_(alert_ids)),
        delete(t.alerts).where(t.alerts.c.story_id.in_(story_ids)),
        delete(t.matches).where(t.matches.c.story_id.in_(story_ids)),
        delete(t.copies).where(
            or_(of.article_id.in_(article_ids), of.of_article_id.in_(article_ids))
        ),
        delete(t.roundups).where(t.roundups.c.article_id.in_(article_ids)),
        delete(t.rulings).where(
            or_(t.rulings.c.article_id.in_(article_ids), t.rulings.c.other_id.in_(article_ids))
        ),
        delete(t.doubts).where(t.doubts.c.article_id.in_(article_ids)),
        delete(t.divisions).where(t.divisions.c.story_id.in_(story_ids)),
        delete(t.archive_entries).where(t.archive_entries.c.article_id.in_(article_ids)),
        delete(t.revisions).where(t.revisions.c.article_id.in_(article_ids)),
        delete(t.articles).where(t.articles.c.id.in_(article_ids)),
        update(t.stories).where(t.stories.c.id.in_(story_ids)).values(merged_into=None),
        delete(t.stories).where(t.stories.c.id.in_(story_ids)),
    ):
        conn.execute(statement)


def _deliveries(conn: Connection, before: datetime | None, most: int) -> int:
    if before is None:
        return 0
    o = schema.outbox
    batch = list(
        conn.execute(
            select(o.c.id)
            .where(o.c.state == DeliveryState.DELIVERED, o.c.created_at < before)
            .order_by(o.c.id)
            .limit(most)
        ).scalars()
    )
    conn.execute(
        delete(schema.digest_entries).where(schema.digest_entries.c.delivery_id.in_(batch))
    )
    conn.execute(delete(schema.attempts).where(schema.attempts.c.delivery_id.in_(batch)))
    return _count(conn, delete(o).where(o.c.id.in_(batch)))


def _audit(conn: Connection, before: datetime | None) -> int:
    return 0 if before is None else audit.forget(conn, before)


def _cutoff(days: int, now: datetime) -> datetime | None:
    return _end(days, now) if days else None


def _end(days: int, now: datetime) -> datetime:
    return now - timedelta(days=days)


def _count(conn: Connection, statement: Delete) -> int:
    result: Any = conn.execute(statement)
    number: int = result.rowcount
    return number
