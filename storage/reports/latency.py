"""Lags: how long articles took from stage to stage, from their publication to a delivery."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, func, select

from storage.sql.schema import alerts, articles, outbox, revisions, sources

_MOST = 20_000  # newest articles that are looked at
_NO_HOUR = time(0)  # a date alone stands as midnight: how late it is can't be known from it


class Stage(StrEnum):
    """A part of an article's way."""

    SEEN = "published_to_seen"
    FETCHED = "seen_to_fetched"
    ALERTED = "fetched_to_alerted"
    DELIVERED = "alerted_to_delivered"


@dataclass(frozen=True, slots=True)
class ArticleTimes:
    """When an article reached each stage; None where it did not, or nobody can tell.

    `published` is trusted: not flagged, not later than the first sight, and with a time of day.
    `alerted` is the first alert that it made, `delivered` the first delivery of that.
    """

    published: datetime | None
    seen: datetime
    fetched: datetime
    alerted: datetime | None = None
    delivered: datetime | None = None

    def lag(self, stage: Stage) -> timedelta | None:
        """Return how long a stage took; None when it has no beginning or no end."""
        begin, end = {
            Stage.SEEN: (self.published, self.seen),
            Stage.FETCHED: (self.seen, self.fetched),
            Stage.ALERTED: (self.fetched, self.alerted),
            Stage.DELIVERED: (self.alerted, self.delivered),
        }[stage]
        return None if begin is None or end is None else max(end - begin, timedelta(0))


@dataclass(frozen=True, slots=True)
class StageLatency:
    """How long a stage took `n` articles: percentiles by nearest rank, None of none."""

    n: int = 0
    p50: timedelta | None = None
    p95: timedelta | None = None
    p99: timedelta | None = None


@dataclass(frozen=True, slots=True)
class SourceLatency:
    """The lags of a source's articles; of all sources where `source_id` is None."""

    source_id: int | None
    title: str
    articles: int
    undated: int  # without a trusted date
    stages: Mapping[Stage, StageLatency]


@dataclass(frozen=True, slots=True)
class LatencyReport:
    """Lags of the articles first seen since then, backlog left out; sources by their articles.

    `cut` when there were more articles than are looked at: then the newest count.
    """

    since: datetime
    total: SourceLatency
    sources: tuple[SourceLatency, ...] = ()
    cut: bool = False


def report(conn: Connection, since: datetime, *, most: int = _MOST) -> LatencyReport:
    """Measure the articles first seen since then, in total and by source."""
    rows = _rows(conn, articles.c.first_seen >= since, articles.c.backlog.is_(False), most=most + 1)
    alerted = _told(conn, alerts.c.created_at >= since)
    times_by_source: dict[int, list[ArticleTimes]] = defaultdict(list)
    for row in rows[:most]:
        times_by_source[row.source_id].append(_times(row, alerted))
    titles = _titles(conn, times_by_source)
    source = [summed(key, titles.get(key, ""), times) for key, times in times_by_source.items()]
    source.sort(key=lambda lags: (-lags.articles, lags.source_id))
    everything = [times for of_source in times_by_source.values() for times in of_source]
    return LatencyReport(since, summed(None, "", everything), tuple(source), cut=len(rows) > most)


def of_articles(conn: Connection, article_ids: Collection[int]) -> dict[int, ArticleTimes]:
    """Return the times of these articles, backlog too."""
    rows = _rows(conn, articles.c.id.in_(article_ids), most=len(article_ids))
    alerted = _told(conn, alerts.c.article_id.in_(article_ids))
    return {row.id: _times(row, alerted) for row in rows}


def _rows(
    conn: Connection, *where: ColumnElement[bool], most: int
) -> Sequence[Row[*tuple[Any, ...]]]:
    """Return the newest articles with the time of their first fetch; their texts stay where they are."""
    first = and_(revisions.c.article_id == articles.c.id, revisions.c.revision == 1)
    return conn.execute(
        select(
            articles.c.id,
            articles.c.source_id,
            articles.c.published,
            articles.c.published_flag,
            articles.c.first_seen,
            func.coalesce(
                revisions.c.fetched_at, articles.c.fetched_at, type_=articles.c.fetched_at.type
            ).label("fetched"),
        )
        .select_from(articles.outerjoin(revisions, first))
        .where(*where)
        .order_by(articles.c.first_seen.desc())
        .limit(most)
    ).all()


def _told(
    conn: Connection, where: ColumnElement[bool]
) -> dict[int, tuple[datetime, datetime | None]]:
    """Return when articles were first alerted, and when that was first delivered; not of changes."""
    rows = conn.execute(
        select(alerts.c.article_id, alerts.c.created_at, func.min(outbox.c.delivered_at))
        .select_from(alerts.outerjoin(outbox, outbox.c.alert_id == alerts.c.id))
        .where(where, alerts.c.change == "")
        .group_by(alerts.c.id)
        .order_by(alerts.c.created_at.desc(), alerts.c.id.desc())
    )
    return {article_id: (alerted, delivered) for article_id, alerted, delivered in rows}


def _times(
    row: Row[*tuple[Any, ...]], told: Mapping[int, tuple[datetime, datetime | None]]
) -> ArticleTimes:
    alerted, delivered = told.get(row.id, (None, None))
    return ArticleTimes(
        published=_trusted(row.published, row.published_flag, row.first_seen),
        seen=row.first_seen,
        fetched=max(row.fetched, row.first_seen),  # a page that was given another article
        alerted=alerted,
        delivered=delivered,
    )


def _trusted(published: datetime | None, flag: str, seen: datetime) -> datetime | None:
    if published is None or flag or published > seen or published.time() == _NO_HOUR:
        return None
    return published


def summed(source_id: int | None, title: str, times: Sequence[ArticleTimes]) -> SourceLatency:
    """Measure the stages of articles' ways."""
    return SourceLatency(
        source_id=source_id,
        title=title,
        articles=len(times),
        undated=sum(each.published is None for each in times),
        stages={stage: _lag(each.lag(stage) for each in times) for stage in Stage},
    )


def _lag(found: Iterable[timedelta | None]) -> StageLatency:
    lags = sorted(lag for lag in found if lag is not None)
    if not lags:
        return StageLatency()
    half, most, nearly_all = (lags[math.ceil(part * len(lags)) - 1] for part in (0.5, 0.95, 0.99))
    return StageLatency(len(lags), half, most, nearly_all)


def _titles(conn: Connection, source_ids: Collection[int]) -> dict[int, str]:
    rows = conn.execute(select(sources.c.id, sources.c.title, sources.c.url))
    return {number: title or url for number, title, url in rows if number in source_ids}
