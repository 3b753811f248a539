"""The facts about an installation that its own processes gather for the judge."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from scheduler.diagnosis.judge import (
    DaemonFacts,
    Facts,
    Finding,
    InstallationHealth,
    health,
    judge,
    unready,
)
from scheduler.runtime.disk_guard import DiskGuard
from storage.errors import StorageError
from storage.process import counters
from storage.reports.installation import InstallationFacts, installation_facts
from storage.sql import migrate
from storage.sql.database import Database

_PATIENCE_SECONDS = 3.0

Unready = Callable[[], Awaitable[list[str]]]
"""Says why what a process needs beside the database is of no use just now, such as Redis."""


@dataclass(frozen=True, slots=True)
class Readiness:
    """Why a process can't do its work, empty when it can, and how the whole installation is."""

    reasons: tuple[str, ...]
    health: InstallationHealth

    def as_json(self) -> dict[str, object]:
        """Return what `/readyz` answers to who may know."""
        broken = [each for each in self.health.findings if each.is_broken]
        return {
            "ready": not self.reasons,
            "reasons": list(self.reasons),
            "status": self.health.verdict.name.lower(),
            "problems": [{"code": each.code, "remedy": each.remedy} for each in broken],
        }


class FactsReader:
    """Gathers the facts of the process that it is in; `pid` is that of a daemon."""

    def __init__(
        self,
        db: Database,
        clock: Callable[[], datetime],
        *,
        unready: Unready | None = None,
        room: DiskGuard | None = None,
        pid: int | None = None,
    ) -> None:
        self._db = db
        self._clock = clock
        self._unready = unready
        self._room = room
        self._daemon = None if pid is None else DaemonFacts(pid)

    async def facts(self, stored: InstallationFacts) -> Facts:
        """Return all facts, those that are `stored` among them."""
        return await self._now(stored, ())

    async def findings(self, stored: InstallationFacts) -> tuple[Finding, ...]:
        """Return what the judge finds."""
        return judge(await self.facts(stored))

    async def problems(self, stored: InstallationFacts) -> list[tuple[str, str]]:
        """Return the code and the grade of each finding, as metrics count them."""
        return [(each.code.value, each.grade.name.lower()) for each in await self.findings(stored)]

    async def unready(self) -> list[Finding]:
        """Return why this process can't do its work; the database is written to and asked."""
        away = await self._of_database()
        return unready(judge(await self._now(None, away)))

    async def readiness(self) -> Readiness:
        """Return whether this process can do its work, and how the whole installation is."""
        away = await self._of_database()
        judged = health(await self._now(None if away else await self._stored(), away))
        reasons = tuple(finding.reason for finding in unready(judged.findings))
        return Readiness(reasons, judged)

    async def _now(self, stored: InstallationFacts | None, away: Sequence[str]) -> Facts:
        return Facts(
            stored=stored,
            daemon=self._daemon,
            shortage=self._shortage(),
            unready=(*away, *await self._beside()),
        )

    async def _stored(self) -> InstallationFacts | None:
        try:
            async with asyncio.timeout(_PATIENCE_SECONDS):
                return await self._db.read(installation_facts, self._clock())
        except (TimeoutError, StorageError):  # it answered a moment ago
            return None

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
