"""The frontier: which URLs are due, one at a time a host; a hot state, rebuilt from the database.

A queue for each host, and hosts by when they may be asked next, as in Mercator (Heydon and Najork,
“Mercator: a scalable, extensible Web crawler”, World Wide Web 2, 1999).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple, Protocol

from storage.errors import FrontierKeyError


class FrontierKind(StrEnum):
    """What a URL of the frontier is asked for."""

    SOURCE = "source"  # its listing; the id is the source's
    CHILD_SITEMAP = "child"  # a sitemap that a source's index names; the id is the source's
    BACKFILL = "backfill"  # a sitemap, for what a coverage gap hid; the id is the gap's
    PAGE = "page"
    PART = "part"  # a further part of an article; the id is that of its page
    ONCE = "once"  # an address that an operator has us look at; in a frontier of its own


class FrontierKey(NamedTuple):
    """What a URL is known by: one of each kind and id is in the frontier. As text: "page:7"."""

    kind: FrontierKind
    id: int

    def __str__(self) -> str:
        return f"{self.kind.value}:{self.id}"

    @classmethod
    def parse(cls, text: str) -> FrontierKey:
        """Read a key from its text. Raises FrontierKeyError for a text that is none."""
        kind, _, number = text.partition(":")
        if kind not in _KINDS or not (number.isascii() and number.isdecimal()):
            raise FrontierKeyError(f"{text!r} is no key of the frontier; one looks like page:7")
        return cls(FrontierKind(kind), int(number))


_KINDS = frozenset(kind.value for kind in FrontierKind)


@dataclass(frozen=True, slots=True)
class Due:
    """A URL that is to be fetched at a time."""

    key: FrontierKey
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

    async def remove(self, key: FrontierKey) -> None:
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
