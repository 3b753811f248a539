"""What the takers of visits work with: the store, the frontier, the parser, the plan and the rules."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from crawler.extract.rules.records import AllRules
from crawler.extract.run.pool import Parser
from crawler.settings import ExtractSettings
from crawler.visits.planner import Planner
from storage.hot.frontier import Frontier
from storage.sql.database import Database


def _nobody() -> None:
    """Tell nobody."""


@dataclass(frozen=True, slots=True)
class CrawlDeps:
    """What listings, gaps and pages are taken with; made once, where a process is put together.

    `on_due` is called when the frontier was given something that is due, `on_work` when something
    waits to be matched.
    """

    db: Database
    frontier: Frontier
    parser: Parser
    planner: Planner
    settings: ExtractSettings
    clock: Callable[[], datetime]
    rules: AllRules = field(default_factory=AllRules)
    on_due: Callable[[], None] = _nobody
    on_work: Callable[[], None] = _nobody
