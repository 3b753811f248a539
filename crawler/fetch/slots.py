"""One request at a time a host, with a gap between two, and the waiting that a host asks for."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from crawler.settings import FetchSettings

_MOST_HOSTS = 20_000
_LONGEST_WAIT = timedelta(hours=24)  # of a Retry-After; some say years
_FIRST_BACKOFF = timedelta(seconds=30)
_BUSY = frozenset({429, 503})
_ALWAYS = datetime.min.replace(tzinfo=UTC)


@dataclass
class _Slot:
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    open_at: datetime = _ALWAYS
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
        """Wait until the host may be asked, and keep it to ourselves until `release`."""
        slot = self._slot(host)
        await slot.lock.acquire()
        try:
            while (wait := (slot.open_at - self._clock()).total_seconds()) > 0:
                await self._sleep(wait)
        except BaseException:
            slot.lock.release()
            raise

    def release(self, host: str, status: int | None, retry_after: datetime | None) -> None:
        """Let the host go after an answer (None: there was none); it opens after its gap."""
        slot = self._slot(host)
        slot.open_at = self._clock() + self._gap(slot)
        if status in _BUSY:
            slot.refusals += 1
            backoff = self._clock() + min(_FIRST_BACKOFF * 2 ** (slot.refusals - 1), _LONGEST_WAIT)
            slot.open_at = max(slot.open_at, retry_after or backoff)
        elif status is not None:
            slot.refusals = 0
        slot.lock.release()

    def set_crawl_delay(self, host: str, seconds: float) -> None:
        """Take a host's own Crawl-delay, cut to the longest that we accept."""
        self._slot(host).crawl_delay = min(seconds, self._settings.max_crawl_delay_seconds)

    def open_at(self, host: str) -> datetime:
        """Tell when the host may be asked next."""
        return self._slot(host).open_at

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
            if not slot.lock.locked() and slot.open_at < now:
                del self._slots[host]


def read_retry_after(value: str | None, now: datetime) -> datetime | None:
    """Read a Retry-After header, seconds or a date, cut to 24 hours; None for anything else."""
    if not value:
        return None
    text = value.strip()
    if text.isdecimal():
        return now + min(timedelta(seconds=min(int(text), 10**9)), _LONGEST_WAIT)
    try:
        at = parsedate_to_datetime(text)
    except ValueError:
        return None
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return min(max(at, now), now + _LONGEST_WAIT)
