"""Keeps the recrawl policy on its course: the price of a request, and what all sources teach."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import Connection

from scheduler.config.roles import ALL_OF_IT, ProcessRole
from scheduler.recrawl.planner import RecrawlPlanner
from scheduler.recrawl.request_price import PriceState, topic_weights
from scheduler.recrawl.revisits import RevisionCounts
from scheduler.recrawl.rhythm import as_numbers, from_numbers, from_stored, usual_shape
from scheduler.recrawl.silence import Silence, silence_of
from scheduler.websub.subscriber import RELIED_DAYS
from storage.crawl import recrawl_state, sources, subscriptions
from storage.models.sources import Source
from storage.process import workers
from storage.sql.database import Database

_BASE, _OVER = "price base", "price over"
_MATCHED_DAYS, _REVISED_DAYS = 14, 14
_REVISIONS_EVERY = timedelta(minutes=10)
_GROWN_UP = timedelta(hours=26)  # an article that was looked at for the last time


class RecrawlController:
    """The jobs of the recrawl policy; a restart goes on with the price that was kept.

    Where several processes crawl, each of them steers its share of the requests by a price of its
    own, one of them learns, and all follow what it learned.
    """

    def __init__(
        self, db: Database, planner: RecrawlPlanner, clock: Callable[[], datetime]
    ) -> None:
        self._db = db
        self._planner = planner
        self._clock = clock
        self._steered_at = clock()
        self._revisions_read_at = self._steered_at - _REVISIONS_EVERY

    async def resume(self) -> None:
        """Take up the price and the usual shape that were kept."""
        numbers = await self._db.read(recrawl_state.get)
        state = replace(self._planner.state, usual=from_numbers(numbers))
        if _BASE in numbers:
            state = replace(state, price=PriceState(numbers[_BASE], numbers.get(_OVER, 0.0)))
        self._planner.adopt(state)

    async def steer(self) -> None:
        """Set the price by what was requested since the last time."""
        now = self._clock()
        self._planner.steer((now - self._steered_at).total_seconds() / 3600)
        self._steered_at = now
        price = self._planner.state.price
        await self._db.write(recrawl_state.put, {_BASE: price.base, _OVER: price.over}, now)

    async def steer_a_share(self) -> None:
        """Steer this process's share of the budget, and follow what was learned elsewhere."""
        now = self._clock()
        crawlers = await self._db.read(_crawlers, now)
        self._planner.adopt(replace(self._planner.state, share=1 / max(crawlers, 1)))
        await self.steer()
        await self._follow(now)

    async def learn(self, db: Database) -> None:
        """Learn what is usual, what the topics want, how often articles change."""
        now = self._clock()
        stored = await db.read(sources.list_all)
        rhythms = [from_stored(source.schedule.rhythm) for source in stored]
        usual = usual_shape(rhythm for rhythm in rhythms if rhythm is not None)
        self._planner.adopt(replace(self._planner.state, usual=usual))
        await self._read_revisions(now)
        counts = await db.read(recrawl_state.matched_articles, now - timedelta(days=_MATCHED_DAYS))
        silences = {
            source.id: silence.says
            for source in stored
            if (silence := _odd_silence(source)) is not None
        }
        await db.write(_keep, as_numbers(usual), topic_weights(counts), silences, now)

    async def _follow(self, now: datetime) -> None:
        usual = from_numbers(await self._db.read(recrawl_state.get))
        since = now - timedelta(days=RELIED_DAYS)
        pushed = await self._db.read(subscriptions.relied_on, now, since)
        self._planner.adopt(replace(self._planner.state, usual=usual, pushed=pushed))
        if now - self._revisions_read_at >= _REVISIONS_EVERY:
            self._revisions_read_at = now
            await self._read_revisions(now)

    async def _read_revisions(self, now: datetime) -> None:
        since = now - timedelta(days=_REVISED_DAYS)
        counts = await self._db.read(recrawl_state.revised_articles, since, now - _GROWN_UP)
        revisions = {source_id: RevisionCounts(*pair) for source_id, pair in counts.items()}
        self._planner.adopt(replace(self._planner.state, revisions=revisions))


def _crawlers(conn: Connection, now: datetime) -> int:
    """Count the processes that crawl."""
    whole = (ALL_OF_IT, ProcessRole.CRAWLER.value)
    return sum(
        not {*whole}.isdisjoint(worker.role.split("+")) for worker in workers.alive(conn, now)
    )


def _odd_silence(source: Source) -> Silence | None:
    silence = silence_of(source)
    return silence if silence is not None and silence.is_odd else None


def _keep(
    conn: Connection,
    usual: dict[str, float],
    weights: dict[int, float],
    silences: dict[int, str],
    now: datetime,
) -> None:
    recrawl_state.put(conn, usual, now)
    sources.set_quiet(conn, silences)
    sources.set_weights(conn, weights)
