"""What every page is read and written at: the database, the clock, and what makes pages."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from scheduler.web.render.renderer import Renderer
from storage.sql.database import Database


@dataclass(frozen=True, slots=True)
class PageDeps:
    """The three parts that all pages share."""

    db: Database
    clock: Callable[[], datetime]
    render: Renderer
