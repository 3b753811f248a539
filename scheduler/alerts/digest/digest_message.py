"""One message for several alerts, in each channel; what there is no room for is counted and linked."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from scheduler.alerts.content import Told
from scheduler.alerts.email_message import rendered
from scheduler.alerts.envelope import Envelope, written
from scheduler.alerts.hook_body import MOST_BYTES, SCHEMA
from storage.models.deliveries import Draft
from storage.models.recipients import Channel, Recipient

MOST_TOLD = 200
_MOST_LINES = 25  # of a message for a chat


@dataclass(frozen=True, slots=True)
class Digest:
    """Alerts that are told together, the oldest first; `number` counts those that are not here too.

    `link` leads to the page that lists them all, `says` why they come in one.
    """

    told: tuple[Told, ...]
    number: int
    says: str
    at: datetime
    link: str

    @property
    def more(self) -> int:
        """How many there are that are not told here."""
        return self.number - len(self.told)

    @property
    def topics(self) -> tuple[tuple[str, tuple[Told, ...]], ...]:
        """What is told, by topic."""
        by_name = sorted(self.told, key=lambda told: told.topic)
        grouped = itertools.groupby(by_name, key=lambda told: told.topic)
        return tuple((name, tuple(found)) for name, found in grouped)

    @property
    def subject(self) -> str:
        """How many, and of which topics."""
        names = ", ".join(name for name, _ in self.topics)
        return f"{self.number} {'story' if self.number == 1 else 'stories'}: {names}"


def draft_of(
    digest: Digest, recipient: Recipient, *, uid: str, sender: str, unsubscribe: str
) -> Draft:
    """Write a digest for a recipient."""
    if recipient.channel is Channel.EMAIL:
        envelope = Envelope(
            uid=uid,
            sender=sender,
            recipient=recipient.address,
            subject=digest.subject,
            at=digest.at,
            list_name="digest",
            unsubscribe=unsubscribe,
        )
        facts: dict[str, object] = {"digest": digest, "uid": uid}
        payload = written(
            envelope, rendered("digest.txt", **facts), rendered("digest.html", **facts)
        )
    elif recipient.channel is Channel.APPRISE:
        body = "\n".join(_lines(digest))
        said = {"title": digest.subject, "body": body}
        payload = json.dumps(said, ensure_ascii=False).encode()
    else:
        payload = _hook_body(digest)
    return Draft(recipient.id, recipient.channel, recipient.address, uid, payload)


def _lines(digest: Digest) -> Iterator[str]:
    yield digest.says
    for told in digest.told[:_MOST_LINES]:
        shown = told.best_copy or told.original
        yield f"{told.topic}: {told.headline} ({told.original.publisher}) {shown.url or ''}".rstrip()
    more = digest.number - min(len(digest.told), _MOST_LINES)
    if more:
        yield f"and {more} more: {digest.link}"


def _hook_body(digest: Digest) -> bytes:
    """Write the body for a webhook; of too many the first that there is room for."""
    items = [_item(told) for told in digest.told]
    least, most = 0, len(items)
    while least < most:  # the largest number that fits
        half = (least + most + 1) // 2
        least, most = (
            (half, most) if len(_body(digest, items[:half])) < MOST_BYTES else (least, half - 1)
        )
    return _body(digest, items[:least])


def _body(digest: Digest, items: Sequence[dict[str, object]]) -> bytes:
    data = {
        "says": digest.says,
        "count": digest.number,
        "more": digest.number - len(items),
        "stories": items,
        "link": digest.link,
    }
    whole = {"schema": SCHEMA, "type": "digest", "timestamp": _time(digest.at), "data": data}
    return json.dumps(whole, ensure_ascii=False, separators=(",", ":")).encode()


def _item(told: Told) -> dict[str, object]:
    shown = told.best_copy or told.original
    return {
        "alert_id": told.alert_uid,
        "topic": told.topic,
        "headline": told.headline,
        "publisher": told.original.publisher,
        "url": shown.url,
        "published_at": _time(told.published) if told.published else None,
        "first_seen_at": _time(told.first_seen),
        "alerted_at": _time(told.alerted),
        "copies": told.copies,
        "changes": told.changes,
        "story": told.story_url,
    }


def _time(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
