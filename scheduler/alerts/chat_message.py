"""The short message of an alert, for chats and phones: a title and some lines of plain text."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from scheduler.alerts.content import AlertContent

_MOST_PASSAGE = 400  # characters


def chat_message(alert: AlertContent) -> bytes:
    """Return the message of an alert, as JSON of `title` and `body`."""
    return chat_json(alert.title, _lines(alert))


def chat_json(title: str, lines: Iterable[str]) -> bytes:
    """Return a message of lines, as JSON of `title` and `body`."""
    return json.dumps({"title": title, "body": "\n".join(lines)}, ensure_ascii=False).encode()


def _lines(alert: AlertContent) -> Iterator[str]:
    for change in alert.changes:
        yield f"- {change}"
    if alert.note.because:
        yield f"A spike: {alert.note.because}."
    if alert.match.stale:
        yield alert.match.stale.says
    passage = "".join(part.text for part in alert.match.passage)
    yield passage if len(passage) <= _MOST_PASSAGE else passage[:_MOST_PASSAGE].rstrip() + "…"
    original = alert.original
    published = f", {original.published:%Y-%m-%d %H:%M} UTC" if original.published else ""
    sure = f"{min(int(original.confidence * 100), 100)} % sure"
    yield f"Original: {original.page.publisher}{published} ({sure}), {alert.copies.count} copies"
    if original.shown.url:
        yield original.shown.url
    yield f"Found: {' · '.join(alert.topic.clauses)}"
    yield f"The story: {alert.story.url}"
