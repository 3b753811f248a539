"""Recipients of a topic: added, changed, removed, given a new secret, and sent a test."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from scheduler.actions.audit_log import Actor, AuditAction
from scheduler.actions.topics import about_topic, record_recipient
from scheduler.addresses import apprise_address
from scheduler.addresses.chat_services import chat_notes
from scheduler.addresses.mail_address import TypedAddress, read_address
from scheduler.alerts.preview import put_test
from scheduler.alerts.webhook import new_secret
from scheduler.config.factories import egress
from scheduler.config.settings import Settings
from scheduler.wording.formatters import recipient as recipient_name
from scheduler.wording.routing_text import RoutingChange
from storage.errors import BlockedAddressError, InputError, NotFoundError
from storage.models.deliveries import Delivery
from storage.models.recipients import Channel, NewRecipient, Recipient, Routing
from storage.models.topics import Topic
from storage.operators.audit import Interface
from storage.topics import topics

AddressCheck = Callable[[Channel, str], TypedAddress]
"""Returns an address as it is kept. Raises InputError for one that can't be told."""


def address_check(settings: Settings) -> AddressCheck:
    """Return a check of addresses, for when they are typed and before anything is stored.

    The check returns an address as it is kept, with notes of what was changed in it; it raises
    InputError for one that nothing can be sent to.
    """
    way_out = egress(settings)

    def check(channel: Channel, address: str) -> TypedAddress:
        if channel is Channel.EMAIL:
            return read_address(address)
        if channel is Channel.APPRISE:
            apprise_address.check(address)
            try:
                way_out.check_host(apprise_address.host(address))
            except BlockedAddressError as error:
                raise InputError(f"{apprise_address.shown(address)}: {error}") from error
            return TypedAddress(address)
        try:
            way_out.check_url(address)
        except (BlockedAddressError, InputError) as error:
            raise InputError(f"{address}: {error}") from error
        return TypedAddress(address, chat_notes(address))

    return check


def read_channel(text: str) -> Channel:
    """Read a channel's name. Raises InputError."""
    try:
        return Channel(text)
    except ValueError as error:
        raise InputError(f"a channel is one of {', '.join(Channel)}") from error


def new_recipient(
    channel: Channel,
    address: str,
    change: RoutingChange,
    check: AddressCheck,
    *,
    headers: str | None = None,
) -> NewRecipient:
    """Return a recipient to be added, a webhook with a new secret and its fixed `headers`.

    Raises InputError.
    """
    if headers is not None and channel is not Channel.WEBHOOK:
        raise InputError("only webhooks have headers")
    kept = check(channel, address).address
    secret = new_secret() if channel is Channel.WEBHOOK else None
    return NewRecipient(channel, kept, secret, change.applied(Routing()), headers)


def add_recipients(
    conn: Connection,
    actor: Actor,
    topic_id: int,
    wanted: Sequence[NewRecipient],
    change: RoutingChange,
    *,
    now: datetime,
) -> list[Recipient]:
    """Send a topic's alerts to these too; of one that gets them already change only what is said.

    Return them as stored; only those that are new have their secret, for it is shown once.
    Raises NotFoundError.
    """
    topic = topics.by_id(conn, topic_id)
    before = {each.key: each for each in topic.recipients}
    new = {each.key: each for each in wanted}
    kept = [
        _as_new(each)._replace(routing=change.applied(each.routing), headers=new[key].headers)
        if key in new
        else _as_new(each)
        for key, each in before.items()
    ]
    added = [each for key, each in new.items() if key not in before]
    topics.set_recipients(conn, topic_id, [*kept, *added], now)
    stored = {each.key: each for each in topics.by_id(conn, topic_id).recipients}
    for key in new:
        record_recipient(conn, actor, topic, before.get(key), stored[key], now=now)
    return [replace(stored[key], secret=None) if key in before else stored[key] for key in new]


def remove_recipients(
    conn: Connection, actor: Actor, topic_id: int, recipient_ids: Collection[int], now: datetime
) -> None:
    """Send a topic's alerts to these no longer; deliveries that wait are still made.

    Raises NotFoundError when the topic has no such recipient.
    """
    topic = topics.by_id(conn, topic_id)
    for recipient_id in recipient_ids:
        recipient_of(topic, recipient_id)
    kept = [_as_new(each) for each in topic.recipients if each.id not in recipient_ids]
    topics.set_recipients(conn, topic_id, kept, now)
    for recipient in topic.recipients:
        if recipient.id in recipient_ids:
            record_recipient(conn, actor, topic, recipient, None, now=now)


def change_secret(
    conn: Connection,
    actor: Actor,
    topic: Topic,
    recipient: Recipient,
    *,
    until: datetime,
    now: datetime,
) -> str:
    """Give a webhook a new secret and return it; the old one signs beside it until a time.

    Raises InputError when the recipient is no webhook.
    """
    if recipient.channel is not Channel.WEBHOOK:
        raise InputError(f"{recipient.address!r} is no webhook: only those have a secret")
    secret = new_secret()
    topics.change_secret(conn, recipient, secret, until)
    about = f"{about_topic(topic)}: {recipient.channel} {recipient_name(recipient)}"
    says = f"another secret; the old one signs beside it until {until:%F %R} UTC"
    actor.record(conn, AuditAction.SECRET_CHANGED, about, new=says, now=now)
    return secret


def unsubscribe(conn: Connection, recipients: Iterable[Recipient], now: datetime) -> None:
    """Mute recipients that asked for it by the link in a message."""
    actor = Actor("a reader, by the link in a message", Interface.WEB)
    for recipient in recipients:
        topics.mute(conn, recipient.id)
        topic = topics.by_id(conn, recipient.topic_id)
        about = f"{about_topic(topic)}: {recipient_name(recipient)}"
        action = AuditAction.RECIPIENT_MUTED
        actor.record(conn, action, about, old="not muted", new="muted", now=now)


def send_test(
    conn: Connection,
    actor: Actor,
    topic: Topic,
    recipient: Recipient,
    *,
    sender: str,
    now: datetime,
) -> Delivery:
    """Send a test to a recipient. Raises InputError when one was sent within the last minute."""
    delivery = put_test(conn, topic, recipient, sender=sender, now=now)
    about = f"{about_topic(topic)}: {recipient.channel} {recipient_name(recipient)}"
    actor.record(conn, AuditAction.TEST_SENT, about, new=f"delivery {delivery.id}", now=now)
    return delivery


def recipient_of(topic: Topic, recipient_id: int) -> Recipient:
    """Return a topic's recipient by its id. Raises NotFoundError."""
    for recipient in topic.recipients:
        if recipient.id == recipient_id:
            return recipient
    raise NotFoundError(f"topic {topic.name!r} has no recipient {recipient_id}")


def _as_new(recipient: Recipient) -> NewRecipient:
    return NewRecipient(recipient.channel, recipient.address, recipient.secret, recipient.routing)
