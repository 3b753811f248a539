"""robots.txt by RFC 9309: what each status means, and rules that expire after a day."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol
from urllib.parse import urlsplit, urlunsplit

from protego import Protego

from crawler.fetch.robots_text import plain
from storage.models.problems import Problem

PRODUCT_TOKEN = "wirewatch"  # noqa: S105 - the name that publishers write in robots.txt  # nosec B105
MOST_BYTES = 500 * 1024  # RFC 9309, 2.5: parse at least this much
_FRESH = timedelta(hours=24)  # RFC 9309, 2.4
_STALE_ALLOWED = timedelta(days=30)  # RFC 9309, 2.3.1.4
_ASK_AGAIN = timedelta(minutes=10)  # after a host could not be reached
_MOST_AUTHORITIES = 5_000


@dataclass(frozen=True, slots=True)
class RobotsAnswer:
    """What a host answered for /robots.txt; status None when it gave no answer, and why not."""

    status: int | None
    body: bytes = b""
    problem: Problem = Problem.ROBOTS_UNREACHABLE
    detail: str = ""


class RobotsStore(Protocol):
    """Keeps answers over restarts."""

    async def get(self, authority: str) -> tuple[datetime, int | None, bytes] | None:
        """Return (fetched at, status, body) for "scheme://host:port"; None when never fetched."""

    async def put(
        self, authority: str, fetched_at: datetime, status: int | None, body: bytes
    ) -> None:
        """Keep an answer."""


class NoRobotsStore:
    """Keeps nothing: for a single visit."""

    async def get(self, authority: str) -> tuple[datetime, int | None, bytes] | None:  # noqa: ARG002 - the protocol's
        """Know nothing."""
        return None

    async def put(
        self, authority: str, fetched_at: datetime, status: int | None, body: bytes
    ) -> None:
        """Forget it."""


class RobotsRules:
    """What one host allows us. Without a parser the answer is the same for every path.

    `problem` says why nobody can tell; then nothing is allowed.
    """

    def __init__(
        self,
        expires_at: datetime,
        *,
        parser: Protego | None = None,
        problem: Problem | None = None,
        detail: str = "",
    ) -> None:
        self.expires_at = expires_at
        self.problem = problem
        self.detail = detail
        self._parser = parser

    def allow(self, url: str) -> bool:
        """Tell whether a URL (percent-encoded) may be fetched."""
        if self._parser is None:
            return self.problem is None
        return bool(self._parser.can_fetch(url, PRODUCT_TOKEN))

    @property
    def crawl_delay(self) -> float:
        """Seconds between two requests that the host asks for; 0 when it doesn't.

        A Request-rate is read as the delay that keeps it.
        """
        if self._parser is None:
            return 0.0
        delay = float(self._parser.crawl_delay(PRODUCT_TOKEN) or 0.0)
        rate = self._parser.request_rate(PRODUCT_TOKEN)
        return max(delay, rate.seconds / rate.requests) if rate and rate.requests else delay

    @property
    def sitemaps(self) -> tuple[str, ...]:
        """The sitemaps that the host names, as written."""
        return () if self._parser is None else tuple(self._parser.sitemaps)


class RobotsService:
    """Gives each host's rules, asked for once a day, and once at a time."""

    def __init__(self, store: RobotsStore, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._clock = clock
        self._known: OrderedDict[str, RobotsRules] = OrderedDict()
        self._asking: dict[str, asyncio.Lock] = {}

    async def rules(self, url: str, ask: Callable[[str], Awaitable[RobotsAnswer]]) -> RobotsRules:
        """Return the rules for a URL's host; `ask` fetches a robots.txt when ours is too old."""
        authority = authority_of(url)
        if (host_rules := self._fresh(authority)) is not None:
            return host_rules
        lock = self._asking.setdefault(authority, asyncio.Lock())
        try:
            async with lock:
                if (host_rules := self._fresh(authority)) is None:
                    host_rules = await self._stored_or_asked(authority, ask)
                    self._remember(authority, host_rules)
                return host_rules
        finally:
            if not lock.locked():
                self._asking.pop(authority, None)

    def sitemaps(self, url: str) -> tuple[str, ...]:
        """Return the sitemaps that a host names, if its rules were asked for lately."""
        rules = self._fresh(authority_of(url))
        return () if rules is None else rules.sitemaps

    def _fresh(self, authority: str) -> RobotsRules | None:
        rules = self._known.get(authority)
        return rules if rules is not None and rules.expires_at > self._clock() else None

    async def _stored_or_asked(
        self, authority: str, ask: Callable[[str], Awaitable[RobotsAnswer]]
    ) -> RobotsRules:
        now = self._clock()
        stored = await self._store.get(authority)
        if stored is not None and now - stored[0] < _FRESH:
            return read_rules(stored[1], stored[2], stored[0] + _FRESH)
        answer = await ask(f"{authority}/robots.txt")
        now = self._clock()  # it may have waited long for its slot
        if answer.status is not None and answer.status < 500:  # noqa: PLR2004 - HTTP's own number
            await self._store.put(authority, now, answer.status, answer.body[:MOST_BYTES])
            return read_rules(answer.status, answer.body, now + _FRESH)
        if stored is not None and now - stored[0] < _STALE_ALLOWED:
            return read_rules(stored[1], stored[2], now + _ASK_AGAIN)
        if answer.status is not None:
            detail = f"its robots.txt answers with HTTP {answer.status}"
            return RobotsRules(now + _ASK_AGAIN, problem=Problem.ROBOTS_UNREACHABLE, detail=detail)
        return RobotsRules(now + _ASK_AGAIN, problem=answer.problem, detail=answer.detail)

    def _remember(self, authority: str, rules: RobotsRules) -> None:
        self._known[authority] = rules
        self._known.move_to_end(authority)
        if len(self._known) > _MOST_AUTHORITIES:
            self._known.popitem(last=False)


def read_rules(status: int | None, body: bytes, expires_at: datetime) -> RobotsRules:
    """Apply RFC 9309, 2.3.1: parse a success; "unavailable" (4xx, endless redirects) allows all."""
    if status is None or not 200 <= status < 300:  # noqa: PLR2004 - HTTP's own numbers
        return RobotsRules(expires_at)
    if len(body) >= MOST_BYTES:
        # The last line may be cut, and "Disallow: /" is the beginning of most rules.
        body = body[:MOST_BYTES].rpartition(b"\n")[0]
    return RobotsRules(expires_at, parser=parse_robots(body))


def parse_robots(body: bytes) -> Protego:
    """Read a robots.txt, whatever its bytes are."""
    return Protego.parse(plain(body))


def authority_of(url: str) -> str:
    """Return the "scheme://host:port" whose robots.txt speaks for a URL."""
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, parts.netloc, "", "", ""))
