"""The body of a webhook: JSON as Standard Webhooks asks for, always under its 20 kB.

Standard Webhooks 1.0 (standardwebhooks.com) names the fields `type`, `timestamp` and `data`.
"""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from importlib import resources

from scheduler.alerts.content import AlertContent, PublisherPage
from scheduler.alerts.passage import PassagePart

MOST_BYTES = 20_000
SCHEMA = 1  # of schema/alert-1.json: a body that its readers could not read is another number's
_MATCHED, _UPDATED = "story.matched", "story.updated"


def webhook_body(alert: AlertContent) -> bytes:
    """Return the body of an alert; long lists are cut until all of it fits."""
    for most in (50, 20, 8, 3, 0):
        body = _alert_json(_cut(alert, most))
        if len(body) < MOST_BYTES:
            return body
    # Each other part is short by itself; together these two are what can be spared last.
    return _alert_json(
        replace(
            _cut(alert, 0),
            original=replace(alert.original, evidence=()),
            match=replace(alert.match, passage=(), disguises=()),
        )
    )


def webhook_json(kind: str, at: datetime, data: dict[str, object]) -> bytes:
    """Return any body of ours: its type, its time and its data."""
    body = {"schema": SCHEMA, "type": kind, "timestamp": utc_text(at), "data": data}
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()


def utc_text(moment: datetime) -> str:
    """Return a time as bodies have it, in whole seconds: 2026-06-01T12:09:00Z."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def published_schema() -> str:
    """Return the JSON Schema of what is posted, with examples."""
    file = resources.files("scheduler.alerts").joinpath(f"schema/alert-{SCHEMA}.json")
    return file.read_text("utf-8")


def _cut(alert: AlertContent, most: int) -> AlertContent:
    """Return an alert whose lists have at most so many entries; one change stays."""
    return replace(
        alert,
        topic=replace(alert.topic, clauses=alert.topic.clauses[:most]),
        copies=replace(alert.copies, publishers=alert.copies.publishers[:most]),
        changes=alert.changes[: max(most, 1)],
    )


def _alert_json(alert: AlertContent) -> bytes:
    kind = _UPDATED if alert.changes else _MATCHED
    return webhook_json(kind, alert.alerted, _data(alert))


def _data(alert: AlertContent) -> dict[str, object]:
    topic, story, match, note = alert.topic, alert.story, alert.match, alert.note
    published, stale = alert.original.published, match.stale
    return {
        "alert_id": alert.uid,
        "topic": topic.name,
        "query": topic.query,
        "clauses": topic.clauses,
        "changes": alert.changes,
        "because": note.because or None,
        "follows": note.follows or None,
        "story_id": story.id,
        "headline": story.headline,
        "original": _original(alert),
        "best_copy": _page(alert.original.best_copy),
        "found_in": _page(match.found_in),
        "stale_repost": stale and {"dated": stale.dated.isoformat(), "says": stale.says},
        "published_at": utc_text(published) if published else None,
        "first_seen_at": utc_text(story.first_seen),
        "alerted_at": utc_text(alert.alerted),
        "passage": _passage(match.passage),
        "disguised": [
            {"written": word.written, "stands_for": word.word, "by": word.by}
            for word in match.disguises
        ],
        "copies": {
            "count": alert.copies.count,
            "independent": alert.copies.independent,
            "publishers": alert.copies.publishers,
        },
        "links": {"story": story.url, "mute": note.mute or None, "explain": story.explain},
    }


def _original(alert: AlertContent) -> dict[str, object]:
    original = alert.original
    return {
        "publisher": original.page.publisher,
        "url": original.page.url,
        "confidence": original.confidence,
        "evidence": [{"says": each.says, "weight": each.weight} for each in original.evidence],
        "crawled": original.best_copy is None,
        "named_publisher": original.named_publisher,
    }


def _page(page: PublisherPage | None) -> dict[str, object] | None:
    return None if page is None else {"publisher": page.publisher, "url": page.url}


def _passage(parts: tuple[PassagePart, ...]) -> dict[str, object] | None:
    """Return the passage with its highlights as offsets, in characters of its own text."""
    if not parts:
        return None
    highlights: list[dict[str, int]] = []
    at = 0
    for part in parts:
        if part.marked:
            highlights.append({"start": at, "end": at + len(part.text)})
        at += len(part.text)
    return {"text": "".join(part.text for part in parts), "highlights": highlights}
