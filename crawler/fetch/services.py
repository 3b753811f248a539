"""What the fetch components share; it travels on the spider, since Scrapy copies its settings."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import cast

from scrapy.crawler import Crawler

from crawler.fetch.budget import Budgets
from crawler.fetch.deadlines import Deadlines
from crawler.fetch.egress import Egress
from crawler.fetch.robots import RobotsService
from crawler.fetch.slots import HostSlots
from crawler.settings import FetchSettings
from storage.models.fetches import Fetch


@dataclass(frozen=True)
class FetchServices:
    """The parts of one crawl. `ledger` is told of each request that went out."""

    settings: FetchSettings
    egress: Egress
    robots: RobotsService
    slots: HostSlots
    clock: Callable[[], datetime]
    ledger: Callable[[Fetch], None]
    version: str = "0"
    chance: Callable[[], float] = lambda: 0.5  # from 0 to 1
    budgets: Budgets = field(default_factory=lambda: Budgets(0))
    deadlines: Deadlines = field(default_factory=Deadlines)  # of one crawl, which replaces it

    @property
    def user_agent(self) -> str:
        """Name us and where we can be reached, in every request."""
        return agent(self.version, self.settings.contact)


def agent(version: str, contact: str) -> str:
    """Write the user agent: who asks, and where its operator can be reached."""
    return f"Wirewatch/{version} (+{contact})"


def services_of(crawler: Crawler) -> FetchServices:
    """Return the services of the crawl that a Scrapy component is built for."""
    return cast("FetchServices", crawler.spider.services)  # type: ignore[union-attr]
