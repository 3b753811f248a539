"""Pages: the URLs of the frontier. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from storage.models.problems import Problem


class PageState(StrEnum):
    """Where a page stands: waiting to be fetched, or what became of it."""

    DUE = "due"
    DONE = "done"
    REFUSED = "refused"  # it holds no article: forbidden by robots.txt, 404, a wall
    FAILED = "failed"  # given up after several tries


@dataclass(frozen=True, slots=True)
class Page:
    """A URL in the frontier, and what is known of it."""

    id: int
    url: str
    source_id: int
    state: PageState
    found_at: datetime
    found_how: str
    backlog: bool
    due_at: datetime
    attempts: int = 0
    guid: str | None = None
    listed_title: str = ""
    listed_published: datetime | None = None
    credited_source: str | None = None
    last_fetch_at: datetime | None = None
    http_status: int | None = None
    problem: Problem | None = None
    problem_detail: str = ""
    next_reason: str = ""
    key: str = ""  # what all its addresses have in common; "" when it was found before keys were
