"""The body of a webhook: JSON as Standard Webhooks asks for, always under its 20 kB."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from importlib import resources

from scheduler.alerts.content import Piece, Told

MOST_BYTES = 20_000
SCHEMA = 1  # of schema/alert-1.json: a body that its readers could not read is another number's
_MATCHED, _UPDATED = "story.matched", "story.updated"


def hook_body(told: Told) -> bytes:
    """Write the body; long lists are cut until all of it fits."""
    for most in (50, 20, 8, 3, 0):
        body = _written(
            replace(
                told,
                clauses=told.clauses[:most],
                publishers=told.publishers[:most],
                changes=told.changes[: max(most, 1)],
            )
        )
        if len(body) < MOST_BYTES:
            return body
    # Each other part is short by itself; together these two are what can be spared last.
    least = replace(told, clauses=(), publishers=(), evidence=(), passage=(), disguises=())
    return _written(replace(least, changes=told.changes[:1]))


def published_schema() -> str:
    """Return the JSON Schema of what is posted, with examples."""
    file = resources.files("scheduler.alerts").joinpath(f"schema/alert-{SCHEMA}.json")
    return file.read_text("utf-8")


def _written(told: Told) -> bytes:
    kind = _UPDATED if told.changes else _MATCHED
    body = {"schema": SCHEMA, "type": kind, "timestamp": _time(told.alerted), "data": _data(told)}
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()


def _data(told: Told) -> dict[str, object]:
    found_in, best_copy, stale = told.found_in, told.best_copy, told.stale
    return {
        "alert_id": told.alert_uid,
        "topic": told.topic,
        "query": told.query,
        "clauses": told.clauses,
        "changes": told.changes,
        "because": told.aside.because or None,
        "follows": told.aside.follows or None,
        "story_id": told.story_id,
        "headline": told.headline,
        "original": {
            "publisher": told.original.publisher,
            "url": told.original.url,
            "confidence": told.confidence,
            "evidence": [{"says": said.says, "weight": said.weight} for said in told.evidence],
            "crawled": told.best_copy is None,
            "named_publisher": told.named_publisher,
        },
        "best_copy": best_copy and {"publisher": best_copy.publisher, "url": best_copy.url},
        "found_in": found_in and {"publisher": found_in.publisher, "url": found_in.url},
        "stale_repost": stale and {"dated": stale.dated.isoformat(), "says": stale.says},
        "published_at": _time(told.published) if told.published else None,
        "first_seen_at": _time(told.first_seen),
        "alerted_at": _time(told.alerted),
        "passage": _passage(told.passage),
        "disguised": [
            {"written": each.written, "stands_for": each.word, "by": each.by}
            for each in told.disguises
        ],
        "copies": {
            "count": told.copies,
            "independent": told.independent,
            "publishers": told.publishers,
        },
        "links": {
            "story": told.story_url,
            "mute": told.aside.mute or None,
            "explain": told.explain,
        },
    }


def _passage(pieces: tuple[Piece, ...]) -> dict[str, object] | None:
    """Write the passage with its highlights as offsets, in characters of its own text."""
    if not pieces:
        return None
    highlights: list[dict[str, int]] = []
    at = 0
    for part in pieces:
        if part.marked:
            highlights.append({"start": at, "end": at + len(part.text)})
        at += len(part.text)
    return {"text": "".join(part.text for part in pieces), "highlights": highlights}


def _time(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
