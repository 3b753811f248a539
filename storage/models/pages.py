"""Pages: the URLs of the frontier, and which sources list them. Pure."""

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
    """A URL in the frontier, and what became of it; who lists it is said by its listings."""

    id: int
    url: str
    state: PageState
    found_at: datetime
    due_at: datetime
    attempts: int = 0
    last_fetch_at: datetime | None = None
    http_status: int | None = None
    problem: Problem | None = None
    problem_detail: str = ""
    next_reason: str = ""
    key: str = ""  # what all its addresses have in common; "" when it was found before keys were


@dataclass(frozen=True, slots=True)
class PageListing:
    """That a source lists a page, and what it says of it there.

    `absent_at` is the last visit of the source, before the first that showed the page, that did not
    show it (None: there was none). `backlog` when it is none of this source's news. The last three
    are its source's: the address of the listing, whether it is polled, and its budget.
    """

    source_id: int
    page_id: int
    first_listed_at: datetime
    last_listed_at: datetime
    absent_at: datetime | None
    found_how: str
    backlog: bool
    guid: str | None = None
    title: str = ""
    published: datetime | None = None
    credited_source: str | None = None
    source_url: str = ""
    is_active: bool = True
    daily_budget: int | None = None


@dataclass(frozen=True, slots=True)
class ListedPage:
    """A page as one source lists it."""

    page: Page
    listing: PageListing
