"""One request at a time a host, with a gap between two, and the waiting that a host asks for."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterable
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from crawler.fetch.backoff import LONGEST_STRETCH, Backoffs
from crawler.fetch.refusal_scope import ITSELF, BroughtBy, HostAnswer
from crawler.settings import FetchSettings
from crawler.urls.publishers import registrable_domain
from storage.errors import HostClosedError
from storage.models.fetches import Fetch
from storage.models.problems import Problem

_MOST_HOSTS = 20_000
PATIENCE = 60.0  # seconds that a request waits for its host beyond the usual gap
_LONG_AGO = datetime(1, 1, 2, tzinfo=UTC)


@dataclass
class _Slot:
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    released_at: datetime = _LONG_AGO
    crawl_delays: dict[str, float] = field(default_factory=dict)  # by scheme
    address: str = ""  # from which the host answered last


def _unstretched() -> float:
    return 1.0


class HostSlots:
    """Holds each host to one request at a time; remembers the last hosts only.

    The hosts of a registrable domain that refused as one, or that answer from one address, share
    the domain's slot too: the registrable domain, not the publisher, for the blogs of wordpress.com
    are many publishers' on one company's servers, and they refuse as one. `jitter` gives
    by how much a back-off is stretched, 1.0 to LONGEST_STRETCH.
    """

    def __init__(
        self,
        settings: FetchSettings,
        clock: Callable[[], datetime],
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        *,
        jitter: Callable[[], float] = _unstretched,
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._sleep = sleep
        self._jitter = jitter
        self._backoffs = Backoffs()
        self._slots: OrderedDict[str, _Slot] = OrderedDict()
        self._shared: OrderedDict[str, _Slot] = OrderedDict()  # by domain
        self._at_address: OrderedDict[tuple[str, str], str] = OrderedDict()
        self._begun = _LONG_AGO
        self._holding: dict[str, _Slot] = {}  # the domain's slot that a host's request holds too

    async def take(self, host: str, url: str = "", brought_by: BroughtBy = ITSELF) -> None:
        """Wait until the URL may be asked for, and keep its host to ourselves until `release`.

        Raises HostClosedError when the host asked for a longer wait (Retry-After, back-off) than
        a request can sit out, or for any that does not hold for its own listing too.
        """
        slot = self._slot(host)
        await slot.lock.acquire()
        with ExitStack() as undo:
            undo.callback(slot.lock.release)
            undo.callback(self._release_domain, host)
            await self._until_open(slot, host, url, brought_by)
            await self._take_domain(slot, host, url, brought_by)
            await self._taken(host)
            undo.pop_all()

    def release(
        self,
        host: str,
        status: int | None,
        retry_after: datetime | None,
        *,
        url: str = "",
        ended: datetime | None = None,
        brought_by: BroughtBy = ITSELF,
    ) -> None:
        """Let the host go after an answer (None: there was none); it opens after its gap.

        `ended` is when the ledger says that the answer came.
        """
        slot, now = self._slot(host), self._clock()
        slot.released_at = now
        domain = registrable_domain(host)
        answer = HostAnswer(ended or now, url, host, domain, status, brought_by=brought_by)
        self._backoffs.answered(answer, retry_after=retry_after, stretch=self._jitter())
        self._release_domain(host)
        slot.lock.release()

    async def give_back(self, host: str) -> None:
        """Let others ask a host that was released; here there are none."""

    async def _taken(self, host: str) -> None:
        """Make sure of a host that is ours in this process."""

    def set_crawl_delay(self, host: str, seconds: float, scheme: str = "") -> None:
        """Take a host's own Crawl-delay, cut to the longest that we accept.

        http and https have a robots.txt each, and the host is one: the longer delay counts.
        """
        if seconds >= 0:  # which "nan" is not
            delays = self._slot(host).crawl_delays
            delays[scheme] = min(seconds, self._settings.max_crawl_delay_seconds)

    def answers_from(self, host: str, address: str) -> None:
        """Take note of the address from which a host answers: hosts of a domain there are one."""
        slot, domain_and_address = self._slot(host), (registrable_domain(host), address)
        if self._at_address.setdefault(domain_and_address, host) != host:
            self._at_address[domain_and_address] = ""  # several
        slot.address = address
        self._at_address.move_to_end(domain_and_address)
        if len(self._at_address) > _MOST_HOSTS:
            self._at_address.popitem(last=False)

    def restore(self, lines: Iterable[Fetch]) -> None:
        """Take up what was asked of us before a restart from ledger lines, oldest first.

        Back-offs are as long as jitter could have made them, so that none is cut short.
        """
        for line in sorted(lines, key=lambda line: line.ended):
            ended = line.ended
            slot = self._slot(line.host)
            slot.released_at = max(slot.released_at, ended)
            answer = HostAnswer(
                ended,
                line.url,
                line.host,
                registrable_domain(line.host),
                line.status,
                brought_by=BroughtBy(line.source_id, line.is_foreign),
            )
            self._backoffs.answered(answer, retry_after=line.retry_after, stretch=LONGEST_STRETCH)

    def begin_blind(self) -> None:
        """Take every host for asked just now: what was asked last is not known, as after a kill."""
        self._begun = self._clock()
        for slot in self._slots.values():
            slot.released_at = max(slot.released_at, self._begun)

    def open_at(self, host: str, url: str = "") -> datetime:
        """Tell when the host may be asked next; who brings a refused address may have to wait longer."""
        return self._open_at(self._slot(host), host, url)

    def closed_until(self, host: str, url: str, brought_by: BroughtBy) -> datetime | None:
        """Return until when who brought a URL waits, if that is longer than the host's own listing."""
        slot = self._slot(host)
        opens = self._open_at(slot, host, url, brought_by)
        is_longer = opens > max(self._open_at(slot, host, url), self._clock())
        return opens if is_longer else None

    def gap(self, host: str, brought_by: BroughtBy = ITSELF) -> float:
        """Return the least time in seconds between an answer of a host and its next request."""
        return self._gap(self._slot(host), host, brought_by).total_seconds()

    async def _take_domain(self, slot: _Slot, host: str, url: str, brought_by: BroughtBy) -> None:
        """Wait for the domain's slot where its hosts share one; always after the host's own."""
        domain = registrable_domain(host)
        while self._is_shared(slot, domain) and host not in self._holding:
            shared = self._domain_slot(domain)
            await shared.lock.acquire()
            self._holding[host] = shared
            await self._until_open(slot, host, url, brought_by)
            delay = timedelta(seconds=self._settings.host_delay_seconds)
            while (wait := (shared.released_at + delay - self._clock()).total_seconds()) > 0:
                await self._sleep(wait)

    def _release_domain(self, host: str) -> None:
        shared = self._holding.pop(host, None)
        if shared is not None:
            shared.released_at = self._clock()
            shared.lock.release()

    def _is_shared(self, slot: _Slot, domain: str) -> bool:
        if slot.address and self._at_address.get((domain, slot.address)) == "":
            return True
        return self._backoffs.is_shared(domain, self._clock())

    async def _until_open(self, slot: _Slot, host: str, url: str, brought_by: BroughtBy) -> None:
        while True:
            opens = self._open_at(slot, host, url, brought_by)
            wait = (opens - self._clock()).total_seconds()
            if wait <= 0:
                return
            longest = PATIENCE + self._gap(slot, host).total_seconds()
            # Who waits for what a stranger's addresses closed keeps nobody else waiting.
            if wait > longest or self.closed_until(host, url, brought_by) is not None:
                raise closed(opens)
            await self._sleep(wait)

    def _open_at(
        self, slot: _Slot, host: str, url: str, brought_by: BroughtBy = ITSELF
    ) -> datetime:
        # The gap is added last: a Crawl-delay counts from the answer that told of it.
        closed = self._backoffs.closed(url, host, registrable_domain(host), brought_by)
        return max(slot.released_at + self._gap(slot, host, brought_by), closed.until)

    def _gap(self, slot: _Slot, host: str, brought_by: BroughtBy = ITSELF) -> timedelta:
        delays = slot.crawl_delays.values()
        usual = timedelta(seconds=max((self._settings.host_delay_seconds, *delays)))
        return max(usual, self._backoffs.slowness(host, registrable_domain(host), brought_by))

    def _slot(self, host: str) -> _Slot:
        return _kept(self._slots, host, self._may_go, self._begun)

    def _domain_slot(self, domain: str) -> _Slot:
        return _kept(
            self._shared, domain, lambda _domain, slot: not slot.lock.locked(), self._begun
        )

    def _may_go(self, host: str, slot: _Slot) -> bool:
        return not slot.lock.locked() and self._open_at(slot, host, "") < self._clock()


def _kept(
    slots: OrderedDict[str, _Slot],
    name: str,
    may_go: Callable[[str, _Slot], bool],
    begun: datetime,
) -> _Slot:
    """Return a name's slot; when there are too many, those that were idle longest are forgotten."""
    slot = slots.setdefault(name, _Slot(released_at=begun))
    slots.move_to_end(name)
    if len(slots) > _MOST_HOSTS:
        for other, idle in list(slots.items())[: _MOST_HOSTS // 10]:
            if may_go(other, idle):
                del slots[other]
    return slot


def closed(until: datetime) -> HostClosedError:
    """Say until when a host asked us to wait."""
    detail = f"its host asked us to wait until {until:%Y-%m-%d %H:%M:%S} UTC"
    return HostClosedError(Problem.RATE_LIMITED, detail, until=until)
