"""What a query found, put together for those who are to save it: samples, days, alerts, marks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta, tzinfo

from sqlalchemy import Connection

from scheduler.backtest.replay import Hit
from scheduler.backtest.search import Found, Near, Patience, Sample, near_samples, samples, search
from scheduler.backtest.would_alert import WouldHear, alert_times, tellings
from scheduler.query.language.caret import pointed
from scheduler.query.language.parser import read_query
from scheduler.query.language.tree import Query
from storage.errors import NotFoundError, QueryError
from storage.models.articles import Revision
from storage.models.topics import Topic
from storage.topics import marks, named_queries, topics

_MOST_NEAR_SHOWN = 10


@dataclass(frozen=True, slots=True)
class Asked:
    """A query, the topic whose it is when it was named, and hints for who typed it."""

    query: Query
    topic: Topic | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """What a query found; `marks` are by article, `heard` is what each recipient would have been told.

    Samples are of the newest hits, those that are most about the query first. Near misses come
    newest first.
    """

    found: Found
    samples: tuple[Sample, ...]
    near: tuple[tuple[Near, Revision], ...]
    marks: Mapping[int, bool]
    heard: tuple[WouldHear, ...]

    @property
    def copies(self) -> int:
        """How many copies were folded into the stories that match."""
        return sum(hit.copies for hit in self.found.hits)

    @property
    def alerts(self) -> list[datetime]:
        """When alerts would have been made, for whomever."""
        return alert_times(self.heard)


@dataclass(frozen=True, slots=True)
class Compared:
    """What another query finds in the same time: stories gained, lost and kept."""

    before: Found
    after: Found
    gained: tuple[Sample, ...]
    lost: tuple[Sample, ...]
    gained_total: int
    lost_total: int
    kept_total: int


def asked(conn: Connection, what: str) -> Asked:
    """Take the name of a topic for its query, anything else for a query. Raises QueryError."""
    try:
        topic = topics.get(conn, what)
    except NotFoundError:
        return asked_query(conn, what)
    return replace(asked_query(conn, topic.query), topic=topic)


def asked_query(conn: Connection, text: str) -> Asked:
    """Read a query. Raises QueryError, with a note that shows the place in it."""
    try:
        reading = read_query(text, named_queries.texts(conn))
    except QueryError as error:
        if text.strip():
            error.add_note(pointed(text, error.position))
        raise
    return Asked(reading.query, notes=reading.notes)


def report(
    conn: Connection,
    asked: Asked,
    *,
    since: datetime,
    until: datetime,
    limit: int,
    patience: Patience,
) -> Report:
    """Try a query on what is stored, with so many samples of its hits."""
    found = search(conn, asked.query, since=since, until=until, patience=patience)
    marked = marks.of_topic(conn, asked.topic.id) if asked.topic else []
    return Report(
        found=found,
        samples=tuple(best_first(samples(conn, asked.query, _newest(found.hits, limit)))),
        near=tuple(near_samples(conn, found.near[:_MOST_NEAR_SHOWN])),
        marks={mark.article_id: mark.relevant for mark in marked},
        heard=tellings(asked.topic, found.hits, since),
    )


def compare(
    conn: Connection,
    before: Query,
    after: Query,
    *,
    since: datetime,
    until: datetime,
    limit: int,
    patience: Patience,
) -> Compared:
    """Try two queries on what is stored, with so many samples of what one finds more."""
    old, new = (
        search(conn, query, since=since, until=until, patience=patience)
        for query in (before, after)
    )
    gained, lost = beside(new.hits, old.hits), beside(old.hits, new.hits)
    return Compared(
        before=old,
        after=new,
        gained=tuple(samples(conn, after, _newest(gained, limit))),
        lost=tuple(samples(conn, before, _newest(lost, limit))),
        gained_total=len(gained),
        lost_total=len(lost),
        kept_total=len(new.hits) - len(gained),
    )


def beside(hits: Sequence[Hit], others: Sequence[Hit]) -> list[Hit]:
    """Return the hits whose stories are not among the others'."""
    known = {hit.story_id for hit in others}
    return [hit for hit in hits if hit.story_id not in known]


def best_first(found: Sequence[Sample]) -> list[Sample]:
    """Put hits in the order of how much they are about the query, the newest of equals first."""
    return sorted(found, key=lambda sample: (sample.matched.score, sample.hit.at), reverse=True)


def stories_a_day(found: Found, zone: tzinfo | None) -> list[tuple[date, int]]:
    """Count hits by days of a zone, those without any too; None is where this process runs.

    It begins where what is stored does.
    """
    counted = Counter(hit.at.astimezone(zone).date() for hit in found.hits)
    first = max(found.since, found.begins or found.since).astimezone(zone).date()
    last = (found.until - timedelta(microseconds=1)).astimezone(zone).date()
    days = (first + timedelta(days=number) for number in range((last - first).days + 1))
    return [(day, counted[day]) for day in days]


def _newest(hits: Sequence[Hit], limit: int) -> list[Hit]:
    return list(reversed(hits[max(0, len(hits) - limit) :]))
