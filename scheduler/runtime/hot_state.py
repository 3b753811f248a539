"""The hot state of a process: in its own memory, or in Redis where several processes share it."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from crawler.articles.known_texts import FORM
from crawler.settings import CopySettings
from storage.errors import HotStateError
from storage.hot.fingerprints import Fingerprints
from storage.hot.fingerprints.memory import MemoryFingerprints
from storage.hot.fingerprints.shared import SharedFingerprints
from storage.hot.frontier import Frontier
from storage.hot.frontier.memory import MemoryFrontier
from storage.hot.frontier.shared import SharedFrontier
from storage.hot.holds import Holds
from storage.hot.holds.shared import SharedHolds
from storage.hot.redis.bus import SignalBus
from storage.hot.redis.connection import RedisConnection
from storage.hot.redis.live import LiveCounts
from storage.settings import StorageSettings

LEASE_SECONDS = 60.0
"""What a process that died held is given to others after so long; one that lives extends it."""

_BUCKETS = 4  # of the window: each one more is looked into at every look-up


@dataclass(frozen=True, slots=True)
class SharedHotState:
    """What is in Redis, by its own kinds: for who fills it, and who listens."""

    connection: RedisConnection
    frontier: SharedFrontier
    fingerprints: SharedFingerprints
    holds: SharedHolds
    bus: SignalBus
    live: LiveCounts


@dataclass(frozen=True, slots=True)
class HotState:
    """What changes with each visit, and can be built anew from the truth."""

    frontier: Frontier
    fingerprints: Fingerprints
    holds: Holds | None = None
    shared: SharedHotState | None = None

    async def unready_reasons(self) -> list[str]:
        """Say why it is of no use just now; nothing when it is."""
        if self.shared is None:
            return []
        reasons = []
        try:
            if not await self.shared.frontier.whole():
                reasons.append("Redis is being filled with what is due; the crawl waits for it")
            if not await self.shared.fingerprints.whole():
                reasons.append("Redis is being filled with the texts; the crawl waits for it")
        except HotStateError as error:
            reasons.append(str(error))
        return reasons

    async def last_minute(self, now: datetime) -> dict[str, int]:
        """Return what all processes did in the last whole minute; nothing where there is but one."""
        if self.shared is None:
            return {}
        try:
            return await self.shared.live.last_minute(now)
        except HotStateError:
            return {}

    def announcer(self, word: str) -> Callable[[], None]:
        """Return what tells other processes a word of `bus`; it tells nobody where there are none."""
        shared = self.shared
        return _tell_nobody if shared is None else functools.partial(shared.bus.publish, word)

    def on(self, word: str, action: Callable[[], None]) -> None:
        """Act when another process tells a word of `bus`; to be called before it listens."""
        if self.shared is not None:
            self.shared.bus.subscribe(word, lambda _what: action())

    async def close(self) -> None:
        """Close what was opened."""
        if self.shared is not None:
            await self.shared.bus.close()
            await self.shared.connection.close()


def open_hot_state(storage: StorageSettings, copies: CopySettings) -> HotState:
    """Return the hot state that the settings name. Redis is not asked before it is used."""
    if storage.redis is None:
        return HotState(MemoryFrontier(LEASE_SECONDS), MemoryFingerprints())
    connection = RedisConnection.at(storage.redis.get_secret_value(), prefix=storage.redis_prefix)
    window = timedelta(days=copies.window_days)
    shared = SharedHotState(
        connection=connection,
        frontier=SharedFrontier(connection, LEASE_SECONDS),
        fingerprints=SharedFingerprints(
            connection, form=FORM, window=window, bucket=window / _BUCKETS
        ),
        holds=SharedHolds(connection),
        bus=SignalBus(connection),
        live=LiveCounts(connection),
    )
    return HotState(shared.frontier, shared.fingerprints, shared.holds, shared)


def _tell_nobody() -> None:
    """Wake nobody: whoever is meant looks by itself."""
