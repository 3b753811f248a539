"""Signs of life sent out, so that somebody notices when none come any more (a dead man's switch)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Protocol

import aiohttp
import structlog
from sqlalchemy import Connection

from scheduler.config.settings import HeartbeatSettings
from scheduler.diagnosis.judge import Facts, judge, of_the_daemon
from storage.reports.installation import installation_facts
from storage.sql.database import Database

_SECONDS = 20.0
_MOST_SAID = 1000  # characters of what is wrong


class CheckIn(Protocol):
    """Tells a monitor of Sentry how it is."""

    def __call__(self, monitor: str, *, well: bool, every_minutes: int) -> None:
        """Say that the daemon is well, or is not."""


class Heartbeat:
    """Says that the daemon works, or what does not; failing to say so is logged, no more."""

    def __init__(
        self,
        *,
        db: Database,
        session: aiohttp.ClientSession,
        settings: HeartbeatSettings,
        clock: Callable[[], datetime],
        check_in: CheckIn,
    ) -> None:
        self._db = db
        self._session = session
        self._settings = settings
        self._clock = clock
        self._check_in = check_in
        self._log = structlog.get_logger("heartbeat")

    async def beat(self) -> None:
        """Look whether all works, and give one sign."""
        broken = await self._db.read(daemon_problems, self._clock())
        settings = self._settings
        if settings.sentry_monitor is not None:
            self._check_in(
                settings.sentry_monitor, well=not broken, every_minutes=settings.every_minutes
            )
        url = settings.fail_url if broken else settings.url
        if url is not None:
            await self._post(str(url), "\n".join(broken)[:_MOST_SAID] or "well")

    async def _post(self, url: str, says: str) -> None:
        timeout = aiohttp.ClientTimeout(total=_SECONDS)
        try:
            async with self._session.post(
                url, data=says.encode(), allow_redirects=False, timeout=timeout
            ) as response:
                if response.status >= 300:  # noqa: PLR2004 - no success, as HTTP has it
                    self._log.warning("heartbeat_refused", status=response.status)
        except (TimeoutError, aiohttp.ClientError, OSError) as error:
            self._log.warning("heartbeat_failed", error=type(error).__name__)


def daemon_problems(conn: Connection, now: datetime) -> list[str]:
    """Return what does not work in the daemon itself, each in a sentence."""
    findings = judge(Facts(stored=installation_facts(conn, now)))
    return [finding.says for finding in of_the_daemon(findings)]
