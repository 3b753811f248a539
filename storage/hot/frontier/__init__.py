"""The frontier: which URLs are due, one at a time a host; a hot state, rebuilt from the database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Due:
    """A URL that is to be fetched at a time. `key` names its kind and number, as "page:ID"."""

    key: str
    url: str
    host: str  # host and port, the scope of politeness
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Lease:
    """A URL handed out. Its host stays closed to others until the lease is settled or runs out."""

    due: Due
    token: int  # a lease that ran out and was given again has another token
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Settlement:
    """A lease that is given back; `again` is its URL as it is due next, if it is."""

    lease: Lease
    host_open_at: datetime
    again: Due | None = None


class Frontier(Protocol):
    """Due URLs by host. A claim gives at most one URL a host, its oldest due; ready longest first.

    A lease that is never settled runs out, and its URL is due again by itself.
    """

    async def put(self, due: Due) -> None:
        """Add a URL, or move one of the same key to another time."""

    async def put_all(self, dues: Sequence[Due]) -> None:
        """Add or move many."""

    async def remove(self, key: str) -> None:
        """Forget a URL; a lease on it stays valid until settled, and settles to nothing."""

    async def claim(self, now: datetime, limit: int) -> list[Lease]:
        """Hand out up to `limit` due URLs, each of a host that is open at `now`."""

    async def extend(self, leases: Sequence[Lease], now: datetime) -> None:
        """Let leases that still hold run out later: their visits are being made."""

    async def settle(self, lease: Lease, *, host_open_at: datetime) -> bool:
        """Return a lease back; the host opens again at `host_open_at`.

        False when it had run out; while its host was given to nobody since, it may still be settled.
        """

    async def settle_all(self, settled: Sequence[Settlement]) -> list[bool]:
        """Return many leases back, each as `settle` does; what is due `again` is put in the same step."""

    async def next_at(self, now: datetime) -> datetime | None:
        """When the next claim could give something; None when nothing waits."""

    async def size(self) -> int:
        """How many URLs wait or are leased."""
