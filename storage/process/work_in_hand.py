"""One piece of work in hand: counted before it begins, and as what it ended."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from datetime import datetime
from types import TracebackType
from typing import Self

from storage.errors import StorageError
from storage.process import quarantine
from storage.process.quarantine import Admission, Step
from storage.sql.database import Database


class WorkInHand:
    """What is done on one subject of a step; `begin` it, then do it within `async with`.

    An error within counts as a failure, and goes on. What the database or the end of the daemon
    broke off does not count.
    """

    def __init__(
        self, db: Database, step: Step, subject: int, clock: Callable[[], datetime]
    ) -> None:
        self._db = db
        self._step = step
        self._subject = subject
        self._clock = clock
        self._failed = False

    async def begin(self) -> Admission:
        """Count a try, unless the work is set aside."""
        return await self._db.write(quarantine.begin, self._step, self._subject, self._clock())

    async def failed(self, reason: str) -> bool:
        """Say that the work failed, though no error leaves it; True when it is set aside now."""
        self._failed = True
        return await self._db.write(
            quarantine.failed, self._step, self._subject, reason, self._clock()
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        _kind: type[BaseException] | None,
        error: BaseException | None,
        _traceback: TracebackType | None,
    ) -> None:
        if isinstance(error, StorageError | asyncio.CancelledError):
            with contextlib.suppress(StorageError):  # then it counts as begun, once too often
                await self._db.write(quarantine.put_back, self._step, [self._subject])
        elif error is not None:
            await self.failed(f"{type(error).__name__}: {error}")
        elif not self._failed:
            await self._db.write(quarantine.done, self._step, self._subject)
