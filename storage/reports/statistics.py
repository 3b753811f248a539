"""Counts and rows for operators: the funnel, the sources, the stories, what is broken."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    Table,
    and_,
    case,
    exists,
    func,
    literal_column,
    select,
)

from storage.crawl import request_counts, sources
from storage.delivery import alerts, outbox
from storage.models.alerts import Alert
from storage.models.articles import Article
from storage.models.deliveries import Delivery, DeliveryState
from storage.models.pages import PageState
from storage.models.sources import Source
from storage.models.stories import Story, StoryMember, StoryRuling
from storage.reports import latency
from storage.reports.installation import InstallationFacts, installation_facts
from storage.reports.latency import LatencyReport
from storage.sql import schema
from storage.stories import articles, rulings, stories

_FEW = 200  # sources, that are asked for by their ids
_LAGGING = 2000  # newest articles whose lags are measured at a glance


@dataclass(frozen=True, slots=True)
class Funnel:
    """What happened to what was fetched in a window of time, from request to delivery.

    `unique` articles began a story, `copies` were folded into one; `held` matches are not told
    (backlog); `refused` pages gave no article, by the name of the problem.
    """

    since: datetime
    requests: int
    not_modified: int
    failed_requests: int
    fetched: int  # pages whose body was read, for an article or in vain
    refused: dict[str, int]
    new: int
    revisions: int
    unique: int
    copies: int
    matched: int
    held: int
    alerted: int
    delivered: int
    pending: int
    dead: int


@dataclass(frozen=True, slots=True)
class SourceRow:
    """A source and its figures. `word` is new, healthy, failing or paused.

    All but `waiting` are counts within the window.
    """

    source: Source
    word: str
    articles: int
    copies: int
    waiting: int  # pages not fetched yet
    requests: int
    not_modified: int
    failed: int


@dataclass(frozen=True, slots=True)
class Roundup:
    """An article that strings others together, and is a copy of none; those that are gone left out."""

    article: Article
    parts: tuple[Article, ...]


@dataclass(frozen=True, slots=True)
class StoryRow:
    """A story with its articles; the original, as far as known, is `root`."""

    story: Story
    root: StoryMember
    copies: tuple[StoryMember, ...]
    rulings: tuple[StoryRuling, ...] = ()
    roundups: tuple[Roundup, ...] = ()

    @property
    def articles(self) -> tuple[Article, ...]:
        """All of its articles, the original first."""
        return self.root.article, *(copy.article for copy in self.copies)


@dataclass(frozen=True, slots=True)
class AlertRow:
    """An alert with the words that a screen needs, and its deliveries."""

    alert: Alert
    topic: str
    headline: str
    deliveries: tuple[Delivery, ...]


@dataclass(frozen=True, slots=True)
class Overview:
    """All that one glance needs; totals count from the beginning."""

    at: datetime
    funnel: Funnel
    sources: tuple[SourceRow, ...]  # none where a glance is brief
    stories: tuple[StoryRow, ...]
    alerts: tuple[AlertRow, ...]
    problems: dict[str, int]  # failed requests and refused pages by name, within the window
    waiting_pages: int
    work_to_match: int
    articles_total: int
    stories_total: int
    topics_total: int
    lags: LatencyReport
    facts: InstallationFacts

    @property
    def sources_total(self) -> int:
        """How many sources there are."""
        return sum(self.facts.words.values())


def overview(
    conn: Connection, *, now: datetime, since: datetime, limit: int = 12, brief: bool = False
) -> Overview:
    """Gather what one glance needs, as of now, with counts since then.

    A `brief` one counts for no source by itself.
    """
    counted = funnel(conn, since=since)
    return Overview(
        at=now,
        funnel=counted,
        sources=() if brief else tuple(source_rows(conn, since=since)),
        stories=tuple(story_row(conn, story) for story in stories.recent(conn, limit)),
        alerts=tuple(alert_rows(conn, alerts.list_recent(conn, limit))),
        problems=problems(conn, since=since),
        waiting_pages=_count(conn, schema.pages, _unfetched()),
        work_to_match=_count(conn, schema.match_work),
        articles_total=_count(conn, schema.articles),
        stories_total=_stories_total(conn),
        topics_total=_count(conn, schema.topics, schema.topics.c.removed_at.is_(None)),
        lags=latency.report(conn, since, most=_LAGGING),
        facts=installation_facts(conn, now),
    )


def funnel(conn: Connection, *, since: datetime) -> Funnel:
    """Count what happened since then, from request to delivery."""
    articles = schema.articles
    new = articles.c.first_seen >= since
    copied = and_(new, _is_copy())
    refused = _refused(conn, since)
    articles_new, copies = _count(conn, articles, new), _count(conn, articles, copied)
    asked = request_counts.by_outcome(conn, since)
    matched, held = _matched(conn, since)
    return Funnel(
        since=since,
        requests=sum(asked.values()),
        not_modified=asked.get("not_modified", 0),
        failed_requests=sum(n for name, n in asked.items() if name not in request_counts.FINE),
        fetched=articles_new + sum(refused.values()),
        refused=refused,
        new=articles_new,
        revisions=_count(conn, schema.revisions, schema.revisions.c.replaced_at >= since),
        unique=articles_new - copies,
        copies=copies,
        matched=matched,
        held=held,
        alerted=_count(conn, schema.alerts, schema.alerts.c.created_at >= since),
        delivered=_count(conn, schema.outbox, schema.outbox.c.delivered_at >= since),
        pending=_count(conn, schema.outbox, schema.outbox.c.state == DeliveryState.PENDING),
        dead=_count(conn, schema.outbox, schema.outbox.c.state == DeliveryState.DEAD),
    )


def _matched(conn: Connection, since: datetime) -> tuple[int, int]:
    """Count the stories that topics matched since then, once a topic, and those of which nobody was told."""
    m = schema.matches.c
    is_told = func.max(case((m.held_by.is_(None), 1), else_=0))
    stories_matched = (
        select(is_told.label("is_told"))
        .where(m.at >= since, m.covered_by.is_(None))
        .group_by(m.topic_id, m.story_id)
        .subquery()
    )
    counted = select(func.count(), func.count().filter(stories_matched.c.is_told == 0))
    matched, held = conn.execute(counted.select_from(stories_matched)).one()
    return matched, held


def source_rows(conn: Connection, *, since: datetime) -> list[SourceRow]:
    """Return each source with its figures, in the order in which they were added."""
    return rows_of(conn, sources.list_all(conn), since=since)


def story_row(conn: Connection, story: Story) -> StoryRow:
    """Return a story with its articles, the original apart."""
    members = stories.members(conn, story.id)
    root = next((m for m in members if m.article.id == story.root_article_id), members[0])
    copies = tuple(m for m in members if m is not root)
    strung = stories.roundups_in(conn, story.id)
    return StoryRow(
        story=story,
        root=root,
        copies=copies,
        rulings=tuple(rulings.of_story(conn, story.id)),
        roundups=tuple(
            Roundup(m.article, tuple(articles.get_all(conn, strung[m.article.id])))
            for m in members
            if m.article.id in strung
        ),
    )


def alert_row(conn: Connection, alert: Alert) -> AlertRow:
    """Return an alert with its topic, headline and deliveries."""
    [row] = alert_rows(conn, [alert])
    return row


def alert_rows(conn: Connection, alerts_shown: Sequence[Alert]) -> list[AlertRow]:
    """Return alerts with their topics, headlines and deliveries, in three statements."""
    named, titled = schema.topics.c, schema.articles.c
    topic_ids = {alert.topic_id for alert in alerts_shown}
    article_ids = {alert.article_id for alert in alerts_shown}
    names = dict(_pairs(conn, select(named.id, named.name).where(named.id.in_(topic_ids))))
    titles = dict(_pairs(conn, select(titled.id, titled.title).where(titled.id.in_(article_ids))))
    sent = outbox.of_alerts(conn, [alert.id for alert in alerts_shown])
    return [
        AlertRow(
            alert=alert,
            topic=names[alert.topic_id],
            headline=titles[alert.article_id],
            deliveries=tuple(sent[alert.id]),
        )
        for alert in alerts_shown
    ]


def _pairs(conn: Connection, query: Select[Any]) -> list[tuple[int, str]]:
    return [(number, text) for number, text in conn.execute(query)]


def problems(conn: Connection, *, since: datetime) -> dict[str, int]:
    """Count failed requests by name, and read pages that held no article, most frequent first."""
    asked = request_counts.by_outcome(conn, since)
    counts = {name: count for name, count in asked.items() if name not in request_counts.FINE}
    for name, count in _refused(conn, since).items():
        counts[name] = max(counts.get(name, 0), count)
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def rows_of(conn: Connection, shown: Sequence[Source], *, since: datetime) -> list[SourceRow]:
    """Return these sources with their figures."""
    only = [source.id for source in shown] if len(shown) <= _FEW else None
    counted = _Counted(conn, since, only)
    return [counted.row(source) for source in shown]


def _stories_total(conn: Connection) -> int:
    # To count the merged ones takes less than to read the others' index.
    merged = _count(conn, schema.stories, schema.stories.c.merged_into.is_not(None))
    return _count(conn, schema.stories) - merged


class _Counted:
    """The figures of all sources within a window, or `only` of some, in four statements."""

    def __init__(self, conn: Connection, since: datetime, only: Sequence[int] | None) -> None:
        articles = schema.articles
        new = articles.c.first_seen >= since
        if only is not None:
            # Not the bare column: the time's index is the one to use, for it holds both.
            new = and_(new, (articles.c.source_id + 0).in_(only))
        self._articles = _by_source(conn, articles.c.source_id, new)
        self._copies = _by_source(conn, articles.c.source_id, new, _is_copy())
        listed = schema.page_listings
        unfetched = _unfetched(), listed.c.page_id == schema.pages.c.id
        self._waiting = _by_source(conn, listed.c.source_id, *unfetched)
        self._asked = request_counts.by_source(conn, since, only)

    def row(self, source: Source) -> SourceRow:
        asked = self._asked.get(source.id) or Counter()
        return SourceRow(
            source=source,
            word=sources.health_of(source),
            articles=self._articles.get(source.id, 0),
            copies=self._copies.get(source.id, 0),
            waiting=self._waiting.get(source.id, 0),
            requests=sum(asked.values()),
            not_modified=asked.get("not_modified", 0),
            failed=sum(n for name, n in asked.items() if name not in request_counts.FINE),
        )


def _by_source(
    conn: Connection, source_id: ColumnElement[int], *where: ColumnElement[bool]
) -> dict[int, int]:
    # Not the bare column: SQLite would walk the whole index on it to have its groups in order.
    group = source_id + 0
    rows = conn.execute(select(group, func.count()).where(*where).group_by(group))
    return {number: count for number, count in rows}  # noqa: C416 - rows aren't pairs to mypy


def _refused(conn: Connection, since: datetime) -> dict[str, int]:
    pages = schema.pages
    rows = conn.execute(
        select(pages.c.problem, func.count())
        .where(pages.c.last_fetch_at >= since, pages.c.problem.is_not(None))
        .group_by(pages.c.problem)
        .order_by(func.count().desc(), pages.c.problem)
    )
    return {name: count for name, count in rows}  # noqa: C416 - rows aren't pairs to mypy


def _is_copy() -> ColumnElement[bool]:
    """Articles that were folded; asked for each of a few, where IN would list all copies first."""
    return exists().where(schema.copies.c.article_id == schema.articles.c.id)


def _unfetched() -> ColumnElement[bool]:
    """Pages that wait for their first article; a page that is only looked at again has one."""
    pages = schema.pages
    # Written out, not bound: only so does SQLite use the index of these pages alone.
    due: ColumnElement[str] = literal_column(f"'{PageState.DUE}'")
    return and_(pages.c.state == due, pages.c.last_fetch_at.is_(None))


def _count(conn: Connection, table: Table, where: ColumnElement[bool] | None = None) -> int:
    query = select(func.count()).select_from(table)
    return conn.execute(query if where is None else query.where(where)).scalar_one()
