"""Stories that wait are shown to the topics; matches and changes become alerts with deliveries.

Claims rows of work, matches, and stores match, alert and outbox rows in the transaction that
removes the row: no crash can come between them.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlalchemy import Connection

from scheduler.query.archive_keys import keys_of
from scheduler.query.matching.document import document_of
from scheduler.runtime.lifecycle import result_or_error
from scheduler.runtime.poll_loop import AFTER_A_BUG, PollLoop
from scheduler.watch.alert_maker import AlertMaker, Composer, StoryUpdate, TopicMatch, record_match
from scheduler.watch.growth import growth_of
from scheduler.watch.live_topics import LiveTopics
from scheduler.watch.story_updates import ChangedOriginal, changed_original, updates_of
from storage.errors import StorageError
from storage.models.alerts import Alert
from storage.models.articles import Article
from storage.models.matches import MatchWork
from storage.models.stories import Story
from storage.process import quarantine
from storage.process.quarantine import Step
from storage.sql.database import Database
from storage.stories import archive, articles, stories
from storage.stories.archive_keys import ArchiveKeys
from storage.topics import match_work

_BATCH = 32
_LEASE_SECONDS = 60.0
HELD_BACKLOG = "backlog: listed when its source was first fetched"


@dataclass(frozen=True, slots=True)
class _StoryView:
    """What topics are shown of a story: its original, and the article that brought it up.

    `changed` is the original when it is that article and may have changed; `growth` are the updates
    that the story's copies make.
    """

    story: Story
    original: Article
    newest: Article
    changed: ChangedOriginal | None = None
    growth: tuple[StoryUpdate, ...] = ()


@dataclass(frozen=True, slots=True)
class _MatchResult:
    """What matched a story, its updates, and the keys by which the archive finds its article."""

    matches: Sequence[TopicMatch]
    updates: Sequence[StoryUpdate]
    keys: ArchiveKeys


class Watcher:
    """Matches until stopped. `on_outbox` is called when something is to be sent.

    One that is not `alone` leaves to others what they have claimed.
    """

    def __init__(
        self,
        *,
        db: Database,
        compose: Composer,
        clock: Callable[[], datetime],
        on_outbox: Callable[[], None],
        rng: random.Random,
        poll_seconds: float = 1.0,
        alone: bool = True,
    ) -> None:
        self._db = db
        self._alone = alone
        self._alerts = AlertMaker(compose)
        self._clock = clock
        self._on_outbox = on_outbox
        self._topics = LiveTopics(db, rng)
        self._loop = PollLoop("watcher", self._round, poll_seconds)
        self._log = structlog.get_logger("watcher")

    async def run(self) -> None:
        """Match what waits, then wait for more, until `stop`."""
        await self._release()
        await self._loop.run()

    async def stop(self) -> None:
        """End after the row in hand."""
        self._loop.stop()

    def wake(self) -> None:
        """Look for work now."""
        self._loop.wake()

    async def _release(self) -> None:
        """Take back what a killed daemon held, instead of waiting for its leases to end."""
        if not self._alone:
            return
        try:
            await self._db.write(match_work.release_all)
        except StorageError as error:  # then the leases end by themselves
            self._log.warning("release_failed", reason=str(error))

    async def _round(self) -> bool:
        """Match one batch; False when nothing waited."""
        claimed = await self._db.write(match_work.claim, self._clock(), _BATCH, _LEASE_SECONDS)
        # After the claim: a topic that was added before a story came must not miss it.
        await self._topics.follow()
        tried = await self._db.read(
            quarantine.tried, Step.MATCH, [row.article_id for row in claimed]
        )
        rows: Sequence[MatchWork] = [row for row in claimed if row.article_id not in tried]
        while rows and not self._loop.stopping:
            rows = await self._match(rows)
        for row in claimed:  # what failed, or had a process die over it, comes alone
            if row.article_id in tried and not self._loop.stopping:
                await self._match([row])
        return bool(claimed)

    async def _match(self, rows: Sequence[MatchWork]) -> Sequence[MatchWork]:
        """Match the first row of each story in one transaction; return the rows that are left."""
        alerted = await result_or_error(self._alert(rows))
        if not isinstance(alerted, Exception):
            return [row for row in rows if row.id not in alerted]
        # A row that fails is claimed again later; the others must not wait for it.
        if len(rows) == 1 and not isinstance(alerted, StorageError):
            await self._failed(rows[0], alerted)
            return ()
        await self._db.write(quarantine.put_back, Step.MATCH, [row.article_id for row in rows])
        if len(rows) == 1:
            self._log.warning("match_put_off", row=rows[0].id, reason=str(alerted))
            await self._loop.nap(AFTER_A_BUG)
            return ()
        for row in rows:
            if not self._loop.stopping:
                await self._match([row])
        return ()

    async def _failed(self, row: MatchWork, error: Exception) -> None:
        """Leave a row to be claimed again later, or set it aside when it failed before."""

        def record(conn: Connection) -> bool:
            reason, now = f"{type(error).__name__}: {error}", self._clock()
            aside = quarantine.failed(conn, Step.MATCH, row.article_id, reason, now)
            return aside and match_work.done(conn, row.id)

        aside = await self._db.write(record)
        self._log.error(
            "match_failed", story=row.story_id, row=row.id, set_aside=aside, exc_info=error
        )

    async def _alert(self, rows: Sequence[MatchWork]) -> Collection[int]:
        """Make the alerts of the first row of each story; return the rows that are done."""
        views = await self._db.read(_view_of_each, rows)
        if refused := await self._db.write(_begin, views, self._clock()):
            self._log.warning("match_set_aside", rows=sorted(refused))
            views = {row_id: view for row_id, view in views.items() if row_id not in refused}
        matches = {row_id: await self._matches(view) for row_id, view in views.items()}
        documents = [document_of(view.newest) for view in views.values()]
        keys = await asyncio.to_thread(lambda: [keys_of(document) for document in documents])
        updates = await asyncio.to_thread(
            lambda: [_updates(view, matches[row_id]) for row_id, view in views.items()]
        )
        results = [
            _MatchResult(matches[row_id], of_row, archive_keys)
            for row_id, of_row, archive_keys in zip(views, updates, keys, strict=True)
        ]
        made = await self._db.write(self._store_all, views, results)
        for alert in made:
            self._log.info(
                "alert_made",
                alert=alert.uid,
                topic=alert.topic_id,
                article=alert.article_id,
                story=alert.story_id,
                change=alert.change or None,
            )
        if made:
            self._on_outbox()
        return refused.union(views)

    async def _matches(self, view: _StoryView) -> list[TopicMatch]:
        """Match the original, and for topics that it does not match the newest article."""
        articles_shown = [view.original]
        if view.newest.id != view.original.id:
            articles_shown.append(view.newest)
        matches: dict[int, TopicMatch] = {}
        for article in articles_shown:
            for topic_id, matched in await self._topics.matches(article):
                matches.setdefault(topic_id, TopicMatch(topic_id, matched, article))
        return list(matches.values())

    def _store_all(
        self, conn: Connection, views: Mapping[int, _StoryView], results: Sequence[_MatchResult]
    ) -> list[Alert]:
        return [
            alert
            for (row_id, view), result in zip(views.items(), results, strict=True)
            for alert in self._store(conn, row_id, view, result)
        ]

    def _store(
        self, conn: Connection, row_id: int, view: _StoryView, result: _MatchResult
    ) -> list[Alert]:
        now, story = self._clock(), view.story
        made: list[Alert | None] = []
        for match in result.matches:
            if view.newest.backlog:
                record_match(conn, match, story, now, HELD_BACKLOG)
            else:
                made.append(self._alerts.alert_match(conn, match, story, view.original, now))
        made += [
            self._alerts.alert_update(conn, update, story, view.original, now)
            for update in result.updates
        ]
        archive.add(conn, view.newest, result.keys)
        match_work.done(conn, row_id)
        quarantine.done(conn, Step.MATCH, view.newest.id)
        return [alert for alert in made if alert is not None]


def _updates(view: _StoryView, matches: Sequence[TopicMatch]) -> Sequence[StoryUpdate]:
    changes = () if view.changed is None else tuple(updates_of(view.changed, matches))
    return (*changes, *view.growth)


def _begin(conn: Connection, views: Mapping[int, _StoryView], now: datetime) -> frozenset[int]:
    """Count a try at each row before the work; return those that are set aside, which are removed."""
    refused = frozenset(
        row_id
        for row_id, view in views.items()
        if not quarantine.begin(conn, Step.MATCH, view.newest.id, now)
    )
    for row_id in refused:
        match_work.done(conn, row_id)
    return refused


def _view_of_each(conn: Connection, rows: Sequence[MatchWork]) -> dict[int, _StoryView]:
    """Return the views of the first row of each story, by row: a later one waits for it."""
    views: dict[int, _StoryView] = {}
    stories_seen: set[int] = set()
    for row in rows:
        view = _view(conn, row)
        if view.story.id not in stories_seen:
            stories_seen.add(view.story.id)
            views[row.id] = view
    return views


def _view(conn: Connection, row: MatchWork) -> _StoryView:
    newest = articles.get(conn, row.article_id)
    story = stories.get(conn, newest.story_id)
    if story.root_article_id != newest.id:
        original = articles.get(conn, story.root_article_id)
        return _StoryView(story, original, newest, growth=growth_of(conn, story, original))
    changed, growth = changed_original(conn, story.id, newest), growth_of(conn, story, newest)
    return _StoryView(story, newest, newest, changed, growth)
