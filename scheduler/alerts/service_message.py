"""ServiceMessage messages of Wirewatch itself, for each channel: of an endpoint that fails, and tests."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from scheduler.alerts.chat_message import chat_json
from scheduler.alerts.envelope import Envelope, message_bytes
from scheduler.alerts.webhook_body import webhook_json
from storage.models.deliveries import Draft
from storage.models.recipients import Channel, Recipient


@dataclass(frozen=True, slots=True)
class ServiceMessage:
    """A message of some sentences; `kind` is its type for webhooks."""

    kind: str
    subject: str
    sentences: tuple[str, ...]
    at: datetime
    topic: str = ""


def to_recipient(message: ServiceMessage, recipient: Recipient, *, uid: str, sender: str) -> Draft:
    """Return a message as it is sent to a recipient of a topic."""
    if recipient.channel is Channel.EMAIL:
        return to_address(message, recipient.address, uid=uid, sender=sender, of=recipient.id)
    if recipient.channel is Channel.APPRISE:
        payload = chat_json(message.subject, message.sentences)
    else:
        data: dict[str, object] = {"says": " ".join(message.sentences)}
        if message.topic:
            data["topic"] = message.topic
        payload = webhook_json(message.kind, message.at, data)
    return Draft(recipient.id, recipient.channel, recipient.address, uid, payload)


def to_address(
    message: ServiceMessage, address: str, *, uid: str, sender: str, of: int | None = None
) -> Draft:
    """Return a message as it is sent to an e-mail address."""
    envelope = Envelope(uid, sender, address, message.subject, message.at)
    text = "\n\n".join(message.sentences) + f"\n\n-- \n{uid}: from Wirewatch itself.\n"
    return Draft(of, Channel.EMAIL, address, uid, message_bytes(envelope, text))
