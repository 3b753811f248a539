"""Signs of life sent out, so that somebody notices when none come any more (a dead man's switch)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Protocol

import aiohttp
import structlog
from sqlalchemy import Connection

from scheduler.config.settings import HeartbeatSettings
from storage.crawl import sources
from storage.delivery import endpoints, outbox
from storage.models.sources import SourceState
from storage.process import jobs
from storage.sql.database import Database

_SECONDS = 20.0
_MOST_SAID = 1000  # characters of what is wrong
_SILENCE = timedelta(hours=25)  # the slowest source is asked once a day
_UNDELIVERED = timedelta(hours=1)


class MonitorCheckIn(Protocol):
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
        check_in: MonitorCheckIn,
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
    """Say what does not work in the daemon itself; a site or a recipient that fails is none of it."""
    said = [f"the job {job.name} failed: {job.error}" for job in jobs.list_all(conn) if job.error]
    polled = [each for each in sources.list_all(conn) if each.state is SourceState.ACTIVE]
    seen = [each.health.last_success_at or each.added_at for each in polled]
    if seen and now - max(seen) > _SILENCE:
        said.append(f"no source could be read since {max(seen):%Y-%m-%d %H:%M} UTC")
    waiting = outbox.waits_since(conn, now, but_not=endpoints.unwell(conn))
    if waiting is not None and now - waiting > _UNDELIVERED:
        said.append(f"deliveries wait since {waiting:%Y-%m-%d %H:%M} UTC, and no recipient failed")
    return said
