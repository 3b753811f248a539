"""The time of this process: this machine's clock, set right by the database server's.

Machines that share the work must not disagree about who published first, when a lease ends or what
is due. Each measures now and then how far its own clock is off, halving the way there and back
(Cristian, “Probabilistic clock synchronization”, Distributed Computing 1989).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import structlog

from storage.process.leases import agreed_time
from storage.sql.database import Database

_WORTH_TELLING = timedelta(seconds=2)
_SLOW = timedelta(seconds=1)  # a measurement that took so long says little


class AgreedClock:
    """Tells the time by which all processes agree; `offset` is how far this machine is behind."""

    def __init__(self, own: Callable[[], datetime]) -> None:
        self._own = own
        self.offset = timedelta(0)
        self._measured = False
        self._log = structlog.get_logger("clock")

    def __call__(self) -> datetime:
        """Return the time."""
        return self._own() + self.offset

    async def measure(self, db: Database) -> None:
        """Ask the database's server for its time. Raises StorageError when it can't be asked."""
        if db.is_embedded:
            return
        before = self._own()
        there = await db.read(agreed_time, before)
        after = self._own()
        way = after - before
        if self._measured and not timedelta(0) <= way <= _SLOW:
            return
        offset = there - (before + way / 2)
        if abs(offset - self.offset) > _WORTH_TELLING:
            self._log.warning(
                "clock_is_off",
                seconds=round(offset.total_seconds(), 3),
                remedy="the database's time is used; let NTP set this machine's clock",
            )
        self.offset, self._measured = offset, True
