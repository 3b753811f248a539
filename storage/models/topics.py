"""Topics: stored queries, and what operators say of their hits. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from storage.models.recipients import Recipient


@dataclass(frozen=True, slots=True)
class Topic:
    """A stored query with its recipients.

    `managed_by` names the file that it was applied from; `changed` is the version of all topics at
    which it was changed last. Of a muted topic, or one that is snoozed until a later time, matches
    are recorded and nobody is told.
    """

    id: int
    name: str
    query: str
    created_at: datetime
    recipients: tuple[Recipient, ...] = ()
    muted: bool = False
    snoozed_until: datetime | None = None
    managed_by: str | None = None
    changed: int = 0


@dataclass(frozen=True, slots=True)
class NamedQuery:
    """A query that others hold as `@name`."""

    name: str
    query: str
    changed_at: datetime
    managed_by: str | None = None


@dataclass(frozen=True, slots=True)
class Mark:
    """What an operator says of a topic's hit: it is what the topic is for, or noise."""

    topic_id: int
    article_id: int
    relevant: bool
    at: datetime
