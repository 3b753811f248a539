"""Stories that wait are shown to the topics; matches and changes become alerts with deliveries.

Claims rows of work, matches, and stores match, alert and outbox rows in the transaction that
removes the row: no crash can come between them.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlalchemy import Connection

from scheduler.query.archive_keys import keys_of
from scheduler.query.matching.document import document_of
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
from storage.sql.database import Database
from storage.stories import archive, articles, stories
from storage.stories.archive_keys import Keys
from storage.topics import match_work

_BATCH = 32
_LEASE_SECONDS = 60.0
HELD_BACKLOG = "backlog: listed when its source was first fetched"


@dataclass(frozen=True, slots=True)
class _StoryView:
    """What the topics are shown of a story: its original, and the article that brought it up.

    `known` says what was told of the original, when it is that one and may have changed; `growth`
    what of the story's copies is news to whom it was told.
    """

    story: Story
    original: Article
    newest: Article
    known: ChangedOriginal | None = None
    growth: tuple[StoryUpdate, ...] = ()


@dataclass(frozen=True, slots=True)
class _MatchResult:
    """What came of it: matches, changes to be told, and the keys by which the archive finds it."""

    hits: Sequence[TopicMatch]
    updates: Sequence[StoryUpdate]
    keys: Keys


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
        self._teller = AlertMaker(compose)
        self._clock = clock
        self._on_outbox = on_outbox
        self._watched = LiveTopics(db, rng)
        self._rounds = PollLoop("watcher", self._round, poll_seconds)
        self._log = structlog.get_logger("watcher")

    async def run(self) -> None:
        """Match what waits, then wait for more, until `stop`."""
        await self._release()
        await self._rounds.run()

    async def stop(self) -> None:
        """End after the row in hand."""
        self._rounds.stop()

    def wake(self) -> None:
        """Look for work now."""
        self._rounds.wake()

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
        await self._watched.follow()
        rows: Sequence[MatchWork] = claimed
        while rows and not self._rounds.stopping:
            rows = await self._match(rows)
        return bool(claimed)

    async def _match(self, rows: Sequence[MatchWork]) -> Sequence[MatchWork]:
        """Match the first row of each story in one transaction; the rows that are left."""
        try:
            shown = await self._db.read(_shown_of_each, rows)
            await self._tell(shown)
        except Exception:  # noqa: BLE001 - a row is claimed again; others must not wait for it
            if len(rows) == 1:
                self._log.exception("match_failed", story=rows[0].story_id, row=rows[0].id)
                await self._rounds.nap(AFTER_A_BUG)
                return ()
            for row in rows:  # find the one that fails
                if not self._rounds.stopping:
                    await self._match([row])
            return ()
        return [row for row in rows if row.id not in shown]

    async def _tell(self, shown: Mapping[int, _StoryView]) -> None:
        hits = {row_id: await self._hits(each) for row_id, each in shown.items()}
        documents = [document_of(each.newest) for each in shown.values()]
        keys = await asyncio.to_thread(lambda: [keys_of(document) for document in documents])
        found = [
            _MatchResult(hits[row_id], _updates(each, hits[row_id]), kept)
            for (row_id, each), kept in zip(shown.items(), keys, strict=True)
        ]
        told = await self._db.write(self._settle_all, shown, found)
        for alert in told:
            self._log.info(
                "alert_made",
                alert=alert.uid,
                topic=alert.topic_id,
                article=alert.article_id,
                story=alert.story_id,
                change=alert.change or None,
            )
        if told:
            self._on_outbox()

    async def _hits(self, shown: _StoryView) -> list[TopicMatch]:
        """Match the original, and for topics that it does not answer the newest article."""
        answers = self._watched.answers
        found = {t: TopicMatch(t, m, shown.original) for t, m in await answers(shown.original)}
        if shown.newest.id != shown.original.id:
            for topic, matched in await answers(shown.newest):
                found.setdefault(topic, TopicMatch(topic, matched, shown.newest))
        return list(found.values())

    def _settle_all(
        self, conn: Connection, shown: Mapping[int, _StoryView], found: Sequence[_MatchResult]
    ) -> list[Alert]:
        return [
            alert
            for (row_id, each), what in zip(shown.items(), found, strict=True)
            for alert in self._settle(conn, row_id, each, what)
        ]

    def _settle(
        self, conn: Connection, row_id: int, shown: _StoryView, found: _MatchResult
    ) -> list[Alert]:
        now, story = self._clock(), shown.story
        told: list[Alert | None] = []
        for hit in found.hits:
            if shown.newest.backlog:
                record_match(conn, hit, story, now, HELD_BACKLOG)
            else:
                told.append(self._teller.tell_story(conn, hit, story, shown.original, now))
        told += [
            self._teller.tell_update(conn, update, story, shown.original, now)
            for update in found.updates
        ]
        archive.add(conn, shown.newest, found.keys)
        match_work.done(conn, row_id)
        return [alert for alert in told if alert is not None]


def _updates(shown: _StoryView, hits: Sequence[TopicMatch]) -> Sequence[StoryUpdate]:
    changes = () if shown.known is None else tuple(updates_of(shown.known, hits))
    return (*changes, *shown.growth)


def _shown_of_each(conn: Connection, rows: Sequence[MatchWork]) -> dict[int, _StoryView]:
    """Return what is shown for each row, of the first one of each story: a later one waits for it."""
    found: dict[int, _StoryView] = {}
    stories_seen: set[int] = set()
    for row in rows:
        shown = _shown(conn, row)
        if shown.story.id not in stories_seen:
            stories_seen.add(shown.story.id)
            found[row.id] = shown
    return found


def _shown(conn: Connection, row: MatchWork) -> _StoryView:
    newest = articles.get(conn, row.article_id)
    story = stories.get(conn, newest.story_id)
    if story.root_article_id != newest.id:
        original = articles.get(conn, story.root_article_id)
        return _StoryView(story, original, newest, growth=growth_of(conn, story, original))
    known, growth = changed_original(conn, story.id, newest), growth_of(conn, story, newest)
    return _StoryView(story, newest, newest, known, growth)
