"""Listings as they were read: a title and its items. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from storage.models.sources import SourceKind


@dataclass(frozen=True, slots=True)
class ListedItem:
    """One entry of a listing: a link, and what the publisher says of it.

    `changed` is when the page was changed last: a sitemap often says no more. `content` is the
    article's text in HTML where a feed gives all of it.
    """

    url: str
    guid: str | None = None
    title: str = ""
    published: datetime | None = None
    credited_source: str | None = None  # RSS <source url>, a publisher's address or name
    changed: datetime | None = None
    content: str = ""


@dataclass(frozen=True, slots=True)
class ListedSitemap:
    """A sitemap that an index names, and when it was changed last."""

    url: str
    changed: datetime | None = None


@dataclass(frozen=True, slots=True)
class Listing:
    """A listing, read: newest items first, as listed otherwise.

    `ttl_minutes` is how long its publisher asks to wait between two polls, `period_minutes` how
    often it says that it changes; in `skip_hours` (of the day, UTC) and on `skip_days` (0 is Monday)
    it wants no polls. `sitemaps` are those that an index names, the newest first. `memory` is what
    stood in one that was too long to be taken whole, for the next reading; `has_more` when new items
    wait for it.
    """

    title: str
    site_url: str | None
    items: tuple[ListedItem, ...]
    ttl_minutes: int | None = None
    degraded: str | None = None  # why not all of it could be read
    period_minutes: float | None = None
    hub_url: str | None = None
    self_url: str | None = None
    sitemaps: tuple[ListedSitemap, ...] = ()
    kind: SourceKind = SourceKind.FEED
    moved_to: str | None = None  # as its publisher says in it
    skip_hours: tuple[int, ...] = ()
    skip_days: tuple[int, ...] = ()
    memory: bytes | None = None
    has_more: bool = False
