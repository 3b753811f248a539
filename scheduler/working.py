"""This process among those that share the work: its name, and its signs of life."""

from __future__ import annotations

import contextlib
import os
import secrets
import socket
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from scheduler.roles import Role, named
from storage import workers
from storage.database import Database
from storage.errors import StorageError
from storage.workers import Worker


class Working:
    """Says every so often that this process lives, what it counts, and why it can't work."""

    def __init__(
        self,
        db: Database,
        roles: frozenset[Role],
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
