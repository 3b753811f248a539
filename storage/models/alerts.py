"""Alerts: matches that are delivered to a topic's recipients. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from storage.models.matches import QueryMatch


@dataclass(frozen=True, slots=True)
class Alert:
    """A match that is to be told: an article, in the words of one revision.

    One of an update has a `change`, which names the article and its revision ("12/3", or "12/gone"
    when the page was removed), and says in `changes` what changed; there is one for a change.
    `held` says who of the recipients is not told, and why: (recipient id, reason). `original` names
    the story's original and its revision as they were told; it is empty where that is not known.
    `story_id` is the story in which the article is now. One that tells no text, for it says only
    how a story grew, has the `revision` 0.
    """

    id: int
    uid: str
    topic_id: int
    story_id: int
    article_id: int
    created_at: datetime
    matched: QueryMatch
    change: str = ""
    changes: tuple[str, ...] = ()
    held: tuple[tuple[int, str], ...] = ()
    original: str = ""
    revision: int = 1


@dataclass(frozen=True, slots=True)
class AlertedText:
    """What an alert told: an article in the words of one revision, and to whom.

    `recipients` are (channel, address): who is taken off a topic and put on again was told. The
    text is empty when it is kept no more; it is `current` when it is what the article says now.
    An article that `stays` has not left its story since for a text that it says instead.
    """

    alert_id: int
    topic_id: int
    article_id: int
    story_id: int
    host: str
    text: str
    current: bool
    stays: bool
    recipients: frozenset[tuple[str, str]]
