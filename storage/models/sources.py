"""Sources, and where their listings moved. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from storage.models.problems import Problem


class SourceKind(StrEnum):
    """What a source's listing is."""

    FEED = "feed"
    SITEMAP = "sitemap"
    SECTION = "section"  # a page of links, of which some lead to articles


class SourceState(StrEnum):
    ACTIVE = "active"
    PAUSED = "paused"


@dataclass(frozen=True, slots=True)
class Source:
    """A publisher's listing (a feed, a sitemap, a section page) that we poll.

    `hub_url` and `self_url` are what the listing says of WebSub; `sitemap_url` is where items are
    looked for that fell out of the listing between two polls, `missed` counts them, `overlap` is
    the share of the last listing that was known before. `rhythm` is the recrawl policy's, `learned`
    the section reader's. `trust` counts the "not modified" answers in a row that a full fetch bore
    out, the last of them at `checked_at`.
    """

    id: int
    url: str
    title: str
    site_url: str
    state: SourceState
    alert_backlog: bool
    added_at: datetime
    primed_at: datetime | None  # the first successful fetch; what it listed is backlog
    next_fetch_at: datetime
    next_reason: str
    etag: str | None = None
    last_modified: str | None = None
    body_hash: str | None = None
    last_fetch_at: datetime | None = None
    last_success_at: datetime | None = None
    failures: int = 0  # failures in a row
    problem: Problem | None = None
    problem_detail: str = ""
    article_rate: float = 0.0  # new items an hour, decayed
    rate_at: datetime | None = None
    kind: SourceKind = SourceKind.FEED
    hub_url: str | None = None
    self_url: str | None = None
    sitemap_url: str | None = None
    daily_budget: int | None = None  # requests a day; None: the setting
    rhythm: Mapping[str, Any] | None = None
    learned: Mapping[str, Any] | None = None
    weight: float = 1.0  # of the topics that it feeds
    overlap: float | None = None
    missed: int = 0
    listed: int | None = None  # items of the last listing
    trust: int = 0
    checked_at: datetime | None = None
    told_failing_at: datetime | None = None
    quiet: str = ""  # that it publishes nothing, where its own rhythm makes that odd
    degraded: str = ""  # why not all of its last listing could be read


@dataclass(frozen=True, slots=True)
class Move:
    """That a source's listing is somewhere else now; `how` we learned of it."""

    from_url: str
    to_url: str
    how: str
    at: datetime
