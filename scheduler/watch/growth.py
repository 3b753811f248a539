"""A story that was told has grown, or its original was found: told once each, to who wants updates."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from crawler.urls.publishers import publisher_of
from scheduler.watch.alert_maker import StoryUpdate
from storage.delivery import alerts, outbox
from storage.models.alerts import Alert
from storage.models.articles import Article
from storage.models.matches import Matched
from storage.models.stories import Story
from storage.stories import stories
from storage.topics import topics

GROWN = 5
"""Independent publishers that have copied a story by when it has grown."""

_SURE = 0.7  # of an original that takes the place of the one that was told
_MOST_NAMED = 6
_GREW, _ORIGINAL = "grew/", "original/"


@dataclass(frozen=True, slots=True)
class Member:
    """One of a story's articles: where it stands, and since when we know it."""

    article_id: int
    host: str
    first_seen: datetime


def growth_of(conn: Connection, story: Story, original: Article) -> tuple[StoryUpdate, ...]:
    """Say what of a story's growth is news to whom it was told; nothing for most stories."""
    story_ids = stories.with_merged(conn, story.id)
    by_topic: defaultdict[int, list[Alert]] = defaultdict(list)
    for alert in alerts.of_stories(conn, story_ids):
        by_topic[alert.topic_id].append(alert)
    if not by_topic:
        return ()
    wanted = [
        topic.id
        for topic in topics.kept(conn, list(by_topic))
        if any(recipient.routing.updates for recipient in topic.recipients)
    ]
    if not wanted:
        return ()
    members = [Member(*row) for row in stories.hosts(conn, story.id)]
    return tuple(
        StoryUpdate(
            topic_id=topic_id,
            change=change,
            says=(says,),
            matched=Matched(by_topic[topic_id][0].matched.clauses, ()),
            told=outbox.told_of(conn, topic_id, story_ids),
        )
        for topic_id in wanted
        for change, says in news(by_topic[topic_id], story, original, members)
    )


def news(
    told: Sequence[Alert], story: Story, original: Article, members: Sequence[Member]
) -> Iterator[tuple[str, str]]:
    """Yield what is new since a topic's alerts of a story were made: (change, sentence)."""
    changes = [alert.change for alert in told]
    if not _was_told(changes, _GREW):
        says = _grown(told[0].created_at, original, members)
        if says:
            yield f"{_GREW}{story.id}", says
    if not _was_told(changes, _ORIGINAL) and story.confidence >= _SURE:
        says = _found(told[0], original, {each.article_id: each for each in members})
        if says:
            yield f"{_ORIGINAL}{original.id}", says


def _grown(told_at: datetime, original: Article, members: Collection[Member]) -> str:
    """Say who has copied the story, when that passed the threshold since it was told."""
    own = publisher_of(original.host)
    before = {publisher_of(each.host) for each in members if each.first_seen <= told_at} - {own}
    by_now = {
        publisher_of(each.host): each.host for each in members if publisher_of(each.host) != own
    }
    if len(before) >= GROWN or len(by_now) < GROWN:
        return ""
    names = ", ".join(list(by_now.values())[:_MOST_NAMED])
    more = len(by_now) - _MOST_NAMED
    return (
        f"{len(by_now)} independent publishers have copied it by now: {names}"
        f"{f' and {more} more' if more > 0 else ''}."
    )


def _found(told: Alert, original: Article, members: Mapping[int, Member]) -> str:
    """Say that another article than the one that was told for the original was written first."""
    known = told.original.partition("/")[0]
    before = members.get(int(known)) if known.isdecimal() else None
    if before is None or publisher_of(before.host) == publisher_of(original.host):
        return ""
    return f"The original was found: {original.host} wrote it first, not {before.host}."


def _was_told(changes: Sequence[str], kind: str) -> bool:
    return any(change.startswith(kind) for change in changes)
