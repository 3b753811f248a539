"""What a topic's feeds say: its newest alerts, each with its original; read from the store."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from scheduler.alerts.passage import passage
from storage.delivery import alerts
from storage.models.alerts import Alert
from storage.stories import articles, stories
from storage.topics import topics

_MOST = 50


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """A story that was told; `url` is the original's, or the best copy's where that is not crawled."""

    uid: str
    title: str
    url: str
    publisher: str
    authors: tuple[str, ...]
    summary: str
    at: datetime
    published: datetime | None
    copies: int
    story_id: int


@dataclass(frozen=True, slots=True)
class TopicFeed:
    """A topic's feed, the newest entry first."""

    topic: str
    query: str
    entries: tuple[FeedEntry, ...]
    changed_at: datetime


def topic_feed(conn: Connection, topic_id: int) -> TopicFeed:
    """Read a topic's feed. Raises NotFoundError."""
    topic = topics.by_id(conn, topic_id)
    told = [alert for alert in alerts.of_topic(conn, topic_id, _MOST) if not alert.change]
    found = tuple(_entry(conn, alert) for alert in told)
    changed = max((entry.at for entry in found), default=topic.created_at)
    return TopicFeed(topic.name, topic.query, found, changed)


def _entry(conn: Connection, alert: Alert) -> FeedEntry:
    story = stories.get(conn, alert.story_id)
    original = articles.get(conn, story.root_article_id)
    matched = articles.get(conn, alert.article_id)
    return FeedEntry(
        uid=alert.uid,
        title=original.title or matched.title or original.url,
        url=original.url,
        publisher=story.named_publisher or original.site or original.host,
        authors=original.authors,
        summary="".join(each.text for each in passage(matched, alert.matched.highlights)),
        at=alert.created_at,
        published=original.dates.published,
        copies=len(stories.member_ids(conn, story.id)) - 1,
        story_id=story.id,
    )
