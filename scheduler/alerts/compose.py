"""An alert becomes drafts, one for each recipient: the same inputs give the same bytes; pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from scheduler.alerts.chat_message import chat_message
from scheduler.alerts.content import AlertContent, MessageStyle, RecipientNote, alert_content
from scheduler.alerts.email_message import email_message
from scheduler.alerts.links import MessageLinks
from scheduler.alerts.webhook_body import webhook_body
from storage.models.alerts import Alert
from storage.models.articles import Article
from storage.models.deliveries import Draft
from storage.models.recipients import Channel, Recipient
from storage.models.stories import Story, StoryMember
from storage.models.topics import Topic

_NO_NOTES: Mapping[int, RecipientNote] = MappingProxyType({})


def compose(
    *,
    alert: Alert,
    topic: Topic,
    story: Story,
    members: Sequence[StoryMember],
    article: Article,
    style: MessageStyle,
    notes: Mapping[int, RecipientNote] = _NO_NOTES,
) -> list[Draft]:
    """Return what each of the topic's recipients is sent; `article` is the one that matched.

    `notes` are what single recipients are told besides, by their ids.
    """
    content = alert_content(
        alert=alert, topic=topic, story=story, members=members, article=article, style=style
    )
    return [
        _draft(
            replace(content, note=_note(notes, recipient.id, style.links)), recipient, style.sender
        )
        for recipient in topic.recipients
    ]


def _note(
    notes: Mapping[int, RecipientNote], recipient_id: int, links: MessageLinks
) -> RecipientNote:
    return replace(notes.get(recipient_id, RecipientNote()), mute=links.mute(recipient_id))


def _draft(content: AlertContent, recipient: Recipient, sender: str) -> Draft:
    # No dot: Standard Webhooks signs "id.timestamp.body".
    uid = f"{content.uid}_{recipient.id}"
    if recipient.channel is Channel.EMAIL:
        payload = email_message(content, uid=uid, sender=sender, recipient=recipient.address)
    elif recipient.channel is Channel.APPRISE:
        payload = chat_message(content)
    else:
        payload = webhook_body(content)
    return Draft(recipient.id, recipient.channel, recipient.address, uid, payload)
