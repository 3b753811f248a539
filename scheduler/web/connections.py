"""The connections of the site's server: how many there may be, and how long each may keep us waiting.

A connection costs a descriptor, which the crawl and the deliveries need as well; whoever opens
many and sends half a request on each (Slowloris, CVE-2007-6750) must not have them all.
"""

from __future__ import annotations

import asyncio
import functools
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Protocol, cast

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from scheduler.access.client_address import Network, is_within, peer_of

_TOO_SLOW = b"HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"


@dataclass(frozen=True, slots=True)
class ConnectionLimits:
    """How many connections there may be, and for how many seconds they may keep us waiting.

    `trusted` are the networks of our own proxies, which speak for many peers. `stalled_seconds`
    bound how long a client may take nothing of an answer.
    """

    total: int = 512
    per_peer: int = 256
    trusted: Sequence[Network] = ()
    header_seconds: float = 10.0
    body_seconds: float = 60.0
    stalled_seconds: float = 30.0
    look_every_seconds: float = 1.0


class Phase(IntEnum):
    """What a connection is about; the lesser, the sooner it makes room for another one."""

    IDLE = 0  # between two requests
    HEADERS = 1  # no whole request yet
    BODY = 2
    ANSWERING = 3


class Connection(Protocol):
    """What the table knows of a connection; `since` is when its phase began, on the loop's clock."""

    peer: str
    phase: Phase
    since: float

    def end(self) -> None:
        """End it now, whatever is under way."""

    def check(self, now: float) -> None:
        """End it when it has kept us waiting for too long."""


class ConnectionTable:
    """All connections of a server, and which of them makes room when there are too many.

    The oldest that waits for its client goes, of the same peer or of the peer that has the most: so
    a whole request is answered while thousands of half ones come in.
    """

    def __init__(self, limits: ConnectionLimits) -> None:
        self.limits = limits
        self._open: dict[Connection, None] = {}
        self._peers: Counter[str] = Counter()

    def __len__(self) -> int:
        return len(self._open)

    def admit(self, connection: Connection) -> bool:
        """Take a connection in, if need be in the place of another; False when none makes room."""
        peer = connection.peer
        if peer and self._peers[peer] >= self.limits.per_peer and not self._make_room(peer):
            return False
        if len(self._open) >= self.limits.total and not self._make_room(self._greatest_peer()):
            return False
        self._open[connection] = None
        self._peers[peer] += 1
        return True

    def drop(self, connection: Connection) -> None:
        """Count a connection no more; one that is not counted is none of ours."""
        if connection in self._open:
            del self._open[connection]
            self._peers[connection.peer] -= 1
            self._peers += Counter()  # keeps no peer without a connection

    def check(self, now: float) -> None:
        """End the connections that have kept us waiting for too long."""
        for connection in list(self._open):
            connection.check(now)

    def _greatest_peer(self) -> str:
        return self._peers.most_common(1)[0][0]

    def _make_room(self, peer: str) -> bool:
        waiting = [
            connection
            for connection in self._open
            if connection.peer == peer and connection.phase is not Phase.ANSWERING
        ]
        if not waiting:
            return False
        oldest = min(waiting, key=lambda connection: (connection.phase, connection.since))
        self.drop(oldest)
        oldest.end()
        return True


class BoundedProtocol(H11Protocol):
    """Uvicorn's connection, in the table from its first moment to its last."""

    def __init__(self, *args: Any, table: ConnectionTable, **kwargs: Any) -> None:  # noqa: ANN401 - uvicorn's own
        super().__init__(*args, **kwargs)
        self._table = table
        self._limits = table.limits
        self.peer = ""
        self.phase = Phase.HEADERS
        self.since = self.loop.time()
        self._stalled_since: float | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(cast("asyncio.Transport", transport))
        address = self.client[0] if self.client else ""
        self.peer = "" if is_within(address, self._limits.trusted) else peer_of(address)
        if not self._table.admit(self):
            self.end()

    def connection_lost(self, exc: Exception | None) -> None:
        self._table.drop(self)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self.phase is Phase.IDLE:
            self._enter(Phase.HEADERS)
        super().data_received(data)
        self._follow()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        self._follow(answered=True)

    def pause_writing(self) -> None:
        super().pause_writing()
        self._stalled_since = self.loop.time()

    def resume_writing(self) -> None:
        super().resume_writing()
        self._stalled_since = None

    def end(self) -> None:
        self.transport.abort()

    def check(self, now: float) -> None:
        """End the connection when its client is too slow to send, or to take."""
        if self.transport.is_closing() and self._stalled_since is None:
            self._stalled_since = now  # until what was written is taken
        if self._stalled_since is not None and self._is_over(
            self._stalled_since, self._limits.stalled_seconds, now
        ):
            self.end()
        elif self.phase is Phase.HEADERS:
            self._end_slow(self._limits.header_seconds, now)
        elif self.phase is Phase.BODY:
            self._end_slow(self._limits.body_seconds, now)

    def _end_slow(self, seconds: float, now: float) -> None:
        if self.transport.is_closing() or not self._is_over(self.since, seconds, now):
            return
        if self.cycle is None or not self.cycle.response_started or self.cycle.response_complete:
            self.transport.write(_TOO_SLOW)
        self.transport.close()

    def _follow(self, *, answered: bool = False) -> None:
        state = self.conn.their_state
        if state is h11.SEND_BODY:
            self._enter(Phase.BODY)
        elif state is not h11.IDLE:
            self._enter(Phase.ANSWERING)
        elif answered:
            begun = self.conn.trailing_data[0]
            self._enter(Phase.HEADERS if begun else Phase.IDLE)

    def _enter(self, phase: Phase) -> None:
        if phase is not self.phase:
            self.phase, self.since = phase, self.loop.time()

    @staticmethod
    def _is_over(since: float, seconds: float, now: float) -> bool:
        return now - since >= seconds


def bounded_protocol(table: ConnectionTable) -> type[asyncio.Protocol]:
    """Return what uvicorn makes a connection with."""
    return cast("type[asyncio.Protocol]", functools.partial(BoundedProtocol, table=table))
