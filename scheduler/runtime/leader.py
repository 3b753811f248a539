"""One of the schedulers leads: it does what is done every so often, and another takes over from it."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable, Sequence
from datetime import datetime

import structlog

from scheduler.runtime.jobs import END_SECONDS, Job, JobScheduler
from storage.errors import StorageError
from storage.process import leases
from storage.process.leases import ProcessLease
from storage.sql.database import Database

LEASE_SECONDS = 9.0
"""After so long a leader that is dead is replaced, and some seconds that its followers sleep."""

_RENEWED_AFTER = LEASE_SECONDS / 3
_ASKED_AGAIN_AFTER = 2.0
_STOPS_AFTER = LEASE_SECONDS * 2 / 3  # without a word from the database, before others may begin

JobsOf = Callable[[Database], Sequence[Job]]


class LeaderElection:
    """Takes the lease when it is free, and runs the jobs while it is ours.

    The jobs write through a database that refuses what comes after the lease was lost.
    """

    def __init__(
        self,
        db: Database,
        holder: str,
        jobs: JobsOf,
        clock: Callable[[], datetime],
        *,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._db = db
        self._holder = holder
        self._jobs = jobs
        self._clock = clock
        self._monotonic = monotonic
        self._held: ProcessLease | None = None
        self._renewed_at = 0.0
        self._running: JobScheduler | None = None
        self._stopping = asyncio.Event()
        self._log = structlog.get_logger("leader")

    @property
    def leads(self) -> bool:
        """Whether this process runs the jobs."""
        return self._running is not None

    async def run(self) -> None:
        """Lead or stand by, until `stop`."""
        while not self._stopping.is_set():
            await self._turn()
            seconds = _RENEWED_AFTER if self.leads else _ASKED_AGAIN_AFTER
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), seconds)
        await self._step_down()

    async def stop(self) -> None:
        """Stand by no longer; another one takes over at once."""
        self._stopping.set()

    async def _turn(self) -> None:
        asked_at = self._monotonic()
        try:
            async with asyncio.timeout(_STOPS_AFTER):
                held = await self._db.write(
                    leases.take, leases.SCHEDULER, self._holder, LEASE_SECONDS, self._clock()
                )
        except (StorageError, TimeoutError) as error:
            self._log.warning("lease_not_renewed", reason=str(error) or "no answer in time")
            if self.leads and self._monotonic() - self._renewed_at > _STOPS_AFTER:
                await self._end()
            return
        if held is not None:
            self._renewed_at = asked_at
        if held is None or (self._held is not None and held.token != self._held.token):
            await self._end()
        if held is not None and not self.leads:
            await self._begin(held)

    async def _begin(self, held: ProcessLease) -> None:
        guarded = self._db.guarded(lambda conn: leases.check(conn, held))
        running = JobScheduler(guarded, self._clock)
        await running.resume(self._jobs(guarded))
        self._held, self._running = held, running
        self._log.info("leads", holder=held.holder, token=held.token)

    async def _end(self, within: float = 0.0) -> None:
        if self._running is not None:
            await self._running.stop(within)
            self._log.info("leads_no_more", holder=self._holder)
        self._held = self._running = None

    async def _step_down(self) -> None:
        held = self._held
        await self._end(END_SECONDS)
        if held is not None:
            with contextlib.suppress(StorageError):  # then it runs out by itself
                await self._db.write(leases.give_back, held, self._clock())
