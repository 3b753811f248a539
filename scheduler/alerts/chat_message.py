"""The short message of an alert, for chats and phones: a title and some lines of plain text."""

from __future__ import annotations

import json
from collections.abc import Iterator

from scheduler.alerts.content import Told

_MOST_PASSAGE = 400


def message(told: Told) -> bytes:
    """Write the message, as JSON of `title` and `body`."""
    said = {"title": _title(told), "body": "\n".join(_lines(told))}
    return json.dumps(said, ensure_ascii=False).encode()


def _title(told: Told) -> str:
    kind = "update: " if told.changes else ""
    stale = "stale repost: " if told.stale else ""
    return f"{told.topic}: {kind}{stale}{told.headline}"


def _lines(told: Told) -> Iterator[str]:
    for says in told.changes:
        yield f"- {says}"
    if told.aside.because:
        yield f"A spike: {told.aside.because}."
    if told.stale:
        yield told.stale.says
    passage = "".join(part.text for part in told.passage)
    yield passage if len(passage) <= _MOST_PASSAGE else passage[:_MOST_PASSAGE].rstrip() + "…"
    published = f", {told.published:%Y-%m-%d %H:%M} UTC" if told.published else ""
    sure = f"{min(int(told.confidence * 100), 100)} % sure"
    yield f"Original: {told.original.publisher}{published} ({sure}), {told.copies} copies"
    shown = told.best_copy or told.original
    if shown.url:
        yield shown.url
    yield f"Found: {' · '.join(told.clauses)}"
    yield f"The story: {told.story_url}"
