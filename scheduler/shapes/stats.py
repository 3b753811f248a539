"""The overview as JSON: the same facts as the first page, under keys that stay."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime

from crawler.copies.origin.stale_repost import stale_reposts
from scheduler.diagnosis.judge import Finding
from scheduler.lists.comparison import Comparison, unit
from scheduler.shapes.latency import lags_json
from scheduler.shapes.status import finding_shape
from scheduler.shapes.values import Json, time
from scheduler.wording.formatters import recipient
from storage.models.articles import Article, StaleRepost
from storage.models.stories import StoryMember
from storage.process.jobs import JobRun
from storage.reports.statistics import AlertRow, Overview, Roundup, SourceRow, StoryRow


def stats_json(
    seen: Overview,
    findings: Sequence[Finding],
    *,
    version: str,
    started_at: datetime,
    stale_days: int,
) -> Json:
    """Return all facts of an overview in types that JSON has; times are ISO 8601, UTC."""
    return {
        "at": time(seen.at),
        "version": version,
        "started_at": time(started_at),
        "findings": [finding_shape(finding).model_dump() for finding in findings],
        "funnel": asdict(seen.funnel) | {"since": time(seen.funnel.since)},
        "sources": [_source(row) for row in seen.sources],
        "stories": [story_json(row, stale_days=stale_days) for row in seen.stories],
        "alerts": [_alert(row) for row in seen.alerts],
        "problems": seen.problems,
        "jobs": [_job(run) for run in seen.facts.jobs],
        "totals": {
            "articles": seen.articles_total,
            "stories": seen.stories_total,
            "topics": seen.topics_total,
            "waiting_pages": seen.waiting_pages,
            "work_to_match": seen.work_to_match,
        },
        "lag": lags_json(seen.lags),
        "matching": asdict(seen.facts.matching_check),
        "oldest_undelivered": time(seen.facts.oldest_undelivered),
    }


def story_json(
    row: StoryRow, compared: Mapping[int, Comparison] | None = None, *, stale_days: int
) -> Json:
    """Return a story, its original and its copies with their verdicts.

    `compared` copies, by their ids, are told in parts too. Articles that present a text as new
    which is older by `stale_days` are named stale reposts.
    """
    stale = stale_reposts(row.articles, row.root.article, stale_days=stale_days)
    root = _article(row.root.article) | _stale(row.root, stale)
    return {
        "id": row.story.id,
        "first_seen": time(row.story.first_seen),
        "updated_at": time(row.story.updated_at),
        "confidence": row.story.confidence,
        "named_publisher": row.story.named_publisher,
        "evidence": [asdict(said) for said in row.story.evidence],
        "original": _original(row, root),
        "best_copy": root if row.story.named_publisher else None,
        "copies": [
            _copy(member) | _alignment(member, compared or {}) | _stale(member, stale)
            for member in row.copies
        ],
        "roundups": [_roundup(strung) for strung in row.roundups],
        "rulings": [{"apart_from": said.apart_from, "at": time(said.at)} for said in row.rulings],
    }


def comparison_json(compared: Comparison) -> Json:
    """Return the parts of a copy and of the other text, in characters, or why they are not known."""
    alignment, other = compared.alignment, compared.other
    return {
        "of_article_id": None if other is None else other.id,
        "says": compared.says,
        "unit": None if alignment is None else unit(alignment),
        "parts": None if alignment is None else [asdict(part) for part in alignment.parts],
    }


def _original(row: StoryRow, root: Json) -> Json:
    """Return the original; of one that is not crawled no more than its publisher is known."""
    named = row.story.named_publisher
    if named is None:
        return root | {"crawled": True}
    return dict.fromkeys(root) | {"site": named, "crawled": False}


def _source(row: SourceRow) -> Json:
    source = row.source
    return {
        "id": source.id,
        "url": source.url,
        "title": source.title,
        "state": row.word,
        "last_success_at": time(source.health.last_success_at),
        "next_fetch_at": time(source.schedule.next_fetch_at),
        "next_reason": source.schedule.next_reason,
        "failures": source.health.failures,
        "problem": source.health.problem,
        "problem_detail": source.health.problem_detail,
        "articles": row.articles,
        "copies": row.copies,
        "waiting": row.waiting,
        "requests": row.requests,
        "not_modified": row.not_modified,
        "failed": row.failed,
        "missed": source.listing.missed,
        "overlap": source.listing.overlap,
    }


def _job(run: JobRun) -> Json:
    return {
        "name": run.name,
        "started_at": time(run.started_at),
        "succeeded_at": time(run.succeeded_at),
        "error": run.error,
        "runs": run.runs,
    }


def _article(article: Article) -> Json:
    return {
        "id": article.id,
        "url": article.url,
        "site": article.site,
        "title": article.title,
        "published": time(article.dates.published),
        "first_seen": time(article.first_seen),
        "wrapper": [asdict(passage) for passage in article.provenance.wrapper],
    }


def _copy(member: StoryMember) -> Json:
    verdict = member.verdict
    if verdict is None:  # it began a story that turned out to be this one
        return _article(member.article) | {"relation": None}
    return _article(member.article) | {
        "relation": verdict.relation,
        "of_article_id": verdict.of_article_id,
        "share_of_article": verdict.share_of_article,
        "share_of_other": verdict.share_of_other,
    }


def _stale(member: StoryMember, stale: Mapping[int, StaleRepost]) -> Json:
    found = stale.get(member.article.id)
    said = None if found is None else {"dated": found.dated.isoformat(), "says": found.says}
    return {"stale_repost": said}


def _alignment(member: StoryMember, compared: Mapping[int, Comparison]) -> Json:
    found = compared.get(member.article.id)
    return {} if found is None else {"alignment": comparison_json(found)}


def _roundup(strung: Roundup) -> Json:
    return {
        "article_id": strung.article.id,
        "parts": [_article(part) | {"story_id": part.story_id} for part in strung.parts],
    }


def _alert(row: AlertRow) -> Json:
    return {
        "uid": row.alert.uid,
        "topic": row.topic,
        "story_id": row.alert.story_id,
        "headline": row.headline,
        "created_at": time(row.alert.created_at),
        "clauses": list(row.alert.matched.clauses),
        "deliveries": [
            {
                "uid": delivery.uid,
                "channel": delivery.channel,
                "recipient": recipient(delivery),
                "state": delivery.state,
                "attempts": delivery.attempts,
                "delivered_at": time(delivery.delivered_at),
                "last_error": delivery.last_error,
            }
            for delivery in row.deliveries
        ],
    }
