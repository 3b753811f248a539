"""The request ledger's way to the database: lines are kept a moment and written together."""

from __future__ import annotations

import asyncio
import contextlib
from datetime import datetime

from sqlalchemy import Connection

from crawler.fetch.refusal_scope import REFUSALS
from scheduler.observability.metrics import Metrics
from storage.crawl import fetches
from storage.crawl.request_counts import FINE
from storage.errors import HotStateError
from storage.hot.redis import live
from storage.hot.redis.live import LiveCounts
from storage.models.fetches import Fetch
from storage.process import counters
from storage.sql.database import Database


class RequestLedger:
    """Collects visits; `flush` writes them. A killed process loses what was not flushed."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._lines: list[Fetch] = []
        self._writing: asyncio.Task[None] | None = None

    def add(self, fetch: Fetch) -> None:
        """Take one visit; what a host refused is written at once, to be kept after any crash."""
        self._lines.append(fetch)
        if fetch.status in REFUSALS or fetch.retry_after is not None:
            self._writing = asyncio.get_running_loop().create_task(self.flush())

    async def began(self) -> bool:
        """Begin to keep the ledger; whether whoever kept it before ended without closing it."""
        return await self._db.write(_began)

    async def close(self) -> None:
        """Write what was collected, and that nothing of it is lost."""
        await self.flush()
        await self._db.write(counters.put, counters.LEDGER_OPEN, 0)

    async def flush(self) -> None:
        """Write what was collected; it is kept when the database says no."""
        lines, self._lines = self._lines, []
        if not lines:
            return
        with contextlib.ExitStack() as undo:
            undo.callback(self._take_back, lines)
            await self._db.write(fetches.add, lines)
            undo.pop_all()

    def _take_back(self, lines: list[Fetch]) -> None:
        self._lines = lines + self._lines


class RequestCounter:
    """Takes every request of a process: into the ledger, the metrics, and the counts of all processes."""

    def __init__(self, ledger: RequestLedger, metrics: Metrics, live: LiveCounts | None) -> None:
        self._ledger = ledger
        self._metrics = metrics
        self._live = live
        self.total = 0

    def add(self, fetch: Fetch) -> None:
        """Take one request."""
        self.total += 1
        self._ledger.add(fetch)
        self._metrics.fetched(fetch)
        if self._live is not None:
            self._live.add(live.REQUESTS)
            self._live.add(live.BYTES, fetch.size)
            self._live.add(live.FAILED, int(fetch.outcome not in FINE))

    async def flush_live(self, now: datetime) -> None:
        """Add what was counted to the counts of all processes."""
        if self._live is not None:
            with contextlib.suppress(HotStateError):  # they are counted later, or by nobody
                await self._live.flush(now)


def _began(conn: Connection) -> bool:
    was_open = counters.get(conn, counters.LEDGER_OPEN) > 0
    counters.put(conn, counters.LEDGER_OPEN, 1)
    return was_open
