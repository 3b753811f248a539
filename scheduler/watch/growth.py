"""Updates of a story that has grown since its alert, or whose original was found: each made once."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from crawler.urls.publishers import publisher_of
from scheduler.watch.alert_maker import StoryUpdate
from scheduler.watch.story_updates import alerts_to_update
from storage.delivery import outbox
from storage.models.alerts import Alert
from storage.models.articles import Article
from storage.models.matches import QueryMatch
from storage.models.stories import Story
from storage.stories import stories

GROWN = 5
"""Independent publishers that have copied a story by when it has grown."""

_SURE = 0.7  # of an original that takes the place of the one that alerts named
_MOST_NAMED = 6
_GREW, _ORIGINAL = "grew/", "original/"


@dataclass(frozen=True, slots=True)
class Member:
    """One of a story's articles: where it stands, and since when we know it."""

    article_id: int
    host: str
    first_seen: datetime


def growth_of(conn: Connection, story: Story, original: Article) -> tuple[StoryUpdate, ...]:
    """Return the updates that a story's growth makes; none for most stories."""
    by_topic = alerts_to_update(conn, story.id)
    if not by_topic:
        return ()
    members = [Member(*row) for row in stories.hosts(conn, story.id)]
    return tuple(
        StoryUpdate(
            topic_id=topic_id,
            article=original,
            revision=0,
            change=change,
            sentences=(sentence,),
            matched=QueryMatch(made[0].matched.clauses, ()),
            first_alerts=outbox.recipients_alerted(conn, [alert.id for alert in made]),
        )
        for topic_id, made in by_topic.items()
        for change, sentence in news(made, story, original, members)
    )


def news(
    made: Sequence[Alert], story: Story, original: Article, members: Sequence[Member]
) -> Iterator[tuple[str, str]]:
    """Yield what is new since a topic's alerts of a story were made: (change, sentence)."""
    changes = [alert.change for alert in made]
    if not _has(changes, _GREW):
        sentence = _growth(made[0].created_at, original, members)
        if sentence:
            yield f"{_GREW}{story.id}", sentence
    if not _has(changes, _ORIGINAL) and story.confidence >= _SURE:
        sentence = _other_original(made[0], original, {each.article_id: each for each in members})
        if sentence:
            yield f"{_ORIGINAL}{original.id}", sentence


def _growth(alerted_at: datetime, original: Article, members: Collection[Member]) -> str:
    """Say who has copied the story, when that passed the threshold since its first alert."""
    own = publisher_of(original.host)
    hosts = {publisher_of(member.host): member.host for member in members}
    hosts.pop(own, None)
    before = {publisher_of(member.host) for member in members if member.first_seen <= alerted_at}
    if len(before - {own}) >= GROWN or len(hosts) < GROWN:
        return ""
    names = ", ".join(list(hosts.values())[:_MOST_NAMED])
    more = len(hosts) - _MOST_NAMED
    return (
        f"{len(hosts)} independent publishers have copied it by now: {names}"
        f"{f' and {more} more' if more > 0 else ''}."
    )


def _other_original(alert: Alert, original: Article, members: Mapping[int, Member]) -> str:
    """Say that another article than the one of the alert was written first."""
    article_id = alert.original.partition("/")[0]
    before = members.get(int(article_id)) if article_id.isdecimal() else None
    if before is None or publisher_of(before.host) == publisher_of(original.host):
        return ""
    return f"The original was found: {original.host} wrote it first, not {before.host}."


def _has(changes: Sequence[str], kind: str) -> bool:
    return any(change.startswith(kind) for change in changes)
