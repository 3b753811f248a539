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
    SEARCH = "search"  # a feed of what a search engine finds: pages of other publishers


class SourceState(StrEnum):
    ACTIVE = "active"
    PAUSED = "paused"


@dataclass(frozen=True, slots=True)
class SourceSchedule:
    """When a source is visited next, and what the recrawl policy reckons with.

    `rhythm` is the policy's own memory. `weight` is what its articles are worth to the topics,
    `daily_budget` the requests a day that it may cost (None: the setting says).
    """

    next_fetch_at: datetime
    next_reason: str
    rhythm: Mapping[str, Any] | None = None
    article_rate: float = 0.0  # new items an hour, decayed
    rate_at: datetime | None = None
    weight: float = 1.0
    daily_budget: int | None = None


@dataclass(frozen=True, slots=True)
class ListingValidators:
    """What a server said of a listing's version, and how far it is believed.

    `trust` counts the "not modified" answers in a row that a full fetch bore out, the last of them
    at `checked_at`.
    """

    etag: str | None = None
    last_modified: str | None = None
    body_hash: str | None = None
    trust: int = 0
    checked_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class SourceHealth:
    """How the visits to a source went.

    `primed_at` is the first successful fetch: what it listed is backlog. `failures` are those in a
    row. `quiet` says that it publishes nothing, where its own rhythm makes that odd, `degraded`
    why not all of its last listing could be read.
    """

    primed_at: datetime | None = None
    last_fetch_at: datetime | None = None
    last_success_at: datetime | None = None
    failures: int = 0
    problem: Problem | None = None
    problem_detail: str = ""
    failing_reported_at: datetime | None = None
    quiet: str = ""
    degraded: str = ""


@dataclass(frozen=True, slots=True)
class ListingFacts:
    """What is known of a source's listing.

    `hub_url` and `self_url` are what it says of WebSub; `sitemap_url` is where items are looked for
    that fell out of it between two polls, `missed` counts them. It had `listed` items, `overlap` is
    the share of them that was known before. `learned` is the section reader's memory.
    """

    hub_url: str | None = None
    self_url: str | None = None
    sitemap_url: str | None = None
    listed: int | None = None
    overlap: float | None = None
    missed: int = 0
    learned: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """A publisher's listing (a feed, a sitemap, a section page) that we poll."""

    id: int
    url: str
    title: str
    site_url: str
    state: SourceState
    alert_backlog: bool
    added_at: datetime
    schedule: SourceSchedule
    kind: SourceKind = SourceKind.FEED
    validators: ListingValidators = ListingValidators()
    health: SourceHealth = SourceHealth()
    listing: ListingFacts = ListingFacts()


@dataclass(frozen=True, slots=True)
class SourceMove:
    """That a source's listing is somewhere else now; `how` we learned of it."""

    from_url: str
    to_url: str
    how: str
    at: datetime
