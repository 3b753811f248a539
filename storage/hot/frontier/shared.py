"""The frontier in Redis: one for all processes that crawl.

A host waits in `closed` by the moment when it could next give a URL. A claim moves it on to the end
of the lease, and notes in `held` who has it and which URL: a process that dies needs nobody to clean
up after it, the host comes back by itself with the same URL first. Each lease has a greater number
than the one before, so that one that ran out and was given again can't be settled.

All keys have one hash tag, and so are in one slot of a cluster: what one Redis can do bounds it.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from storage.errors import HotStateLostError
from storage.hot.frontier import Due, FrontierKey, Lease, Settlement
from storage.hot.redis.connection import RedisConnection, scripts_of

_TAG = "frontier"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_AT_ONCE = 500  # URLs in one script: a few milliseconds in which Redis does nothing else
_LOST = "LOST"


class SharedFrontier:
    """Due URLs by host, in Redis; each call is one round trip, a batch of any size a few.

    The times are the callers', who agree on one clock. Every call raises HotStateError when Redis can't
    be used, and HotStateLostError while what it held is gone: `begin`, `Filler.put_all` and
    `Filler.finish` build it anew.
    """

    def __init__(self, connection: RedisConnection, lease_seconds: float) -> None:
        self._connection = connection
        self._scripts = scripts_of("storage.hot.frontier")
        self._lease_time = timedelta(seconds=lease_seconds)
        names = ("whole", "closed", "idle", "held", "urls", "token")
        self._keys = [connection.key(_TAG, name) for name in names]
        self._host_key = connection.key(_TAG, "host", "")

    async def put(self, due: Due) -> None:
        """Add a URL, or move one of the same key to another time.

        A URL put while it is leased waits beside its lease, and is not due again by its expiry.
        """
        await self.put_all([due])

    async def put_all(self, dues: Sequence[Due]) -> None:
        """Add or move many."""
        await self._put_all(dues, "")

    async def remove(self, key: FrontierKey) -> None:
        """Forget a URL; a lease on it stays valid until settled, and settles to nothing."""
        await self._run("remove", "", [str(key)])

    async def claim(self, now: datetime, limit: int) -> list[Lease]:
        """Hand out up to `limit` due URLs, each of a host that is open at `now`, ready longest first."""
        expires = now + self._lease_time
        lines = await self._run("claim", "", [_number(now), limit, _number(expires)])
        if not lines:
            return []
        token = int(lines[0])
        return [
            _lease(lines[i], lines[i + 1], lines[i + 2], token + n, expires)
            for n, i in enumerate(range(1, len(lines), 3), start=1)
        ]

    async def extend(self, leases: Sequence[Lease], now: datetime) -> None:
        """Let leases that still hold run out later: their visits are being made."""
        tokens = [(lease.due.host, str(lease.token)) for lease in leases]
        if tokens:
            await self._run("extend", "", [_number(now + self._lease_time), *tokens])

    async def settle(self, lease: Lease, *, host_open_at: datetime) -> bool:
        """Return a lease back; the host opens again at `host_open_at`.

        False when it had run out; while its host was given to nobody since, it may still be settled.
        """
        return (await self.settle_all([Settlement(lease, host_open_at)]))[0]

    async def settle_all(self, settled: Sequence[Settlement]) -> list[bool]:
        """Return many leases back, each as `settle` does; what is due `again` is put in the same step."""
        done: list[bool] = []
        for start in range(0, len(settled), _AT_ONCE):
            given = [_settling(each) for each in settled[start : start + _AT_ONCE]]
            done += [each == "1" for each in await self._run("settle", "", given)]
        return done

    async def next_at(self, now: datetime) -> datetime | None:  # noqa: ARG002 - of the Protocol
        """Tell when the next claim could give something; None when nothing waits or is leased."""
        [moment] = await self._run("next", "", [])
        return _moment(float(moment)) if moment else None

    async def size(self) -> int:
        """Count the URLs that wait or are leased; one that is both counts once."""
        return int((await self._run("size", "", []))[0])

    async def whole(self) -> bool:
        """Tell whether it was filled, and not lost since. Raises HotStateError."""
        state = await self._connection.command("GET", self._keys[0])
        return state is not None and bytes(state).startswith(b"whole")

    async def begin(self) -> Filler:
        """Empty it, to be filled by the caller; whoever filled it until now can't any more."""
        token = secrets.token_hex(8)
        await self._connection.command("SET", self._keys[0], f"filling {token}")
        while await self._connection.run(
            self._scripts["empty"], self._keys, [self._host_key, 1_000]
        ):
            pass
        return Filler(self, token)

    async def _put_all(self, dues: Sequence[Due], filler: str) -> None:
        for start in range(0, len(dues), _AT_ONCE):
            batch = dues[start : start + _AT_ONCE]
            given = [(str(due.key), due.host, due.url, _number(due.due_at)) for due in batch]
            await self._run("put", filler, given)

    async def _finish(self, token: str) -> None:
        if not await self._connection.run(self._scripts["finish"], self._keys, [token]):
            raise HotStateLostError("another process has begun to fill the frontier in Redis")

    async def _run(self, script: str, filler: str, given: Sequence[Any]) -> list[str]:
        args = [self._host_key, filler, json.dumps(given)]
        answer: bytes = await self._connection.run(self._scripts[script], self._keys, args)
        state, *lines = answer.decode().split("\n")
        if state == _LOST:
            raise HotStateLostError(
                "the frontier in Redis is gone; it is filled anew from the database"
            )
        return lines


class Filler:
    """Fills a frontier that was emptied. Raises HotStateLostError when another one has begun since."""

    def __init__(self, frontier: SharedFrontier, token: str) -> None:
        self._frontier = frontier
        self._token = token

    async def put_all(self, dues: Sequence[Due]) -> None:
        """Add URLs."""
        await self._frontier._put_all(dues, self._token)

    async def finish(self) -> None:
        """Let others use it: it is whole."""
        await self._frontier._finish(self._token)


def _settling(settled: Settlement) -> tuple[Any, ...]:
    lease, again = settled.lease, settled.again
    first = (lease.due.host, str(lease.token), str(lease.due.key), _number(settled.host_open_at))
    return first if again is None else (*first, (again.host, again.url, _number(again.due_at)))


def _lease(key: str, address: str, due: str, token: int, expires: datetime) -> Lease:
    host, _, url = address.partition(" ")
    return Lease(Due(FrontierKey.parse(key), url, host, _moment(float(due))), token, expires)


def _number(moment: datetime) -> int:
    """Return microseconds: whole numbers that a double holds exactly until the year 2255."""
    return (moment - _EPOCH) // _MICROSECOND


def _moment(number: float) -> datetime:
    return _EPOCH + timedelta(microseconds=int(number))
