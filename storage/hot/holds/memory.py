"""Holds in this process's memory."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count

from storage.hot.holds import Hold

_LONG_AGO = datetime.min.replace(tzinfo=UTC)


@dataclass(slots=True)
class _Host:
    token: int = 0
    until: datetime = _LONG_AGO
    open_at: datetime = _LONG_AGO


class MemoryHolds:
    """Forgets hosts that are neither held nor closed, when there are very many."""

    def __init__(self, most: int = 20_000) -> None:
        self._hosts: dict[str, _Host] = {}
        self._tokens = count(1)
        self._most = most

    async def take(self, host: str, now: datetime, seconds: float) -> Hold | datetime:
        """Hold a host that is open and that nobody holds; else when it is worth asking again."""
        state = self._hosts.setdefault(host, _Host())
        if state.until > now:
            return state.until
        if state.open_at > now:
            return state.open_at
        state.token, state.until = next(self._tokens), now + timedelta(seconds=seconds)
        self._forget(now)
        return Hold(host, state.token)

    async def release(self, hold: Hold, now: datetime, open_at: datetime) -> bool:
        """Let a host go; it opens at `open_at`. False when the hold had run out."""
        state = self._hosts.get(hold.host)
        if state is None or state.token != hold.token or state.until <= now:
            return False
        state.until, state.open_at = _LONG_AGO, max(state.open_at, open_at)
        return True

    async def close(self, host: str, now: datetime, until: datetime) -> None:  # noqa: ARG002 - of the Protocol
        """Let nobody ask a host until then; what closes it for longer stays."""
        state = self._hosts.setdefault(host, _Host())
        state.open_at = max(state.open_at, until)

    def _forget(self, now: datetime) -> None:
        if len(self._hosts) > self._most:
            self._hosts = {
                host: each
                for host, each in self._hosts.items()
                if max(each.until, each.open_at) > now
            }
