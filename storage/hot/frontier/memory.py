"""The frontier in process memory: a heap of due URLs for each host, a heap of hosts by readiness."""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import count

from storage.hot.frontier import Due, FrontierKey, Lease, Settlement

_LONG_AGO = datetime.min.replace(tzinfo=UTC)


@dataclass(slots=True)
class _Host:
    """What waits at one host. Entries of `waiting` that no longer hold are skipped when they surface."""

    waiting: list[tuple[datetime, int, FrontierKey]] = field(
        default_factory=list
    )  # due, order, key
    open_at: datetime = _LONG_AGO
    leased: int | None = None  # the token of the lease that keeps it closed
    rank: int = 0  # names the newest entry of this host in the heaps of hosts
    entry: tuple[datetime, int] | None = None  # what that entry says: when, and which URL


class MemoryFrontier:
    """Due URLs by host; every step costs O(log n).

    A host waits by the moment when it could next give a URL. A newer entry replaces it by carrying a
    higher rank; old ones are dropped as they surface.
    Not for several threads: all calls come from one event loop.
    """

    def __init__(self, lease_seconds: float) -> None:
        self._lease_time = timedelta(seconds=lease_seconds)
        self._order = count(1)
        self._waiting: dict[FrontierKey, tuple[int, Due]] = {}
        self._leases: dict[int, Lease] = {}
        self._leased_keys: dict[FrontierKey, int] = {}
        self._forgotten: set[int] = set()  # tokens of leases whose URL was removed or put anew
        self._expiries: list[tuple[datetime, int]] = []
        self._hosts: dict[str, _Host] = {}
        self._closed: list[tuple[datetime, int, str]] = []  # when it gives something, rank, host

    async def put(self, due: Due) -> None:
        """Add a URL, or move one of the same key to another time.

        A URL put while it is leased waits beside its lease, and is not due again by its expiry.
        """
        self._forget_lease_of(due.key)
        self._wait(due)

    async def put_all(self, dues: Sequence[Due]) -> None:
        """Add or move many."""
        for due in dues:
            await self.put(due)

    async def remove(self, key: FrontierKey) -> None:
        """Forget a URL; a lease on it stays valid until settled, and settles to nothing."""
        self._forget_lease_of(key)
        entry = self._waiting.pop(key, None)
        if entry:
            self._schedule(entry[1].host)

    async def claim(self, now: datetime, limit: int) -> list[Lease]:
        """Hand out up to `limit` due URLs, each of a host that is open at `now`, ready longest first."""
        self._expire(now)
        self._discard_stale()
        leases: list[Lease] = []
        while self._closed and self._closed[0][0] <= now and len(leases) < limit:
            leases.append(self._lease(heapq.heappop(self._closed)[2], now))
            self._discard_stale()
        return leases

    async def extend(self, leases: Sequence[Lease], now: datetime) -> None:
        """Let leases that still hold run out later: their visits are being made."""
        self._expire(now)
        for lease in leases:
            current = self._leases.get(lease.token)
            if current is not None:
                longer = replace(current, expires_at=now + self._lease_time)
                self._leases[lease.token] = longer
                heapq.heappush(self._expiries, (longer.expires_at, lease.token))

    async def settle(self, lease: Lease, *, host_open_at: datetime) -> bool:
        """Return a lease back; the host opens again at `host_open_at`. False when it had run out."""
        if self._leases.pop(lease.token, None) is None:
            return False
        self._release(lease)
        host = self._hosts.setdefault(lease.due.host, _Host())
        host.open_at = max(host.open_at, host_open_at)
        self._schedule(lease.due.host)
        return True

    async def settle_all(self, settled: Sequence[Settlement]) -> list[bool]:
        """Return many leases back, each as `settle` does; what is due `again` is put in the same step."""
        done: list[bool] = []
        for settlement in settled:
            done.append(await self.settle(settlement.lease, host_open_at=settlement.host_open_at))
            if done[-1] and settlement.again is not None:
                await self.put(settlement.again)
        return done

    async def next_at(self, now: datetime) -> datetime | None:
        """Tell when the next claim could give something; None when nothing waits or is leased."""
        self._expire(now)
        self._discard_stale()
        while self._expiries and self._expiries[0][1] not in self._leases:
            heapq.heappop(self._expiries)
        moments = [heap[0][0] for heap in (self._closed, self._expiries) if heap]
        return min(moments, default=None)

    async def size(self) -> int:
        """Count the URLs that wait or are leased; one that is both counts once."""
        return len(self._waiting) + len(self._leased_keys)

    def _wait(self, due: Due) -> None:
        order = next(self._order)
        previous = self._waiting.get(due.key)
        self._waiting[due.key] = (order, due)
        host = self._hosts.setdefault(due.host, _Host())
        heapq.heappush(host.waiting, (due.due_at, order, due.key))
        self._schedule(due.host)
        if previous and previous[1].host != due.host:
            self._schedule(previous[1].host)

    def _first(self, name: str) -> tuple[datetime, int, FrontierKey] | None:
        """Return the host's oldest due entry, dropping those that were moved or removed."""
        waiting = self._hosts[name].waiting
        while waiting:
            _, order, key = waiting[0]
            if self._waiting.get(key, (0, None))[0] == order:
                return waiting[0]
            heapq.heappop(waiting)
        return None

    def _schedule(self, name: str) -> None:
        """Put the host where it could next give a URL, or nowhere while it is leased or empty."""
        host = self._hosts.get(name)
        if host is None:
            return
        first = self._first(name)
        entry = None
        if first and host.leased is None:
            entry = (max(first[0], host.open_at), first[1])
        if entry == host.entry:
            return
        host.rank, host.entry = next(self._order), entry
        if entry:
            heapq.heappush(self._closed, (entry[0], host.rank, name))

    def _discard_stale(self) -> None:
        heap = self._closed
        while heap and heap[0][1] != self._hosts[heap[0][2]].rank:
            heapq.heappop(heap)

    def _lease(self, name: str, now: datetime) -> Lease:
        host = self._hosts[name]
        _, _, key = heapq.heappop(host.waiting)
        _, due = self._waiting.pop(key)
        token = next(self._order)
        lease = Lease(due=due, token=token, expires_at=now + self._lease_time)
        self._leases[token] = lease
        self._leased_keys[key] = token
        host.leased, host.entry = token, None
        host.rank = token
        heapq.heappush(self._expiries, (lease.expires_at, token))
        return lease

    def _release(self, lease: Lease) -> None:
        self._forgotten.discard(lease.token)
        if self._leased_keys.get(lease.due.key) == lease.token:
            del self._leased_keys[lease.due.key]
        host = self._hosts[lease.due.host]
        if host.leased == lease.token:
            host.leased = None

    def _forget_lease_of(self, key: FrontierKey) -> None:
        token = self._leased_keys.pop(key, None)
        if token is not None:
            self._forgotten.add(token)

    def _expire(self, now: datetime) -> None:
        while self._expiries and self._expiries[0][0] <= now:
            _, token = heapq.heappop(self._expiries)
            lease = self._leases.get(token)
            if lease is None or lease.expires_at > now:
                continue
            del self._leases[token]
            forgotten = token in self._forgotten
            self._release(lease)
            host = self._hosts[lease.due.host]
            host.open_at = max(host.open_at, lease.expires_at)
            if forgotten:
                self._schedule(lease.due.host)
            else:
                self._wait(lease.due)
