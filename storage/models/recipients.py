"""Recipients, and when alerts are delivered to them. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from datetime import datetime, time


class Channel(StrEnum):
    EMAIL = "email"
    WEBHOOK = "webhook"
    APPRISE = "apprise"  # any service that Apprise speaks; the address is its URL


RecipientKey = tuple[Channel, str]


def recipient_key(channel: Channel, address: str) -> RecipientKey:
    """Return what all spellings of one recipient have in common.

    A relay is given the capitals of a mailbox as they were typed (RFC 5321, 2.4), but no two people
    have addresses that differ in them alone.
    """
    return channel, address.casefold() if channel is Channel.EMAIL else address


class WatchMode(StrEnum):
    """Which of the stories that match are delivered to a recipient."""

    EVERY = "every"
    FIRST_OF_DAY = "first-of-day"
    SPIKE = "spike"  # the story with which a day's count is far over that of the 14 days before


@dataclass(frozen=True, slots=True)
class Routing:
    """When a topic's alerts are delivered to a recipient.

    Between `quiet_from` and `quiet_until`, local times of the IANA `time_zone`, deliveries wait;
    the days of the modes are those of that zone too. Who is muted, or snoozed until a later time,
    is not told. With `updates` a told story's changes are told too. With a `digest` (a schedule) all
    is told together at its times; beyond `most_an_hour`, the rest of an hour in one summary.
    """

    mode: WatchMode = WatchMode.EVERY
    updates: bool = False
    time_zone: str = "UTC"
    quiet_from: time | None = None
    quiet_until: time | None = None
    muted: bool = False
    snoozed_until: datetime | None = None
    digest: str = ""
    most_an_hour: int | None = None


class NewRecipient(NamedTuple):
    """A recipient of a topic's alerts before it is stored; `secret` signs webhooks.

    `headers` go with each call of a webhook, "Name: value" a line; None leaves those that it has.
    """

    channel: Channel
    address: str
    secret: str | None = None
    routing: Routing = Routing()
    headers: str | None = None

    @property
    def key(self) -> RecipientKey:
        """Return what all spellings of it have in common."""
        return recipient_key(self.channel, self.address)


@dataclass(frozen=True, slots=True)
class Recipient:
    """A recipient of a topic's alerts. `secret` signs webhooks and is shown once.

    `headers` go with each call of a webhook, "Name: value" a line; no value is ever shown.
    `digest_at` is when its next digest is put together; None when nothing waits for one.
    """

    id: int
    topic_id: int
    channel: Channel
    address: str
    secret: str | None = field(default=None, repr=False)
    routing: Routing = Routing()
    digest_at: datetime | None = None
    headers: str | None = field(default=None, repr=False)

    @property
    def key(self) -> RecipientKey:
        """Return what all spellings of it have in common."""
        return recipient_key(self.channel, self.address)

    @property
    def digest_key(self) -> tuple[RecipientKey, str, str]:
        """Return what those have in common who are told in one message, whatever their topics."""
        return self.key, self.routing.digest, self.routing.time_zone
