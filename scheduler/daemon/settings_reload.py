"""Reading the settings anew on SIGHUP: all of them right, or the old ones stay, and it is said why."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import structlog

from crawler.extract.rules.records import AllRules
from scheduler.config import factories
from scheduler.config.loader import LoadedSettings
from scheduler.config.settings import Settings
from scheduler.observability import sentry
from storage.errors import ConfigError, WirewatchError
from storage.process import jobs
from storage.sql.database import Database

ReadSettings = Callable[[], LoadedSettings]


@dataclass(frozen=True, slots=True)
class PreparedSettings:
    """Settings that were found right, with the rules for single sites that go with them."""

    loaded: LoadedSettings
    rules: AllRules


def prepare(loaded: LoadedSettings, data: Path) -> PreparedSettings:
    """Check all that could stop a start. Raises WirewatchError."""
    return PreparedSettings(loaded, factories.site_rules(loaded.settings.extract, data))


def changed(old: Settings, new: Settings) -> Iterator[str]:
    """Name the settings that differ, section.name."""
    for section, model in new:
        before = getattr(old, section)
        for name, value in model:
            if getattr(before, name) != value:
                yield f"{section}.{name}"


def not_in_force(reread: ReadSettings, data: Path, now: PreparedSettings) -> str:
    """Return why the settings as they stand are not those that run `now`; nothing when they are."""
    try:
        found = prepare(reread(), data)
    except WirewatchError as error:
        return str(error)
    differing = list(changed(now.loaded.settings, found.loaded.settings))
    if found.rules != now.rules:
        differing.append("the rules for single sites")
    return f"{' and '.join(differing)} changed since they were read" if differing else ""


class SettingsReload:
    """Waits for SIGHUP, and gives settings only when they are right and differ.

    Where they are wrong, what runs goes on with the old ones; the reason is logged, and stands
    among the jobs, where the first page and `wirewatch status` show it.
    """

    def __init__(
        self,
        reread: ReadSettings,
        data: Path,
        db: Database,
        clock: Callable[[], datetime],
        *,
        job: str = jobs.RELOAD,
    ) -> None:
        self._job = job
        self._reread = reread
        self._data = data
        self._db = db
        self._clock = clock
        self._asked = asyncio.Event()
        self._anew = False
        self._log = structlog.get_logger("reload")
        asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, self.ask)

    def ask(self) -> None:
        """Read the settings again, as SIGHUP asks."""
        self._asked.set()

    def begin_anew(self) -> None:
        """Begin all parts anew with the settings that are in force."""
        self._anew = True
        self._asked.set()

    async def next(self, now: PreparedSettings) -> PreparedSettings:
        """Wait until other settings are there, and right, or all is to begin anew."""
        while True:
            await self._asked.wait()
            self._asked.clear()
            if self._anew:
                self._anew = False
                return now
            await self._db.write(jobs.started, self._job, self._clock())
            try:
                # The rules may have changed where no setting did.
                found = await asyncio.to_thread(lambda: prepare(self._reread(), self._data))
            except WirewatchError as error:
                await self.refused(error)
                continue
            differing = list(changed(now.loaded.settings, found.loaded.settings))
            fixed = [name for name in differing if name.startswith("storage.")]
            if fixed:
                says = f"{' and '.join(fixed)} can't change while it runs; restart it"
                await self.refused(ConfigError(says))
                continue
            self._log.info("reloading", changed=differing, rules=found.rules != now.rules)
            if differing or found.rules != now.rules:
                return found
            await self.taken()

    async def taken(self) -> None:
        """Keep that the settings are in force."""
        await self._db.write(jobs.finished, self._job, self._clock())
        self._log.info("reloaded")

    async def refused(self, error: WirewatchError) -> None:
        """Keep that the old settings are in force, and why."""
        says = f"the old settings stay: {error}"
        await self._db.write(jobs.finished, self._job, self._clock(), says)
        self._log.error("reload_refused", reason=str(error))


async def first_of(
    stopping: asyncio.Event, following: Awaitable[PreparedSettings]
) -> PreparedSettings | None:
    """Wait for the end (None), or for settings to go on with."""
    ends, goes_on = asyncio.ensure_future(stopping.wait()), asyncio.ensure_future(following)
    try:
        await asyncio.wait((ends, goes_on), return_when=asyncio.FIRST_COMPLETED)
        return None if stopping.is_set() else goes_on.result()
    finally:
        for each in (ends, goes_on):
            each.cancel()


def apply_logging(loaded: LoadedSettings) -> None:
    """Log, and tell Sentry, by other settings."""
    sentry.set_up(loaded.settings)
