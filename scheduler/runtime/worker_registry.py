"""This process among those that share the work: its name, and its signs of life."""

from __future__ import annotations

import asyncio
import contextlib
import os
import secrets
import socket
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from scheduler.config.roles import ProcessRole, named
from storage.errors import DataLockedError, StorageError
from storage.process import workers
from storage.process.workers import Worker
from storage.sql.database import Database

_ASKED_SO_OFTEN = int(workers.SIGN_OF_LIFE.total_seconds()) + 5  # once a second


class WorkerRegistry:
    """Says every so often that this process lives, what it counts, and why it can't work."""

    def __init__(
        self,
        db: Database,
        roles: frozenset[ProcessRole],
        clock: Callable[[], datetime],
        *,
        version: str,
        problem: Callable[[], str],
        numbers: Callable[[], dict[str, float]],
    ) -> None:
        host, pid, now = socket.gethostname(), os.getpid(), clock()
        self._db = db
        self._clock = clock
        self._problem = problem
        self._numbers = numbers
        # The number alone may come again, on another machine of the same name or after a restart.
        worker_id = f"{host}-{pid}-{secrets.token_hex(3)}"
        self._worker = Worker(worker_id, named(roles), host, pid, version, now, now)

    @property
    def id(self) -> str:
        """The name of this process; no other one ever has it."""
        return self._worker.id

    async def begin(self, *, shared: bool) -> None:
        """Take up the work, beside others where the hot state is `shared`.

        Each one's hot state is its own otherwise, and two would visit the same pages: so one that may
        only have died is waited for. Raises DataLockedError when it lives.
        """
        if not shared:
            await self._alone()
        await self.tell()

    async def _alone(self) -> None:
        for _ in range(_ASKED_SO_OFTEN):
            others = await self._db.read(workers.alive, self._clock())
            if not others:
                return
            await asyncio.sleep(1)
        raise DataLockedError(
            f"another Wirewatch ({others[0].id}) works on this database; stop it first, or "
            "set storage.redis: then they share the work",
            pid=others[0].pid,
        )

    async def tell(self) -> None:
        """Give a sign of life. Raises StorageError."""
        told = replace(
            self._worker,
            seen_at=self._clock(),
            problem=self._problem()[:500],
            numbers=self._numbers(),
        )
        await self._db.write(workers.seen, told)

    async def close(self) -> None:
        """Say that it ends; where nobody hears it, others notice."""
        with contextlib.suppress(StorageError):
            await self._db.write(workers.gone, self.id)
