"""The request ledger's way to the database: lines are kept a moment and written together."""

from __future__ import annotations

from storage import fetches
from storage.database import Database
from storage.models import Fetch


class Ledger:
    """Collects visits; `flush` writes them. A killed process loses what was not flushed."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._lines: list[Fetch] = []

    def add(self, fetch: Fetch) -> None:
        """Take one visit."""
        self._lines.append(fetch)

    async def flush(self) -> None:
        """Write what was collected; it is kept when the database says no."""
        lines, self._lines = self._lines, []
        if not lines:
            return
        try:
            await self._db.write(fetches.add, lines)
        except BaseException:
            self._lines = lines + self._lines
            raise
