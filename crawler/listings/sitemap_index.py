"""Which sitemaps of an index are read at one visit, and what they list together; pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from crawler.listings.formats.long_listing import Before
from crawler.listings.formats.sitemap import is_beside
from storage.models.listings import ListedItem, ListedSitemap, Listing
from storage.models.problems import Problem
from storage.models.sources import SourceKind

_MOST_CHANGED = 4  # sitemaps, beside the likeliest, that are read for their dates at one visit
_MOST_REQUESTS = 8  # for one visit, with indexes below the index
_A_DAY = timedelta(
    days=1
)  # many dates are bare days: what was read that day may have changed since
_NEVER = datetime.min.replace(tzinfo=UTC)


def wanted_sitemaps(
    named: Sequence[ListedSitemap],
    parts: Mapping[str, datetime | None],
    since: datetime | None,
) -> list[ListedSitemap]:
    """Return the sitemaps of an index, given the likeliest first, that are read at this visit.

    The likeliest always; those that changed since they were read, or since the last visit (None: this
    is the first one, and reads no more); and of those without a date the one that was read longest ago.
    """
    likeliest, rest = named[:1], [each for each in named[1:] if not is_beside(each.url)]
    if since is None:
        return [*likeliest]

    def asked(sitemap: ListedSitemap) -> datetime:
        return parts.get(sitemap.url) or _NEVER

    changed = [
        each for each in rest if each.changed and each.changed >= max(asked(each), since) - _A_DAY
    ]
    undated = [each for each in rest if each.changed is None]
    return [*likeliest, *changed[:_MOST_CHANGED], *sorted(undated, key=asked)[:1]]


@dataclass(slots=True)
class IndexVisit:
    """A visit to an index: the sitemaps that are to be read yet, and what was read.

    `parts` say when the source's sitemaps were read before (None: never), `since` is its last visit
    that succeeded; `spare` are sitemaps that are tried when none of the wanted can be read.
    """

    since: datetime | None = None
    parts: Mapping[str, datetime | None] = field(default_factory=dict)
    named: list[str] = field(default_factory=list)
    todo: list[str] = field(default_factory=list)
    spare: list[str] = field(default_factory=list)
    asked: set[str] = field(default_factory=set)
    items: list[ListedItem] = field(default_factory=list)
    memories: dict[str, bytes | None] = field(default_factory=dict)
    degraded: list[str] = field(default_factory=list)
    hashes: list[str] = field(default_factory=list)
    has_more: bool = False
    failure: tuple[Problem, str] = (Problem.NOT_A_FEED, "the index names no sitemap")

    def follow(self, listing: Listing) -> None:
        """Want what an index names that is to be read now."""
        wanted = [each.url for each in wanted_sitemaps(listing.sitemaps, self.parts, self.since)]
        self.named += [each.url for each in listing.sitemaps]
        self.todo = [*(url for url in wanted if url not in self.asked), *self.todo]
        self.spare += [each.url for each in listing.sitemaps[:2] if each.url not in wanted]
        self.items += listing.items

    def next(self) -> str | None:
        """Return the sitemap to ask for; None when all is read, or enough was asked."""
        if not self.todo and not self.memories:
            self.todo, self.spare = self.spare, []
        if not self.todo or len(self.asked) >= _MOST_REQUESTS:
            return None
        sitemap = self.todo.pop(0)
        self.asked.add(sitemap)
        return sitemap

    def before(self, url: str, memory: bytes | None) -> Before:
        """Return what is known of a sitemap: one that the index named before, but nobody read, is old."""
        is_late = url in self.parts and self.parts[url] is None
        return Before(memory, self.since if is_late else None, is_part=True)

    def take(self, url: str, listing: Listing, body_hash: str) -> None:
        """Add what a sitemap lists; another index below it is followed."""
        if listing.sitemaps:
            self.follow(listing)
            return
        self.items += listing.items
        self.memories[url] = listing.memory
        self.hashes.append(body_hash)
        self.has_more |= listing.has_more
        if listing.degraded:
            self.degraded.append(listing.degraded)

    @property
    def listing(self) -> Listing:
        """What the sitemaps list together."""
        return Listing(
            title="",
            site_url=None,
            items=tuple(self.items),
            degraded="; ".join(dict.fromkeys(self.degraded)) or None,
            kind=SourceKind.SITEMAP,
            has_more=self.has_more,
        )

    @property
    def absent_at(self) -> datetime | None:
        """The last visit that read all of these sitemaps; None when some were not read before."""
        asked = [self.parts[url] for url in self.memories if url in self.parts]
        if None in asked:
            return None
        return min((at for at in asked if at is not None), default=self.since)
