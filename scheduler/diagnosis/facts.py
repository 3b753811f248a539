"""The facts about an installation that its own processes gather for the judge."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from scheduler.diagnosis.judge import DaemonFacts, Facts, Finding, judge, unready
from scheduler.runtime.disk_guard import DiskGuard
from storage.errors import StorageError
from storage.process import counters
from storage.reports.installation import InstallationFacts
from storage.sql import migrate
from storage.sql.database import Database

_PATIENCE_SECONDS = 3.0

Unready = Callable[[], Awaitable[list[str]]]
"""Says why what a process needs beside the database is of no use just now, such as Redis."""


class FactsReader:
    """Gathers the facts of the process that it is in; `pid` is that of a daemon."""

    def __init__(
        self,
        db: Database,
        *,
        unready: Unready | None = None,
        room: DiskGuard | None = None,
        pid: int | None = None,
    ) -> None:
        self._db = db
        self._unready = unready
        self._room = room
        self._daemon = None if pid is None else DaemonFacts(pid)

    async def facts(self, stored: InstallationFacts) -> Facts:
        """Return all facts, those that are `stored` among them."""
        return Facts(
            stored=stored,
            daemon=self._daemon,
            shortage=self._shortage(),
            unready=tuple(await self._beside()),
        )

    async def findings(self, stored: InstallationFacts) -> tuple[Finding, ...]:
        """Return what the judge finds."""
        return judge(await self.facts(stored))

    async def problems(self, stored: InstallationFacts) -> list[tuple[str, str]]:
        """Return the code and the grade of each finding, as metrics count them."""
        return [(each.code.value, each.grade.name.lower()) for each in await self.findings(stored)]

    async def unready(self) -> list[Finding]:
        """Return why this process can't do its work; the database is written to and asked."""
        reasons = [*await self._of_database(), *await self._beside()]
        return unready(judge(Facts(shortage=self._shortage(), unready=tuple(reasons))))

    def _shortage(self) -> str:
        shortage = None if self._room is None else self._room.shortage()
        return "" if shortage is None else str(shortage)

    async def _beside(self) -> list[str]:
        if self._unready is None:
            return []
        try:
            async with asyncio.timeout(_PATIENCE_SECONDS):
                return await self._unready()
        except TimeoutError:
            return [f"Redis did not answer within {_PATIENCE_SECONDS:.0f} s"]

    async def _of_database(self) -> list[str]:
        try:
            async with asyncio.timeout(_PATIENCE_SECONDS):
                await self._db.write(counters.add, "readiness_probes", 1)
                current = await self._db.read(migrate.current_revision)
        except TimeoutError:
            return [f"the database took no write within {_PATIENCE_SECONDS:.0f} s"]
        except StorageError as error:
            return [str(error)]
        except RuntimeError:  # its threads take no more calls
            return ["the database is closed"]
        newest = migrate.newest_revision()
        if current != newest:
            return [f"the database has schema {current}, this version needs {newest}"]
        return []
