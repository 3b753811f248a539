"""Does a topic do what it is for: one that never matches, far too often, or can't; pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from storage.topics.topic_activity import DAYS, TopicActivity

_PATIENCE = timedelta(days=7)  # without a match, until someone should look
_TIMES_USUAL = 50
_LEAST_MATCHES = 20  # in a day; fewer are no flood, however seldom the topic matched before
_LEAST_DAYS = 3  # before today, for a rate to be usual


@dataclass(frozen=True, slots=True)
class TopicHealth:
    """`word` is new, matching, silent, flooded or broken; `says` is a sentence about it."""

    word: str
    says: str

    @property
    def needs_a_look(self) -> bool:
        """Whether an operator should read the query again."""
        return self.word in ("silent", "flooded", "broken")


def topic_health(topic: TopicActivity, now: datetime, unreadable: str = "") -> TopicHealth:
    """Judge a topic by its matches, a flood by its own 14 days before.

    `unreadable` says why its query can't be read, when that is so.
    """
    if unreadable:
        return TopicHealth("broken", f"its query can't be read, so nothing matches: {unreadable}")
    watched = now - topic.created_at
    days = min(float(DAYS), watched / timedelta(days=1) - 1)
    # As if there had been one match more: a topic that had none has a usual rate too.
    usual = (topic.before + 1) / max(days, 1.0)
    if topic.last_match is None:
        says = f"no match in {topic.articles:,} articles and {max(watched.days, 0)} days"
        return TopicHealth("silent" if watched >= _PATIENCE and topic.articles else "new", says)
    is_flood = topic.today >= max(_LEAST_MATCHES, _TIMES_USUAL * usual)
    if is_flood and days >= _LEAST_DAYS:
        return TopicHealth(
            "flooded",
            f"{topic.today:,} matches in 24 hours, {topic.today / usual:,.0f} times its usual rate",
        )
    return TopicHealth("matching", f"{topic.today:,} matches in 24 hours")
