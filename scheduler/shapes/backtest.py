"""What a query would have found, as JSON; times are ISO 8601 and days those of UTC."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC

from pydantic import BaseModel

from scheduler.alerts.passage import disguises, passage
from scheduler.backtest.report import (
    BacktestComparison,
    BacktestQuery,
    BacktestReport,
    stories_a_day,
)
from scheduler.backtest.search import NearMiss, Sample
from scheduler.backtest.would_alert import RecipientAlerts
from scheduler.shapes.base import RecordShape, Time
from scheduler.wording.formatters import recipient as recipient_name
from storage.models.articles import Revision


class HighlightShape(RecordShape):
    """Where a word of the query stands: in the title or the text, in characters."""

    part: str
    start: int
    end: int


class PassageShape(RecordShape):
    """A piece of what is shown of an article, marked where a word of the query stands."""

    text: str
    marked: bool


class DisguiseShape(BaseModel):
    """A word that only looks like the one that was asked for, and by what."""

    written: str
    stands_for: str
    by: str


class SampleShape(BaseModel):
    """A match of the query."""

    story: int
    article: int
    revision: int
    url: str
    site: str
    title: str
    at: Time
    held: bool
    copies: int
    clauses: list[str]
    score: float | None
    highlights: list[HighlightShape]
    passage: list[PassageShape]
    disguised: list[DisguiseShape]
    mark: str | None


class NearMissShape(BaseModel):
    """An article that all clauses but one held for."""

    story: int
    article: int
    url: str
    title: str
    at: Time
    missing: str


class WouldAlertShape(BaseModel):
    """An alert that a recipient would have had: made, and sent with its routing."""

    story: int
    made: Time
    sent: Time | None


class RecipientAlertsShape(BaseModel):
    """What a recipient would have been told."""

    recipient: str | None
    mode: str | None
    told: list[WouldAlertShape]


class BacktestShape(BaseModel):
    """What a query would have found in a span of time, and whom it would have told."""

    topic: str | None
    query: str
    notes: list[str]
    since: Time
    until: Time
    archive_begins: Time | None
    tested: int
    candidates: int
    complete: bool
    stories_left: int
    stories: int
    copies_folded: int
    held: int
    stories_a_day: dict[str, int]
    alerts: list[Time]
    recipients: list[RecipientAlertsShape]
    matches: list[SampleShape]
    near_misses: list[NearMissShape]


class BacktestComparisonShape(BaseModel):
    """What one query finds more than the other."""

    before: str
    after: str
    since: Time
    until: Time
    complete: bool
    stories_before: int
    stories_after: int
    gained: int
    lost: int
    kept: int
    gained_samples: list[SampleShape]
    lost_samples: list[SampleShape]


def backtest_shape(asked: BacktestQuery, report: BacktestReport) -> BacktestShape:
    """Return a report's shape."""
    found = report.found
    return BacktestShape(
        topic=asked.topic.name if asked.topic else None,
        query=str(found.query),
        notes=list(asked.notes),
        since=found.since,
        until=found.until,
        archive_begins=found.begins,
        tested=found.articles,
        candidates=found.candidates,
        complete=not found.left,
        stories_left=found.left,
        stories=len(found.hits),
        copies_folded=report.copies,
        held=sum(hit.held for hit in found.hits),
        stories_a_day={str(day): count for day, count in stories_a_day(found, UTC)},
        alerts=list(report.alerts),
        recipients=[_recipient(each) for each in report.recipients if each.recipient],
        matches=[_sample(sample, report.marks) for sample in report.samples],
        near_misses=[_near(near, article) for near, article in report.near],
    )


def comparison_shape(compared: BacktestComparison) -> BacktestComparisonShape:
    """Return a comparison's shape."""
    before, after = compared.before, compared.after
    return BacktestComparisonShape(
        before=str(before.query),
        after=str(after.query),
        since=before.since,
        until=before.until,
        complete=not (before.left or after.left),
        stories_before=len(before.hits),
        stories_after=len(after.hits),
        gained=compared.gained_total,
        lost=compared.lost_total,
        kept=compared.kept_total,
        gained_samples=[_sample(sample, {}) for sample in compared.gained],
        lost_samples=[_sample(sample, {}) for sample in compared.lost],
    )


def marked_as(article_id: int, marks: Mapping[int, bool]) -> str | None:
    """Return how a match was marked, relevant or noise; None when it was not."""
    if article_id not in marks:
        return None
    return "relevant" if marks[article_id] else "noise"


def _recipient(heard: RecipientAlerts) -> RecipientAlertsShape:
    recipient = heard.recipient
    return RecipientAlertsShape(
        recipient=recipient_name(recipient) if recipient else None,
        mode=recipient.routing.mode if recipient else None,
        told=[
            WouldAlertShape(story=alert.story_id, made=alert.made, sent=alert.sent)
            for alert in heard.alerts
        ],
    )


def _sample(sample: Sample, marks: Mapping[int, bool]) -> SampleShape:
    hit, article, highlights = sample.hit, sample.article, sample.matched.highlights
    return SampleShape(
        story=hit.story_id,
        article=hit.article_id,
        revision=hit.revision,
        url=article.url,
        site=article.site,
        title=article.title,
        at=hit.at,
        held=hit.held,
        copies=hit.copies,
        clauses=list(sample.matched.clauses),
        score=sample.matched.score,
        highlights=[HighlightShape.model_validate(each) for each in highlights],
        passage=[PassageShape.model_validate(each) for each in passage(article, highlights)],
        disguised=[
            DisguiseShape(written=each.written, stands_for=each.word, by=each.by)
            for each in disguises(article, highlights)
        ],
        mark=marked_as(hit.article_id, marks),
    )


def _near(near: NearMiss, article: Revision) -> NearMissShape:
    return NearMissShape(
        story=near.story_id,
        article=near.article_id,
        url=article.url,
        title=article.title,
        at=near.at,
        missing=near.missing,
    )
