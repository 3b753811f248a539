"""A backtest's report, for those who are to save the query: samples, days, alerts, marks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta, tzinfo

from sqlalchemy import Connection

from scheduler.backtest.replay import Hit
from scheduler.backtest.search import (
    NearMiss,
    Sample,
    SearchControl,
    SearchResult,
    near_samples,
    samples,
    search,
)
from scheduler.backtest.would_alert import RecipientAlerts, alert_times, possible_alerts
from scheduler.query.language.caret import with_caret
from scheduler.query.language.parser import parse_with_notes
from scheduler.query.language.tree import Query
from storage.errors import NotFoundError, QueryError
from storage.models.articles import Revision
from storage.models.topics import Topic
from storage.topics import marks, named_queries, topics

_MOST_NEAR_SHOWN = 10


@dataclass(frozen=True, slots=True)
class BacktestQuery:
    """A query to be tried, its topic when one was named, and hints for the person who typed it."""

    query: Query
    topic: Topic | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class BacktestReport:
    """What a query found; `marks` are by article, `recipients` has the alerts that each would have got.

    Samples are of the newest hits, those that are most about the query first. Near misses come
    newest first.
    """

    found: SearchResult
    samples: tuple[Sample, ...]
    near: tuple[tuple[NearMiss, Revision], ...]
    marks: Mapping[int, bool]
    recipients: tuple[RecipientAlerts, ...]

    @property
    def copies(self) -> int:
        """The number of copies that are folded into the stories that match."""
        return sum(hit.copies for hit in self.found.hits)

    @property
    def alerts(self) -> list[datetime]:
        """The moments at which alerts would have been made, for whomever."""
        return alert_times(self.recipients)


@dataclass(frozen=True, slots=True)
class BacktestComparison:
    """What another query finds in the same time: stories gained, lost and kept."""

    before: SearchResult
    after: SearchResult
    gained: tuple[Sample, ...]
    lost: tuple[Sample, ...]
    gained_total: int
    lost_total: int
    kept_total: int


def query_or_topic(conn: Connection, what: str) -> BacktestQuery:
    """Return the query of the topic of that name, or else read the text as a query.

    Raises QueryError for what can't be read.
    """
    try:
        topic = topics.get(conn, what)
    except NotFoundError:
        return backtest_query(conn, what)
    return replace(backtest_query(conn, topic.query), topic=topic)


def backtest_query(conn: Connection, text: str) -> BacktestQuery:
    """Return the query of a text. Raises QueryError, with a note that shows the place in it."""
    try:
        reading = parse_with_notes(text, named_queries.texts(conn))
    except QueryError as error:
        if text.strip():
            error.add_note(with_caret(text, error.position))
        raise
    return BacktestQuery(reading.query, notes=reading.notes)


def report(
    conn: Connection,
    asked: BacktestQuery,
    *,
    since: datetime,
    until: datetime,
    limit: int,
    control: SearchControl,
) -> BacktestReport:
    """Return what a query finds in what is stored, with at most `limit` samples of its hits."""
    found = search(conn, asked.query, since=since, until=until, control=control)
    marked = marks.of_topic(conn, asked.topic.id) if asked.topic else []
    return BacktestReport(
        found=found,
        samples=tuple(best_first(samples(conn, asked.query, _newest(found.hits, limit), control))),
        near=tuple(near_samples(conn, found.near[:_MOST_NEAR_SHOWN])),
        marks={mark.article_id: mark.relevant for mark in marked},
        recipients=possible_alerts(asked.topic, found.hits, since),
    )


def compare(
    conn: Connection,
    before: Query,
    after: Query,
    *,
    since: datetime,
    until: datetime,
    limit: int,
    control: SearchControl,
) -> BacktestComparison:
    """Return what two queries find in what is stored, with samples of what one finds more."""
    old, new = (
        search(conn, query, since=since, until=until, control=control) for query in (before, after)
    )
    gained, lost = hits_only_in(new.hits, old.hits), hits_only_in(old.hits, new.hits)
    return BacktestComparison(
        before=old,
        after=new,
        gained=tuple(samples(conn, after, _newest(gained, limit))),
        lost=tuple(samples(conn, before, _newest(lost, limit))),
        gained_total=len(gained),
        lost_total=len(lost),
        kept_total=len(new.hits) - len(gained),
    )


def hits_only_in(hits: Sequence[Hit], others: Sequence[Hit]) -> list[Hit]:
    """Return the hits whose stories are not among the others'."""
    story_ids = {hit.story_id for hit in others}
    return [hit for hit in hits if hit.story_id not in story_ids]


def best_first(samples_found: Sequence[Sample]) -> list[Sample]:
    """Return samples by how much they are about the query, the newest of equals first."""
    return sorted(
        samples_found, key=lambda sample: (sample.matched.score, sample.hit.at), reverse=True
    )


def stories_a_day(result: SearchResult, zone: tzinfo | None) -> list[tuple[date, int]]:
    """Return the number of hits on each day of a zone; None is where this process runs.

    The days begin where what is stored does, and those without any hit are among them.
    """
    counted = Counter(hit.at.astimezone(zone).date() for hit in result.hits)
    first = max(result.since, result.begins or result.since).astimezone(zone).date()
    last = (result.until - timedelta(microseconds=1)).astimezone(zone).date()
    days = (first + timedelta(days=number) for number in range((last - first).days + 1))
    return [(day, counted[day]) for day in days]


def _newest(hits: Sequence[Hit], limit: int) -> list[Hit]:
    return list(reversed(hits[max(0, len(hits) - limit) :]))
