"""Holds: a host is asked by one process at a time, with its gap between two; of all of them together."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Hold:
    """A host that is ours until it is released, or until the hold runs out."""

    host: str
    token: int


class Holds(Protocol):
    """Who asks which host, and when each may be asked next."""

    async def take(self, host: str, now: datetime, seconds: float) -> Hold | datetime:
        """Hold a host that is open and that nobody holds; else when it is worth asking again.

        A hold that is not released within `seconds` (its process died) runs out.
        """

    async def release(self, hold: Hold, now: datetime, open_at: datetime) -> bool:
        """Let a host go; it opens at `open_at`. False when the hold had run out."""

    async def close(self, host: str, now: datetime, until: datetime) -> None:
        """Let nobody ask a host until then; what closes it for longer stays."""
