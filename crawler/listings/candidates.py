"""What was found at a site that could be polled, how the candidates stand to each other, and which is best."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from crawler.listings.formats.autodiscovery import is_side_feed
from crawler.urls.page_key import page_key
from storage.models.listings import Listing
from storage.models.sources import SourceKind

_STALE = timedelta(days=90)  # a listing whose newest item is older is most likely forgotten
_A_PART = 0.8  # share of a listing's items that another one has too: it adds nothing to that
_TIMES_BUSIER = 4.0  # than a feed: then a sitemap sees what the feed does not
_DAY = 86_400.0
_FRESHEST_KINDS = (SourceKind.FEED, SourceKind.SITEMAP, SourceKind.SECTION, SourceKind.SEARCH)
_PROVES_A_RATE = 3  # dated items


@dataclass(frozen=True, slots=True)
class Candidate:
    """A listing that answered and could be read.

    `sitemap_url` is where the site's pages are looked for that fall out of the listing;
    `moved_from` is the address that was asked for, where that redirects here for good.
    """

    url: str
    title: str
    site_url: str
    listing: Listing
    sitemap_url: str | None = None
    moved_from: str | None = None
    urls_by_key: Mapping[str, str] = field(default_factory=dict)  # of its items' pages

    @property
    def keys(self) -> AbstractSet[str]:
        """The keys of its items' pages."""
        return self.urls_by_key.keys()

    @property
    def kind(self) -> SourceKind:
        """What it is."""
        return self.listing.kind

    @property
    def is_beside(self) -> bool:
        """Whether it is a feed of comments, of one tag or of one author."""
        return is_side_feed(self.url, self.title)

    @property
    def newest(self) -> datetime | None:
        """When its newest dated item was published, or changed last."""
        return max(_moments(self.listing), default=None)

    @property
    def rate(self) -> float | None:
        """Items a day, by the dates in the listing; None when they do not tell."""
        moments = sorted(_moments(self.listing))
        if len(moments) < _PROVES_A_RATE or moments[0] == moments[-1]:
            return None
        return (len(moments) - 1) / ((moments[-1] - moments[0]).total_seconds() / _DAY)


def candidate_of(
    listing: Listing,
    *,
    url: str,
    title: str,
    site_url: str,
    moved_from: str | None = None,
) -> Candidate:
    """Make a candidate of a listing that was read."""
    keys = {page_key(item.url): item.url for item in listing.items}
    return Candidate(url, title, site_url, listing, moved_from=moved_from, urls_by_key=keys)


def overlap(one: Candidate, other: Candidate) -> float:
    """Return the share of one candidate's items that the other one lists too."""
    return len(one.keys & other.keys) / len(one.keys) if one.keys else 0.0


def ranked(candidates: Sequence[Candidate], now: datetime) -> list[Candidate]:
    """Sort the best candidate to the front.

    What lists something before what is empty, fresh before stale, the site's own before those
    beside it, feeds before sitemaps before section pages, but for a feed that lists only a small part
    of what a sitemap of news does; of two of a kind the one that is more than a part of the other,
    then the busier one.
    """
    return sorted(candidates, key=lambda each: _worth(each, candidates, now), reverse=True)


def _worth(
    candidate: Candidate, candidates: Sequence[Candidate], now: datetime
) -> tuple[bool, bool, bool, int, bool, float, int]:
    newest = candidate.newest
    is_part = any(
        other is not candidate
        and other.kind is candidate.kind
        and len(other.keys) > len(candidate.keys)
        and overlap(candidate, other) >= _A_PART
        for other in candidates
    )
    return (
        bool(candidate.keys),
        newest is None or now - newest <= _STALE,
        not candidate.is_beside,
        -_FRESHEST_KINDS.index(candidate.kind) if not _is_scrap(candidate, candidates) else -1,
        not is_part,
        candidate.rate or 0.0,
        len(candidate.keys),
    )


def _is_scrap(candidate: Candidate, candidates: Sequence[Candidate]) -> bool:
    """Tell whether a feed is a small part of a sitemap that is as fresh: of one section, say."""
    return candidate.kind is SourceKind.FEED and any(
        other.kind is SourceKind.SITEMAP
        and (other.rate or 0.0) > _TIMES_BUSIER * (candidate.rate or 0.0)
        and overlap(candidate, other) >= _A_PART
        for other in candidates
        if candidate.rate is not None
    )


def _moments(listing: Listing) -> list[datetime]:
    moments = (item.published or item.changed for item in listing.items)
    return [moment for moment in moments if moment is not None]
