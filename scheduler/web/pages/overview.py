"""The first page: what is broken, then the way of the news through the machine."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import Response

from scheduler.access.guarded_route import GuardedRoute
from scheduler.diagnosis.facts import FactsReader
from scheduler.diagnosis.judge import FindingCode
from scheduler.runtime.disk_forecast import DiskForecast, forecast
from scheduler.web.render.charts import ChartColumn, by_hour
from scheduler.web.render.renderer import PageDeps
from scheduler.web.render.views import OverviewView, overview_view
from storage.crawl import request_counts
from storage.crawl.request_counts import RequestCount
from storage.operators.accounts import AccountRole
from storage.reports import sizes, statistics
from storage.reports.statistics import Overview
from storage.stories import domains

_WINDOWS = {"1h": timedelta(hours=1), "24h": timedelta(hours=24), "7d": timedelta(days=7)}
_WORDS = {"1h": "The last hour", "24h": "The last 24 hours", "7d": "The last 7 days"}
_DAY = timedelta(hours=24)
_HOUR = timedelta(hours=1)
_STORIES = 6
_PAIRS = 8


@dataclass(frozen=True, slots=True)
class RequestRates:
    """How much was asked and read in the last full hour."""

    requests_a_minute: float
    bytes_a_second: float
    mean_seconds: float | None


@dataclass(frozen=True, slots=True)
class StorageUse:
    """How much room is taken and left, and for how long that will do."""

    bytes: int
    disk_free: int
    forecast: DiskForecast


@dataclass(frozen=True, slots=True)
class OverviewPage:
    """All that the first page shows."""

    view: OverviewView
    hours: tuple[ChartColumn, ...]
    rates: RequestRates
    pairs: tuple[tuple[str, str, int], ...]  # host, copied by, how many
    copied: float | None  # share of new articles
    storage: StorageUse | None = None


class OverviewPages:
    """The page, over their dependencies."""

    def __init__(self, deps: PageDeps, file: Path | None, facts: FactsReader) -> None:
        self._file = file
        self._facts = facts
        self._db = deps.db
        self._clock = deps.clock
        self._render = deps.render

    def routes(self) -> list[GuardedRoute]:
        """Return its route."""
        return [GuardedRoute("/", self.shown, AccountRole.VIEWER)]

    async def shown(self, request: Request) -> Response:
        window = request.query_params.get("window", "24h")
        window = window if window in _WINDOWS else "24h"
        page = await self._db.read(overview_page, self._clock(), _WINDOWS[window], self._file)
        findings = await self._facts.findings(page.view.seen.facts)
        return self._render(
            request,
            "overview.html",
            page=page,
            view=page.view,
            findings=findings,
            is_new=[each.code for each in findings if each.is_broken] == [FindingCode.NO_SOURCES],
            is_broken=any(each.is_broken for each in findings),
            window=window,
            windows=list(_WINDOWS),
            says_window=_WORDS[window],
        )


def overview_page(
    conn: Connection, now: datetime, window: timedelta, file: Path | None = None
) -> OverviewPage:
    """Read the first page; `file` is the database's."""
    seen = statistics.overview(conn, now=now, since=now - window, limit=_STORIES, brief=True)
    asked = request_counts.of_all(conn, now - _DAY)
    return OverviewPage(
        view=overview_view(seen),
        hours=by_hour(asked, now=now),
        rates=_rates(asked, now),
        pairs=tuple(domains.copied_most(conn, _PAIRS)),
        copied=_copied(seen),
        storage=None if file is None else _storage(conn, file),
    )


def _rates(asked: list[RequestCount], now: datetime) -> RequestRates:
    full = request_counts.hour_of(now) - _HOUR
    of_hour = [each for each in asked if each.hour == full]
    requests = sum(each.requests for each in of_hour)
    seconds = sum(each.seconds for each in of_hour)
    return RequestRates(
        requests / 60,
        sum(each.size for each in of_hour) / 3600,
        seconds / requests if requests else None,
    )


def _storage(conn: Connection, file: Path) -> StorageUse:
    free = shutil.disk_usage(file.parent).free
    return StorageUse(sizes.file_bytes(conn), free, forecast(sizes.history(conn), free))


def _copied(seen: Overview) -> float | None:
    return seen.funnel.copies / seen.funnel.new if seen.funnel.new else None
