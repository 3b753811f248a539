"""The JSON API: its parts are named here, and FastAPI is imported only when the app is made."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

from scheduler.actions.recipients import AddressCheck
from scheduler.actions.source_discovery import DiscoveredSources
from scheduler.backtest.report import BacktestQuery, BacktestReport
from scheduler.diagnosis.facts import FactsReader
from storage.sql.database import Database

PREFIX = "/api/v1"


@dataclass(frozen=True, slots=True)
class ApiDeps:
    """The parts of the daemon that the API reaches; `trial` tries a query, `look` an address."""

    db: Database
    clock: Callable[[], datetime]
    version: str
    started_at: datetime
    stale_days: int
    check: AddressCheck
    facts: FactsReader
    trial: Callable[[str, str], Awaitable[tuple[BacktestQuery, BacktestReport]]]
    look: Callable[[str], Awaitable[DiscoveredSources]]
    ending: asyncio.Event  # set when streams are to end, for the site stops
    public_path: str = ""  # below which the public finds the site
