"""One message for several alerts, in each channel; what there is no room for is counted and linked."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from scheduler.alerts.chat_message import chat_json
from scheduler.alerts.content import AlertContent
from scheduler.alerts.email_message import rendered
from scheduler.alerts.envelope import Envelope, message_bytes
from scheduler.alerts.webhook_body import MOST_BYTES, utc_text, webhook_json
from storage.models.deliveries import Draft
from storage.models.recipients import Channel, Recipient

MOST_ALERTS = 200
_MOST_LINES = 25  # of a message for a chat


@dataclass(frozen=True, slots=True)
class Digest:
    """Alerts that are told together, the oldest first; `number` counts those that are not here too.

    `link` leads to the page that lists them all, `says` why they come in one.
    """

    alerts: tuple[AlertContent, ...]
    number: int
    says: str
    at: datetime
    link: str

    @property
    def more(self) -> int:
        """The number of alerts that are not told here."""
        return self.number - len(self.alerts)

    @property
    def topics(self) -> tuple[tuple[str, tuple[AlertContent, ...]], ...]:
        """The alerts by the names of their topics."""
        by_name = sorted(self.alerts, key=_topic_name)
        grouped = itertools.groupby(by_name, key=_topic_name)
        return tuple((name, tuple(alerts)) for name, alerts in grouped)

    @property
    def subject(self) -> str:
        """The number of stories, and the topics that they are of."""
        names = ", ".join(name for name, _ in self.topics)
        return f"{self.number} {'story' if self.number == 1 else 'stories'}: {names}"


def draft_of(
    digest: Digest, recipient: Recipient, *, uid: str, sender: str, unsubscribe: str
) -> Draft:
    """Return a digest as it is sent to a recipient."""
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
        text, html = rendered("digest.txt", **facts), rendered("digest.html", **facts)
        payload = message_bytes(envelope, text, html)
    elif recipient.channel is Channel.APPRISE:
        payload = chat_json(digest.subject, _lines(digest))
    else:
        payload = _webhook_body(digest)
    return Draft(recipient.id, recipient.channel, recipient.address, uid, payload)


def _topic_name(alert: AlertContent) -> str:
    return alert.topic.name


def _lines(digest: Digest) -> Iterator[str]:
    yield digest.says
    for alert in digest.alerts[:_MOST_LINES]:
        publisher, url = alert.original.page.publisher, alert.original.shown.url or ""
        yield f"{alert.topic.name}: {alert.story.headline} ({publisher}) {url}".rstrip()
    more = digest.number - min(len(digest.alerts), _MOST_LINES)
    if more:
        yield f"and {more} more: {digest.link}"


def _webhook_body(digest: Digest) -> bytes:
    """Return the body for a webhook; of too many alerts the first that there is room for."""
    items = [_item(alert) for alert in digest.alerts]
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
    return webhook_json("digest", digest.at, data)


def _item(alert: AlertContent) -> dict[str, object]:
    published = alert.original.published
    return {
        "alert_id": alert.uid,
        "topic": alert.topic.name,
        "headline": alert.story.headline,
        "publisher": alert.original.page.publisher,
        "url": alert.original.shown.url,
        "published_at": utc_text(published) if published else None,
        "first_seen_at": utc_text(alert.story.first_seen),
        "alerted_at": utc_text(alert.alerted),
        "copies": alert.copies.count,
        "changes": alert.changes,
        "story": alert.story.url,
    }
