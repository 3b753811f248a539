"""One message for several alerts, in each channel; what there is no room for is counted and linked."""

from __future__ import annotations

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

MOST_STORIES = 200
_MOST_LINES = 25  # of a message for a chat


@dataclass(frozen=True, slots=True)
class DigestStory:
    """A story with all alerts of it that are told together, the oldest first."""

    alerts: tuple[AlertContent, ...]

    @property
    def content(self) -> AlertContent:
        """What the last alert says of it."""
        return self.alerts[-1]

    @property
    def topics(self) -> tuple[str, ...]:
        """The names of the topics that it matches, each once."""
        return tuple(dict.fromkeys(alert.topic.name for alert in self.alerts))

    @property
    def changes(self) -> tuple[str, ...]:
        """What changed in it, each once."""
        return tuple(dict.fromkeys(change for alert in self.alerts for change in alert.changes))


@dataclass(frozen=True, slots=True)
class Digest:
    """Stories that are told together, the oldest first; `number` counts those that are not here too.

    `link` leads to the page that lists them all, `says` why they come in one.
    """

    stories: tuple[DigestStory, ...]
    number: int
    says: str
    at: datetime
    link: str

    @property
    def more(self) -> int:
        """The number of stories that are not told here."""
        return self.number - len(self.stories)

    @property
    def topics(self) -> tuple[tuple[str, tuple[DigestStory, ...]], ...]:
        """The stories by the names of their topics, each under the first of them."""
        by_name: dict[str, list[DigestStory]] = {}
        for story in self.stories:
            by_name.setdefault(min(story.topics), []).append(story)
        return tuple((name, tuple(by_name[name])) for name in sorted(by_name))

    @property
    def subject(self) -> str:
        """The number of stories, and the topics that they are of."""
        names = sorted({name for story in self.stories for name in story.topics})
        return f"{self.number} {'story' if self.number == 1 else 'stories'}: {', '.join(names)}"


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


def _lines(digest: Digest) -> Iterator[str]:
    yield digest.says
    for story in digest.stories[:_MOST_LINES]:
        alert = story.content
        publisher, url = alert.original.page.publisher, alert.original.shown.url or ""
        names = ", ".join(story.topics)
        yield f"{names}: {alert.story.headline} ({publisher}) {url}".rstrip()
    more = digest.number - min(len(digest.stories), _MOST_LINES)
    if more:
        yield f"and {more} more: {digest.link}"


def _webhook_body(digest: Digest) -> bytes:
    """Return the body for a webhook; of too many stories the first that there is room for."""
    items = [_item(story) for story in digest.stories]
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


def _item(story: DigestStory) -> dict[str, object]:
    alert = story.content
    published = alert.original.published
    return {
        "alert_id": alert.uid,
        "alert_ids": [each.uid for each in story.alerts],
        "topic": alert.topic.name,
        "topics": story.topics,
        "headline": alert.story.headline,
        "publisher": alert.original.page.publisher,
        "url": alert.original.shown.url,
        "published_at": utc_text(published) if published else None,
        "first_seen_at": utc_text(alert.story.first_seen),
        "alerted_at": utc_text(alert.alerted),
        "copies": alert.copies.count,
        "changes": story.changes,
        "story": alert.story.url,
    }
