"""Fills the hot state from the truth: what is due, and in Redis the texts too, whenever it was lost."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import structlog

from crawler.articles.known_texts import KnownTexts
from crawler.visits.due import dues_of_pages, dues_of_sources, fill_frontier
from scheduler.runtime.hot_state import HotState, SharedHotState
from scheduler.runtime.jobs import Job
from storage.crawl import sources
from storage.errors import HotStateError
from storage.sql.database import Database
from storage.stories import articles

_LOST_AFTER = timedelta(minutes=15)  # longer than a visit can take, with the lease on it
_MOST_SWEPT = 20_000
_RECENT = timedelta(minutes=30)


class HotStateSync:
    """The jobs that keep the hot state true to the database.

    A word that was lost between the two (a process was killed after it had stored a page, and
    before Redis knew) is found by the sweep: what is due for long and was not visited is put again,
    and articles whose texts are not in the index are indexed.
    """

    def __init__(
        self,
        db: Database,
        hot_state: HotState,
        texts: KnownTexts,
        clock: Callable[[], datetime],
        on_due: Callable[[], None],
    ) -> None:
        self._db = db
        self._hot_state = hot_state
        self._texts = texts
        self._clock = clock
        self._on_due = on_due
        self._version = -1
        self._log = structlog.get_logger("filling")

    def jobs(self) -> Sequence[Job]:
        """Return what only a hot state in Redis needs."""
        shared = self._hot_state.shared
        if shared is None:
            return []

        async def keep() -> None:
            await self._keep_whole(shared)

        async def sweep() -> None:
            await self._sweep(shared)

        return [
            Job("hot_state", timedelta(seconds=2), keep, recorded=False),
            Job("sweep", timedelta(minutes=5), sweep),
        ]

    async def follow_sources(self) -> None:
        """Take up what an operator added, paused or resumed in another process."""
        newest = await self._db.read(sources.version)
        if newest == self._version:
            return
        shared = self._hot_state.shared
        try:
            if shared is None:
                await fill_frontier(self._db, self._hot_state.frontier)
            elif await shared.frontier.whole():
                put, gone = await dues_of_sources(self._db)
                await shared.frontier.put_all(put)
                for key in gone:
                    await shared.frontier.remove(key)
            else:
                return  # it is filled with them
        except HotStateError as error:
            self._log.debug("sources_not_followed", reason=str(error))
            return
        self._version = newest
        self._on_due()

    async def _keep_whole(self, shared: SharedHotState) -> None:
        """Fill what is not whole; it is tried again while Redis is away."""
        try:
            await asyncio.gather(self._keep_frontier(shared), self._keep_texts(shared))
        except HotStateError as error:
            self._log.warning("hot_state_not_filled", reason=str(error))

    async def _keep_frontier(self, shared: SharedHotState) -> None:
        if await shared.frontier.whole():
            return
        self._log.info("frontier_is_filled")
        filler = await shared.frontier.begin()
        put, _ = await dues_of_sources(self._db)
        await filler.put_all(put)
        async for some in dues_of_pages(self._db):
            await filler.put_all(some)
        await filler.finish()
        self._log.info("frontier_filled", size=await shared.frontier.size())
        self._on_due()

    async def _keep_texts(self, shared: SharedHotState) -> None:
        """Index all texts of the window anew. Those stored meanwhile wait for the end of it."""
        index = shared.fingerprints
        if await index.whole():
            return
        expected = await self._db.read(articles.count_all)
        self._log.info("texts_are_filled", expected=expected)
        filler = await index.begin(expected)
        async for some in self._texts.every_text():
            await filler.add_all(some)
        await filler.finish()
        self._log.info("texts_filled", size=await index.size())

    async def _sweep(self, shared: SharedHotState) -> None:
        """Put again what should have been visited long ago."""
        before = self._clock() - _LOST_AFTER
        put = 0
        try:
            async for some in dues_of_pages(self._db, before=before, most=_MOST_SWEPT):
                await shared.frontier.put_all(some)
                put += len(some)
            late, _ = await dues_of_sources(self._db, before=before)
            await shared.frontier.put_all(late)
            added = await self._add_missing(shared)
        except HotStateError as error:
            self._log.warning("not_swept", reason=str(error))
            return
        if put or late or added:
            self._log.info("swept", pages=put, sources=len(late), texts=added)
            self._on_due()

    async def _add_missing(self, shared: SharedHotState) -> int:
        recent = await self._db.read(articles.ids_since, self._clock() - _RECENT)
        missing = await shared.fingerprints.missing(recent)
        for article_id, sketch, seen in await self._texts.sketches(missing):
            await shared.fingerprints.add(article_id, sketch, seen)
        return len(missing)
