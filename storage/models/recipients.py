"""Recipients, and when they are told. Pure."""

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


class WatchMode(StrEnum):
    """Of which stories that match a recipient is told."""

    EVERY = "every"
    FIRST_OF_DAY = "first-of-day"
    SPIKE = "spike"  # the story with which a day's count is far over that of the 14 days before


@dataclass(frozen=True, slots=True)
class Routing:
    """When a recipient is told of a topic's matches.

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
    """Who is to be told of a topic's matches, before it is stored; `secret` signs webhooks."""

    channel: Channel
    address: str
    secret: str | None = None
    routing: Routing = Routing()


@dataclass(frozen=True, slots=True)
class Recipient:
    """Who is told of a topic's matches. `secret` signs webhooks and is shown once.

    `gathers_at` is when what waits for it is told together; None when nothing waits.
    """

    id: int
    topic_id: int
    channel: Channel
    address: str
    secret: str | None = field(default=None, repr=False)
    routing: Routing = Routing()
    gathers_at: datetime | None = None
