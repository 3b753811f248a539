"""Host slots where several processes crawl: a host is asked by one of them at a time."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from datetime import datetime
from typing import Any

import structlog

from crawler.fetch.backoff import LONGEST_STRETCH
from crawler.fetch.refusal_scope import ITSELF, REFUSALS, BroughtBy, HostAnswer
from crawler.fetch.slots import PATIENCE, HostSlots, closed
from crawler.settings import FetchSettings
from crawler.urls.publishers import registrable_domain
from storage.errors import HotStateError
from storage.hot.holds import Hold, Holds

_SOONEST = 0.01  # seconds
_MARGIN = 15.0


class SharedSlots(HostSlots):
    """Takes a host in this process first, then from all of them.

    What a host refused to one process is told to the others (`tell`, `heard`): the holds say only
    when a host opens, and a refusal may be of a path, or of a whole domain.
    """

    def __init__(
        self,
        settings: FetchSettings,
        clock: Callable[[], datetime],
        holds: Holds,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        *,
        jitter: Callable[[], float],
    ) -> None:
        super().__init__(settings, clock, sleep, jitter=jitter)
        self._holds = holds
        self._held: dict[str, list[Hold]] = {}
        # Longer than any one request; a process that dies keeps its hosts for so long.
        self._hold_seconds = settings.timeout_seconds + _MARGIN
        self._own = secrets.token_hex(6)
        self.tell: Callable[[Any], None] | None = None
        self._log = structlog.get_logger("slots")

    def release(
        self,
        host: str,
        status: int | None,
        retry_after: datetime | None,
        *,
        url: str = "",
        ended: datetime | None = None,
        brought_by: BroughtBy = ITSELF,
    ) -> None:
        """Let the host go in this process; tell the others what it refused."""
        super().release(host, status, retry_after, url=url, ended=ended, brought_by=brought_by)
        if self.tell is not None and (status in REFUSALS or retry_after is not None):
            self.tell(
                {
                    "by": self._own,
                    "host": host,
                    "url": url,
                    "status": status,
                    "source": brought_by.source_id,
                    "foreign": brought_by.foreign,
                    "ended": (ended or self._clock()).isoformat(),
                    "retry_after": None if retry_after is None else retry_after.isoformat(),
                }
            )

    def heard(self, refusal: Any) -> None:  # noqa: ANN401 - what `tell` was given, through JSON
        """Take up what a host refused to another process."""
        if refusal["by"] == self._own:
            return
        host, until = str(refusal["host"]), refusal["retry_after"]
        ended = datetime.fromisoformat(refusal["ended"])
        answer = HostAnswer(
            ended,
            str(refusal["url"]),
            host,
            registrable_domain(host),
            refusal["status"],
            brought_by=BroughtBy(refusal["source"], refusal["foreign"]),
        )
        self._backoffs.answered(
            answer,
            retry_after=None if until is None else datetime.fromisoformat(until),
            stretch=LONGEST_STRETCH,
        )

    async def give_back(self, host: str) -> None:
        """Let other processes ask a host that was released, once it is open; its URL may be closed longer.

        Where Redis takes nothing the hold runs out by itself.
        """
        opens = self.open_at(host)
        for hold in self._held.pop(host, []):
            try:
                await self._holds.release(hold, self._clock(), opens)
            except HotStateError as error:
                self._log.debug("hold_not_released", host=host, reason=str(error))

    async def _taken(self, host: str) -> None:
        """Hold the host, and its domain where that has one slot. Raises HotStateError, HostClosedError."""
        names = [host]
        domain = registrable_domain(host)
        if self._is_shared(self._slot(host), domain):
            names.append(f"domain {domain}")
        held: list[Hold] = []
        self._held[host] = held
        async with AsyncExitStack() as undo:
            undo.push_async_callback(self.give_back, host)
            for name in names:  # each is to be given back, also when the next one is refused
                held.append(await self._hold(name, host))  # noqa: PERF401
            undo.pop_all()

    async def _hold(self, name: str, host: str) -> Hold:
        while True:
            now = self._clock()
            hold_or_opening = await self._holds.take(name, now, self._hold_seconds)
            if isinstance(hold_or_opening, Hold):
                return hold_or_opening
            wait = (hold_or_opening - now).total_seconds()
            if wait > PATIENCE + self.gap(host):
                raise closed(hold_or_opening)
            await self._sleep(max(wait, _SOONEST))
