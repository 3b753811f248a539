"""What is known of the sites' pages, for those that are read just now; the truth is in the store."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime

from crawler.extract.site_memory import SiteMemory
from storage.crawl import sites
from storage.sql.database import Database

_MOST_HOSTS = 2_000


class KnownSites:
    """Gives each host's memory, and writes what was learned in batches.

    A killed process loses what it learned since the last `save`, and learns it again.
    """

    def __init__(self, db: Database, clock: Callable[[], datetime]) -> None:
        self._db = db
        self._clock = clock
        self._known: OrderedDict[str, SiteMemory | None] = OrderedDict()
        self._learned: dict[str, SiteMemory] = {}

    async def of(self, host: str) -> SiteMemory | None:
        """Return what is known of a host; None for one that is new."""
        if host not in self._known:
            packed = await self._db.read(sites.memory, host)
            memory = None if packed is None else SiteMemory.from_bytes(packed)
            self._keep(host, self._learned.get(host, memory))
        self._known.move_to_end(host)
        return self._known[host]

    def learned(self, host: str, memory: SiteMemory) -> None:
        """Take what is known of a host now."""
        self._learned[host] = memory
        self._keep(host, memory)

    async def save(self) -> None:
        """Write what was learned; it is kept for the next time when the database says no."""
        learned = dict(self._learned)
        if not learned:
            return
        packed = {host: memory.to_bytes() for host, memory in learned.items()}
        await self._db.write(sites.remember, packed, self._clock())
        for host, memory in learned.items():
            if self._learned.get(host) is memory:  # else more was learned while this was written
                del self._learned[host]

    def _keep(self, host: str, memory: SiteMemory | None) -> None:
        self._known[host] = memory
        if len(self._known) > _MOST_HOSTS:
            self._known.popitem(last=False)
