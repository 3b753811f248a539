"""An alert becomes drafts, one for each recipient: the same inputs give the same bytes; pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from scheduler.alerts.chat_message import message
from scheduler.alerts.content import Aside, Told, told
from scheduler.alerts.email_message import letter
from scheduler.alerts.hook_body import hook_body
from scheduler.alerts.links import Links
from storage.models.alerts import Alert
from storage.models.articles import Article
from storage.models.deliveries import Draft
from storage.models.recipients import Channel, Recipient
from storage.models.stories import Story, StoryMember
from storage.models.topics import Topic

_NO_ASIDES: Mapping[int, Aside] = MappingProxyType({})


def compose(
    *,
    alert: Alert,
    topic: Topic,
    story: Story,
    members: Sequence[StoryMember],
    article: Article,
    sender: str,
    links: Links,
    stale_days: int,
    asides: Mapping[int, Aside] = _NO_ASIDES,
) -> list[Draft]:
    """Write what each of the topic's recipients is sent; `article` is the one that matched.

    `asides` are what single recipients are told besides, by their ids. `sender` is the From of
    e-mails, whose domain also names their ids; `links` lead to our web server. An article that presents a text as new which is
    older by `stale_days` is told as a stale repost.
    """
    said = told(
        alert=alert,
        topic=topic,
        story=story,
        members=members,
        article=article,
        links=links,
        stale_days=stale_days,
    )
    return [
        _draft(replace(said, aside=_aside(asides, recipient.id, links)), recipient, sender)
        for recipient in topic.recipients
    ]


def _aside(asides: Mapping[int, Aside], recipient_id: int, links: Links) -> Aside:
    return replace(asides.get(recipient_id, Aside()), mute=links.mute(recipient_id))


def _draft(said: Told, recipient: Recipient, sender: str) -> Draft:
    # No dot: Standard Webhooks signs "id.timestamp.body".
    uid = f"{said.alert_uid}_{recipient.id}"
    if recipient.channel is Channel.EMAIL:
        payload = letter(said, uid=uid, sender=sender, recipient=recipient.address)
    elif recipient.channel is Channel.APPRISE:
        payload = message(said)
    else:
        payload = hook_body(said)
    return Draft(recipient.id, recipient.channel, recipient.address, uid, payload)
