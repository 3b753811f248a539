"""Alerts: matches that are delivered to a topic's recipients. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from storage.models.matches import QueryMatch


@dataclass(frozen=True, slots=True)
class Alert:
    """A match that is to be told: one for a story and topic, for ever.

    One of an update has a `change`, which names the article and its revision ("12/3", or "12/gone"
    when the page was removed), and says in `changes` what changed; there is one for a change.
    `held` says who of the recipients is not told, and why: (recipient id, reason). `original` names
    the story's original and its revision as they were told; it is empty where that is not known.
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
