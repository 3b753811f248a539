"""Who gets the next free place: hosts in turn by the time that their calls took, not first come first.

Start-time fair queueing (Goyal, Vin and Cheng, IEEE/ACM Transactions on Networking 5, 1997): a host whose
pages are slow waits behind others until they have taken as long, and one that was idle has saved nothing
up. Of several places a host that is slow leaves one to others.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

T = TypeVar("T")

SLOW_SECONDS = 1.0
"""A host whose last call took so long leaves a place free."""

_MOST_HOSTS = 1000  # that are remembered while nothing of theirs waits


@dataclass(slots=True)
class _HostShare:
    """What a host has had: `used` seconds on the queue's own clock, and the places that it holds now."""

    used: float = 0.0
    held: int = 0
    last_seconds: float = 0.0
    waiting: deque[asyncio.Future[object]] = field(default_factory=deque)

    @property
    def is_idle(self) -> bool:
        return not self.held and not self.waiting

    @property
    def expected(self) -> float:
        return self.used + self.held * self.last_seconds


class PlaceQueue(Generic[T]):
    """Gives places to hosts, each to one call at a time."""

    def __init__(self, places: Iterable[T]) -> None:
        self._free: deque[T] = deque(places)
        self._number = len(self._free)
        self._hosts: dict[str, _HostShare] = {}
        self._served = 0.0  # what the host had used that was served last

    async def take(self, host: str) -> T:
        """Wait for a place, and take it."""
        share = self._hosts.setdefault(host, _HostShare())
        if share.is_idle:
            share.used = max(share.used, self._served)
        future: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        share.waiting.append(future)  # type: ignore[arg-type]  # places of one kind
        self._serve()
        try:
            return await future
        except asyncio.CancelledError:
            if future.done() and not future.cancelled():
                self.give_back(host, future.result(), 0.0)
            raise

    def give_back(self, host: str, place: T, seconds: float) -> None:
        """Give a place back that a call held for so many seconds."""
        share = self._hosts[host]
        share.held -= 1
        share.used += seconds
        share.last_seconds = seconds
        self._free.append(place)
        self._serve()
        if len(self._hosts) > _MOST_HOSTS:
            self._hosts = {
                name: each
                for name, each in self._hosts.items()
                if not each.is_idle or each.used > self._served
            }

    def _serve(self) -> None:
        while self._free and (share := self._next()) is not None:
            future = share.waiting.popleft()
            if not future.done():
                share.held += 1
                self._served = max(self._served, share.used)
                future.set_result(self._free.popleft())

    def _next(self) -> _HostShare | None:
        """Return the host that had least of those that wait and may have one more."""
        wanted = (share for share in self._hosts.values() if share.waiting and self._may(share))
        return min(wanted, key=lambda share: share.expected, default=None)

    def _may(self, share: _HostShare) -> bool:
        is_slow = share.last_seconds >= SLOW_SECONDS
        return share.held < (max(1, self._number - 1) if is_slow else self._number)
