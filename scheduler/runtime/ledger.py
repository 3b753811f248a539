"""The request ledger's way to the database: lines are kept a moment and written together."""

from __future__ import annotations

import asyncio
import contextlib

from sqlalchemy import Connection

from crawler.fetch.refusal_scope import REFUSALS
from storage.crawl import fetches
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


def _began(conn: Connection) -> bool:
    was_open = counters.get(conn, counters.LEDGER_OPEN) > 0
    counters.put(conn, counters.LEDGER_OPEN, 1)
    return was_open
