"""Parts that the daemon and single commands both put together, from the same settings."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from urllib.parse import urlsplit

from crawler.extract.rules.files import read_rules_dir
from crawler.extract.rules.records import AllRules
from crawler.extract.run.pool import ParserPool
from crawler.fetch.backoff import LONGEST_STRETCH
from crawler.fetch.budget import Budgets
from crawler.fetch.egress import Egress
from crawler.fetch.robots import NoRobotsStore, RobotsService, RobotsStore
from crawler.fetch.services import FetchServices
from crawler.fetch.shared_slots import SharedSlots
from crawler.fetch.slots import HostSlots
from crawler.settings import ExtractSettings, FetchSettings
from scheduler.config.settings import Settings
from storage.crawl import robots
from storage.hot.holds import Holds
from storage.models.fetches import Fetch
from storage.sql.database import Database

SNAPSHOT_NAME = "fingerprints.npz"
_RULES = "rules"


def egress(settings: Settings) -> Egress:
    """Build the way out for everything but the crawl's proxy and the mail relay."""
    fetch = settings.fetch
    return Egress(fetch.allow_networks, fetch.allow_ports, fetch.ca_file)


def fetch_services(
    settings: Settings,
    clock: Callable[[], datetime],
    *,
    store: RobotsStore | None = None,
    ledger: Callable[[Fetch], None] = lambda _fetch: None,
    rng: random.Random | None = None,
    holds: Holds | None = None,
) -> FetchServices:
    """Build what a crawl needs; without a store, robots.txt is asked for anew.

    `holds` are those of hosts, where other processes crawl too.
    """
    chance = rng or random.Random()  # noqa: S311 - jitter, not secrets  # nosec B311
    way_out = egress(settings)
    if settings.fetch.proxy is not None:
        proxy = urlsplit(settings.fetch.proxy)
        port = proxy.port or (443 if proxy.scheme == "https" else 80)
        way_out = way_out.consenting(proxy.hostname or "", port)
    return FetchServices(
        settings=settings.fetch,
        egress=way_out,
        robots=RobotsService(store or NoRobotsStore(), clock),
        slots=_slots(settings.fetch, clock, chance, holds),
        clock=clock,
        ledger=ledger,
        chance=chance.random,
        budgets=Budgets(settings.fetch.daily_requests_per_source),
        version=version("wirewatch"),
    )


def _slots(
    settings: FetchSettings,
    clock: Callable[[], datetime],
    chance: random.Random,
    holds: Holds | None,
) -> HostSlots:
    def jitter() -> float:
        return chance.uniform(1.0, LONGEST_STRETCH)

    if holds is None:
        return HostSlots(settings, clock, jitter=jitter)
    return SharedSlots(settings, clock, holds, jitter=jitter)


def parser_pool(settings: ExtractSettings) -> ParserPool:
    """Build the parser processes, not yet started."""
    return ParserPool(
        settings.workers,
        settings.deadline_seconds,
        settings.memory_mb,
        settings.recycle_after,
    )


def rules_folder(settings: ExtractSettings, data: Path) -> Path:
    """Return the folder of the rules for single sites: the one that is set, or `rules` beside the data."""
    return settings.rules_dir or data / _RULES


def site_rules(settings: ExtractSettings, data: Path) -> AllRules:
    """Read the rules for single sites. Raises InputError where one is wrong."""
    return read_rules_dir(rules_folder(settings, data))


class SqlRobotsStore:
    """Keeps robots.txt answers in the database."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def get(self, authority: str) -> tuple[datetime, int | None, bytes] | None:
        """Return (fetched at, status, body) for "scheme://host:port"; None when never fetched."""
        return await self._db.read(robots.get, authority)

    async def put(
        self, authority: str, fetched_at: datetime, status: int | None, body: bytes
    ) -> None:
        """Keep an answer."""
        await self._db.write(robots.put, authority, fetched_at, status, body)
