"""Stories that wait are shown to the topics; matches become alerts with their deliveries at once.

Claims rows of work, matches, and stores match, alert and outbox rows in the transaction that
removes the row: no crash can come between them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

import structlog
from sqlalchemy import Connection

from scheduler.rounds import AFTER_A_BUG, Rounds
from scheduler.watch.backtest.narrowing import keys_of
from scheduler.watch.language.reading import parse_query
from scheduler.watch.language.tree import Query
from scheduler.watch.matching.document import document_of
from scheduler.watch.matching.evaluate import Analysed, match_query
from scheduler.watch.matching.matcher import Matcher
from storage import alerts, archive, articles, matches, named_queries, outbox, stories, topics, work
from storage.database import Database
from storage.errors import QueryError
from storage.models import Alert, Article, Draft, Matched, MatchWork, Story, StoryMember, Topic

_BATCH = 32
_LEASE_SECONDS = 60.0
HELD_BACKLOG = "backlog: listed when its source was first fetched"


class Composer(Protocol):
    """Writes what the recipients of an alert are sent."""

    def __call__(
        self,
        *,
        alert: Alert,
        topic: Topic,
        story: Story,
        members: Sequence[StoryMember],
        article: Article,
    ) -> list[Draft]:
        """Give one draft for each of the topic's recipients."""


@dataclass(frozen=True, slots=True)
class _Shown:
    """What the topics are shown of a story: its original, and the article that brought it up."""

    story: Story
    original: Article
    newest: Article


class Watcher:
    """Matches until stopped. `on_outbox` is called when something is to be sent."""

    def __init__(
        self,
        *,
        db: Database,
        compose: Composer,
        clock: Callable[[], datetime],
        on_outbox: Callable[[], None],
        poll_seconds: float = 1.0,
    ) -> None:
        self._db = db
        self._compose = compose
        self._clock = clock
        self._on_outbox = on_outbox
        self._matcher = Matcher()
        self._queries: dict[int, Query] = {}
        self._version = -1
        self._rounds = Rounds("watcher", self._round, poll_seconds)
        self._log = structlog.get_logger("watcher")

    async def run(self) -> None:
        """Match what waits, then wait for more, until `stop`."""
        # What a killed daemon held, instead of waiting for its leases to end.
        await self._db.write(work.release_all)
        await self._rounds.run()

    async def stop(self) -> None:
        """End after the row in hand."""
        self._rounds.stop()

    def wake(self) -> None:
        """Look for work now."""
        self._rounds.wake()

    async def _round(self) -> bool:
        """Match one batch; False when nothing waited."""
        claimed = await self._db.write(work.claim, self._clock(), _BATCH, _LEASE_SECONDS)
        # After the claim: a topic that was added before a story came must not miss it.
        await self._reload()
        for row in claimed:
            if self._rounds.stopping:
                break
            await self._match(row)
        return bool(claimed)

    async def _reload(self) -> None:
        version = await self._db.read(topics.version)
        if version == self._version:
            return
        named = await self._db.read(named_queries.texts)
        for topic_id, query in await self._db.read(topics.changed_since, self._version):
            self._watch(topic_id, query, named)
        self._version = version

    def _watch(self, topic_id: int, query: str | None, named: dict[str, str]) -> None:
        """Watch a topic as it is now; one that is gone, or can't be read any more, no longer."""
        self._matcher.remove(topic_id)
        self._queries.pop(topic_id, None)
        if query is None:
            return
        try:
            parsed = parse_query(query, named)
        except QueryError as error:
            self._log.error("topic_unreadable", topic=topic_id, error=str(error))
            return
        self._matcher.add(topic_id, parsed)
        self._queries[topic_id] = parsed

    async def _match(self, row: MatchWork) -> None:
        try:
            shown = await self._db.read(_shown, row)
            found = self._matches(shown)
            told = await self._db.write(self._settle, row, shown, found)
        except Exception:  # noqa: BLE001 - the row is claimed again; others must not wait for it
            self._log.exception("match_failed", story=row.story_id, article=row.article_id)
            await self._rounds.nap(AFTER_A_BUG)
            return
        for alert in told:
            self._log.info("alert_made", alert=alert.uid, story=alert.story_id)
        if told:
            self._on_outbox()

    def _matches(self, shown: _Shown) -> list[tuple[int, Matched, Article]]:
        """Match the original, and for topics that it does not answer the newest article."""
        found = {t: (t, m, shown.original) for t, m in self._answers(shown.original)}
        if shown.newest.id != shown.original.id:
            for topic, matched in self._answers(shown.newest):
                found.setdefault(topic, (topic, matched, shown.newest))
        return list(found.values())

    def _answers(self, article: Article) -> Iterator[tuple[int, Matched]]:
        document = document_of(article)
        analysed = Analysed(document)
        for topic_id in self._matcher.match(document):
            matched = match_query(self._queries[topic_id], analysed)
            if matched is not None:
                yield topic_id, matched

    def _settle(
        self,
        conn: Connection,
        row: MatchWork,
        shown: _Shown,
        found: Sequence[tuple[int, Matched, Article]],
    ) -> list[Alert]:
        now = self._clock()
        held_by = HELD_BACKLOG if shown.newest.backlog else None
        told: list[Alert] = []
        for topic_id, matched, article in found:
            new = matches.record(
                conn,
                topic_id=topic_id,
                story_id=shown.story.id,
                article_id=article.id,
                matched=matched,
                now=now,
                held_by=held_by,
            )
            if new and held_by is None:
                topic = topics.by_id(conn, topic_id)
                told += self._tell(conn, (topic, matched, article), shown.story, now)
        archive.add(conn, shown.newest, keys_of(document_of(shown.newest)))
        work.done(conn, row.id)
        return told

    def _tell(
        self,
        conn: Connection,
        found: tuple[Topic, Matched, Article],
        story: Story,
        now: datetime,
    ) -> list[Alert]:
        topic, matched, article = found
        alert = alerts.create(
            conn,
            topic_id=topic.id,
            story_id=story.id,
            article_id=article.id,
            matched=matched,
            now=now,
        )
        if alert is None:
            return []
        members = stories.members(conn, story.id)
        drafts = self._compose(
            alert=alert, topic=topic, story=story, members=members, article=article
        )
        for draft in drafts:
            outbox.put(conn, alert_id=alert.id, draft=draft, now=now)
        return [alert]


def _shown(conn: Connection, row: MatchWork) -> _Shown:
    newest = articles.get(conn, row.article_id)
    story = stories.get(conn, newest.story_id)
    root = story.root_article_id
    return _Shown(story, newest if root == newest.id else articles.get(conn, root), newest)
