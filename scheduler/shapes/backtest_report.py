"""What a query would have found, as JSON, under keys that stay."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC

from scheduler.alerts.passage import disguises, passage
from scheduler.backtest.report import (
    BacktestComparison,
    BacktestQuery,
    BacktestReport,
    stories_a_day,
)
from scheduler.backtest.search import NearMiss, Sample, SearchResult
from scheduler.backtest.would_alert import RecipientAlerts
from scheduler.shapes.values import Json, time
from scheduler.wording.formatters import recipient as name_of
from storage.models.articles import Revision


def report_json(asked: BacktestQuery, report: BacktestReport) -> Json:
    """Return a report; times are ISO 8601 and days those of UTC."""
    found = report.found
    return {
        "topic": asked.topic.name if asked.topic else None,
        "query": str(found.query),
        "notes": list(asked.notes),
        **_span(found),
        "archive_begins": time(found.begins),
        "tested": found.articles,
        "candidates": found.candidates,
        "complete": not found.left,
        "stories_left": found.left,
        "stories": len(found.hits),
        "copies_folded": report.copies,
        "held": sum(hit.held for hit in found.hits),
        "stories_a_day": {str(day): count for day, count in stories_a_day(found, UTC)},
        "alerts": [time(at) for at in report.alerts],
        "recipients": [_recipient(each) for each in report.recipients if each.recipient],
        "matches": [_sample(sample, report.marks) for sample in report.samples],
        "near_misses": [_near(near, article) for near, article in report.near],
    }


def compared_json(compared: BacktestComparison) -> Json:
    """Return what one query finds more than the other."""
    return {
        "before": str(compared.before.query),
        "after": str(compared.after.query),
        **_span(compared.before),
        "complete": not (compared.before.left or compared.after.left),
        "stories_before": len(compared.before.hits),
        "stories_after": len(compared.after.hits),
        "gained": compared.gained_total,
        "lost": compared.lost_total,
        "kept": compared.kept_total,
        "gained_samples": [_sample(sample, {}) for sample in compared.gained],
        "lost_samples": [_sample(sample, {}) for sample in compared.lost],
    }


def marked_as(article_id: int, marks: Mapping[int, bool]) -> str | None:
    """Say how a hit was marked; None when it was not."""
    if article_id not in marks:
        return None
    return "relevant" if marks[article_id] else "noise"


def _recipient(heard: RecipientAlerts) -> Json:
    recipient = heard.recipient
    return {
        "recipient": name_of(recipient) if recipient else None,
        "mode": recipient.routing.mode if recipient else None,
        "told": [
            {"story": each.story_id, "made": time(each.made), "sent": time(each.sent)}
            for each in heard.alerts
        ],
    }


def _span(found: SearchResult) -> Json:
    return {"since": time(found.since), "until": time(found.until)}


def _sample(sample: Sample, marks: Mapping[int, bool]) -> Json:
    hit, article = sample.hit, sample.article
    return {
        "story": hit.story_id,
        "article": hit.article_id,
        "revision": hit.revision,
        "url": article.url,
        "site": article.site,
        "title": article.title,
        "at": time(hit.at),
        "held": hit.held,
        "copies": hit.copies,
        "clauses": list(sample.matched.clauses),
        "score": sample.matched.score,
        "highlights": [
            {"part": place.part, "start": place.start, "end": place.end}
            for place in sample.matched.highlights
        ],
        "passage": [
            {"text": piece.text, "marked": piece.marked}
            for piece in passage(article, sample.matched.highlights)
        ],
        "disguised": [
            {"written": each.written, "stands_for": each.word, "by": each.by}
            for each in disguises(article, sample.matched.highlights)
        ],
        "mark": marked_as(hit.article_id, marks),
    }


def _near(near: NearMiss, article: Revision) -> Json:
    return {
        "story": near.story_id,
        "article": near.article_id,
        "url": article.url,
        "title": article.title,
        "at": time(near.at),
        "missing": near.missing,
    }
