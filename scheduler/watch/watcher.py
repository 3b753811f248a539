"""Stories that wait are shown to the topics; matches and changes become alerts with deliveries.

Claims rows of work, matches, and stores match, alert and outbox rows in the transaction that
removes the row: no crash can come between them.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlalchemy import Connection

from crawler.settings import CopySettings
from scheduler.query.archive_keys import keys_of
from scheduler.query.matching.document import document_of
from scheduler.runtime.lifecycle import result_or_error
from scheduler.runtime.poll_loop import AFTER_A_BUG, PollLoop
from scheduler.watch.alert_maker import AlertMaker, Composer, StoryUpdate, TopicMatch, hold_match
from scheduler.watch.alerted_texts import (
    NO_REPETITION,
    LineageTexts,
    Repetition,
    lineage_texts,
    repetition,
)
from scheduler.watch.growth import growth_of
from scheduler.watch.live_topics import LiveTopics
from scheduler.watch.story_updates import ChangedArticle, changed_article, is_gone, updates_of
from storage.errors import StorageError
from storage.models.alerts import Alert
from storage.models.articles import Article
from storage.models.matches import MatchWork, QueryMatch
from storage.models.stories import Story
from storage.process import quarantine
from storage.process.quarantine import Step
from storage.sql.database import Database
from storage.stories import archive, articles, stories
from storage.stories.archive_keys import ArchiveKeys
from storage.topics import match_work, matches

_BATCH = 32
_LEASE_SECONDS = 60.0
HELD_BACKLOG = "backlog: listed when its source was first fetched"


@dataclass(frozen=True, slots=True)
class _StoryView:
    """What topics are shown of a story: its original, and the article that brought it up.

    `changed` is that article when it may have changed; `growth` are the updates that the story's
    copies make.
    """

    story: Story
    original: Article
    newest: Article
    changed: ChangedArticle | None = None
    growth: tuple[StoryUpdate, ...] = ()


@dataclass(frozen=True, slots=True)
class _Hits:
    """What topics match of a story's original, and of the article that brought it up, by their ids."""

    original: Mapping[int, QueryMatch]
    newest: Mapping[int, QueryMatch]

    @property
    def topic_ids(self) -> Sequence[int]:
        """The topics that match either, the original's first."""
        return list(dict.fromkeys((*self.original, *self.newest)))


@dataclass(frozen=True, slots=True)
class _MatchResult:
    """What matched a story, what of it was told, and the keys by which the archive finds its article.

    `texts` and `repetition` are of stories that a topic matches.
    """

    hits: _Hits
    texts: LineageTexts | None
    repetition: Repetition
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
        copies: CopySettings,
        poll_seconds: float = 1.0,
        alone: bool = True,
    ) -> None:
        self._db = db
        self._alone = alone
        self._copies = copies
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
        """Make the alerts of the first row of each story; return the rows that are done.

        A row is not done when something was told of its story meanwhile: it is looked at again.
        """
        views = await self._db.read(_view_of_each, rows)
        if refused := await self._db.write(_begin, views, self._clock()):
            self._log.warning("match_set_aside", rows=sorted(refused))
            views = {row_id: view for row_id, view in views.items() if row_id not in refused}
        hits = {row_id: await self._hits(view) for row_id, view in views.items()}
        matched = {row_id: views[row_id] for row_id in views if hits[row_id].topic_ids}
        texts = await self._db.read(_texts_of_each, matched) if matched else {}
        results = await asyncio.to_thread(self._results, views, hits, texts)
        made, done = await self._db.write(self._store_all, views, results)
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
        return refused.union(done)

    async def _hits(self, view: _StoryView) -> _Hits:
        newest = dict(await self._topics.matches(view.newest))
        if view.newest.id == view.original.id:
            return _Hits(newest, newest)
        return _Hits(dict(await self._topics.matches(view.original)), newest)

    def _results(
        self,
        views: Mapping[int, _StoryView],
        hits: Mapping[int, _Hits],
        texts: Mapping[int, LineageTexts],
    ) -> Mapping[int, _MatchResult]:
        """Compare and cut texts: what takes time, and is done off the loop."""
        return {
            row_id: _MatchResult(
                hits=hits[row_id],
                texts=texts.get(row_id),
                repetition=(
                    repetition(texts[row_id], self._copies) if row_id in texts else NO_REPETITION
                ),
                updates=_updates(view, hits[row_id]),
                keys=keys_of(document_of(view.newest)),
            )
            for row_id, view in views.items()
        }

    def _store_all(
        self,
        conn: Connection,
        views: Mapping[int, _StoryView],
        results: Mapping[int, _MatchResult],
    ) -> tuple[list[Alert], set[int]]:
        made: list[Alert] = []
        done: set[int] = set()
        for row_id, view in views.items():
            texts = results[row_id].texts
            if texts is None or texts.is_current(conn):
                made += self._store(conn, row_id, view, results[row_id])
                done.add(row_id)
            else:
                quarantine.put_back(conn, Step.MATCH, [view.newest.id])
        return made, done

    def _store(
        self, conn: Connection, row_id: int, view: _StoryView, result: _MatchResult
    ) -> list[Alert]:
        now, story = self._clock(), view.story
        made: list[Alert | None] = []
        for match in _matches(view, result):
            if view.newest.backlog:
                hold_match(conn, match, story, now, HELD_BACKLOG)
            elif not _is_over(conn, view, match):
                repeated = result.repetition.of(match.article.id == view.original.id)
                made.append(
                    self._alerts.alert_match(conn, match, story, view.original, repeated, now)
                )
        made += [
            self._alerts.alert_update(conn, update, story, view.original, now)
            for update in result.updates
        ]
        archive.add(conn, view.newest, result.keys)
        match_work.done(conn, row_id)
        quarantine.done(conn, Step.MATCH, view.newest.id)
        return [alert for alert in made if alert is not None]


def _matches(view: _StoryView, result: _MatchResult) -> Iterator[TopicMatch]:
    """Yield what is told of a story: its original, or the article that brought it up.

    The original stands for its copies, until it was told: what is told from then on is the article
    that says something else, or that somebody did not hear of.
    """
    told = {alerted.topic_id for alerted in result.repetition.original.values()}
    is_copy = result.repetition.is_copy
    for topic_id in result.hits.topic_ids:
        original, newest = (of.get(topic_id) for of in (result.hits.original, result.hits.newest))
        if original is not None and is_copy and (newest is None or topic_id not in told):
            yield TopicMatch(topic_id, original, view.original)
        elif newest is not None:
            yield TopicMatch(topic_id, newest, view.newest)


def _is_over(conn: Connection, view: _StoryView, match: TopicMatch) -> bool:
    """Tell whether a match was recorded before, and the article came up since its page is gone."""
    is_known = matches.is_known(conn, match.topic_id, match.article.id)
    return is_known and is_gone(conn, view.newest)


def _updates(view: _StoryView, hits: _Hits) -> Sequence[StoryUpdate]:
    changes = () if view.changed is None else tuple(updates_of(view.changed, hits.newest))
    return (*changes, *view.growth)


def _begin(conn: Connection, views: Mapping[int, _StoryView], now: datetime) -> frozenset[int]:
    """Count a try at each row before the work; return those that are set aside.

    They are removed, but for those that come again by themselves: they do when their leases end.
    """
    admissions = {
        row_id: quarantine.begin(conn, Step.MATCH, view.newest.id, now)
        for row_id, view in views.items()
    }
    refused = {row_id: each for row_id, each in admissions.items() if not each.granted}
    for row_id, admission in refused.items():
        if admission.again_at is None:
            match_work.done(conn, row_id)
    return frozenset(refused)


def _view_of_each(conn: Connection, rows: Sequence[MatchWork]) -> dict[int, _StoryView]:
    """Return the views of the first row of each story, by row: a later one waits for it.

    So it does where the stories were one before, or are one now.
    """
    views: dict[int, _StoryView] = {}
    lineages: set[int] = set()
    for row in rows:
        view = _view(conn, row)
        if view.story.lineage_id not in lineages:
            lineages.add(view.story.lineage_id)
            views[row.id] = view
    return views


def _view(conn: Connection, row: MatchWork) -> _StoryView:
    newest = articles.get(conn, row.article_id)
    story = stories.get(conn, newest.story_id)
    is_original = story.root_article_id == newest.id
    original = newest if is_original else articles.get(conn, story.root_article_id)
    changed = changed_article(conn, story, newest)
    return _StoryView(story, original, newest, changed, growth_of(conn, story, original))


def _texts_of_each(conn: Connection, views: Mapping[int, _StoryView]) -> dict[int, LineageTexts]:
    return {
        row_id: lineage_texts(conn, view.story, view.newest, view.original)
        for row_id, view in views.items()
    }
