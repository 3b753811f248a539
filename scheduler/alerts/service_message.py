"""Short messages of Wirewatch itself, for each channel: of an endpoint that fails, and tests."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime

from scheduler.alerts.envelope import Envelope, written
from scheduler.alerts.hook_body import SCHEMA
from storage.models.deliveries import Draft
from storage.models.recipients import Channel, Recipient


@dataclass(frozen=True, slots=True)
class Short:
    """A message of some sentences; `kind` is its type for webhooks."""

    kind: str
    subject: str
    sentences: tuple[str, ...]
    at: datetime
    topic: str = ""

    @property
    def says(self) -> str:
        """All sentences in one line."""
        return " ".join(self.sentences)


def to_recipient(short: Short, recipient: Recipient, *, uid: str, sender: str) -> Draft:
    """Write a message for a recipient of a topic."""
    if recipient.channel is Channel.EMAIL:
        return to_address(short, recipient.address, uid=uid, sender=sender, of=recipient.id)
    if recipient.channel is Channel.APPRISE:
        body: dict[str, object] = {"title": short.subject, "body": "\n".join(short.sentences)}
    else:
        data = {"says": short.says, **({"topic": short.topic} if short.topic else {})}
        at = f"{short.at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
        body = {"schema": SCHEMA, "type": short.kind, "timestamp": at, "data": data}
    payload = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
    return Draft(recipient.id, recipient.channel, recipient.address, uid, payload)


def to_address(
    short: Short, address: str, *, uid: str, sender: str, of: int | None = None
) -> Draft:
    """Write a message for an e-mail address."""
    envelope = Envelope(uid, sender, address, short.subject, short.at)
    text = "\n\n".join(short.sentences) + f"\n\n-- \n{uid}: from Wirewatch itself.\n"
    return Draft(of, Channel.EMAIL, address, uid, written(envelope, text))
