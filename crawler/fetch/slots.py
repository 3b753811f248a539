"""One request at a time a host, with a gap between two, and the waiting that a host asks for."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from crawler.fetch.retry_after import LONGEST_WAIT
from crawler.settings import FetchSettings
from storage.errors import HostClosedError
from storage.models import Problem

_MOST_HOSTS = 20_000
_FIRST_BACKOFF = timedelta(seconds=30)
_MOST_DOUBLINGS = 12  # 34 hours, cut to the longest wait
_PATIENCE = 60.0  # seconds that a request waits for its host beyond the usual gap
_BUSY = frozenset({429, 503})
_LONG_AGO = datetime(1, 1, 2, tzinfo=UTC)


@dataclass
class _Slot:
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    released_at: datetime = _LONG_AGO
    closed_until: datetime = _LONG_AGO  # as the host asked
    crawl_delay: float = 0.0
    refusals: int = 0


class HostSlots:
    """Holds each host to one request at a time; remembers the last hosts only."""

    def __init__(
        self,
        settings: FetchSettings,
        clock: Callable[[], datetime],
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._sleep = sleep
        self._slots: OrderedDict[str, _Slot] = OrderedDict()

    async def take(self, host: str) -> None:
        """Wait until the host may be asked, and keep it to ourselves until `release`.

        Raises HostClosedError when the host asked for a longer wait (Retry-After, back-off) than
        a request can sit out.
        """
        slot = self._slot(host)
        await slot.lock.acquire()
        try:
            await self._until_open(slot)
        except BaseException:
            slot.lock.release()
            raise

    def release(self, host: str, status: int | None, retry_after: datetime | None) -> None:
        """Let the host go after an answer (None: there was none); it opens after its gap."""
        slot = self._slot(host)
        slot.released_at = self._clock()
        if status in _BUSY:
            slot.refusals += 1
            slot.closed_until = retry_after or self._clock() + _backoff(slot.refusals)
        elif status is not None:
            slot.refusals = 0
        slot.lock.release()

    def set_crawl_delay(self, host: str, seconds: float) -> None:
        """Take a host's own Crawl-delay, cut to the longest that we accept."""
        if seconds >= 0:  # which "nan" is not
            self._slot(host).crawl_delay = min(seconds, self._settings.max_crawl_delay_seconds)

    def open_at(self, host: str) -> datetime:
        """Tell when the host may be asked next."""
        return self._open_at(self._slot(host))

    async def _until_open(self, slot: _Slot) -> None:
        while (wait := (self._open_at(slot) - self._clock()).total_seconds()) > 0:
            if wait > _PATIENCE + self._gap(slot).total_seconds():
                raise _closed(self._open_at(slot))
            await self._sleep(wait)

    def _open_at(self, slot: _Slot) -> datetime:
        # The gap is added last: a Crawl-delay counts from the answer that told of it.
        return max(slot.released_at + self._gap(slot), slot.closed_until)

    def _gap(self, slot: _Slot) -> timedelta:
        return timedelta(seconds=max(self._settings.host_delay_seconds, slot.crawl_delay))

    def _slot(self, host: str) -> _Slot:
        slot = self._slots.setdefault(host, _Slot())
        self._slots.move_to_end(host)
        if len(self._slots) > _MOST_HOSTS:
            self._forget_idle()
        return slot

    def _forget_idle(self) -> None:
        now = self._clock()
        for host, slot in list(self._slots.items())[: _MOST_HOSTS // 10]:
            if not slot.lock.locked() and self._open_at(slot) < now:
                del self._slots[host]


def _backoff(refusals: int) -> timedelta:
    """Double with each refusal in a row."""
    doublings = min(refusals - 1, _MOST_DOUBLINGS)
    return min(_FIRST_BACKOFF * (1 << doublings), LONGEST_WAIT)


def _closed(until: datetime) -> HostClosedError:
    detail = f"its host asked us to wait until {until:%Y-%m-%d %H:%M:%S} UTC"
    return HostClosedError(Problem.RATE_LIMITED, detail, until=until)
