"""What follows from all the sources that list a page: whose it is, who pays, whether it is news; pure.

No source decides for another: what one says of a page weighs on that source's own listing only.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from crawler.urls.canonical import host_of
from crawler.urls.publishers import publisher_of
from storage.models.articles import ArticleDates
from storage.models.pages import PageListing

FROM_LISTING = "listing"  # how the date of an article is called that a listing gave
LATE = timedelta(
    days=2
)  # how long before a source's last visit something that is news may be dated


def by_precedence(listings: Sequence[PageListing], url: str) -> list[PageListing]:
    """Return a page's listings in the order in which its sources stand for it.

    Those that are polled first; of them those whose listing is of the page's own publisher; then
    by who listed it first.
    """
    return sorted(
        listings,
        key=lambda listing: (
            not listing.is_active,
            not is_own(listing, url),
            listing.first_listed_at,
            listing.source_id,
        ),
    )


def facts_of(listings: Sequence[PageListing], url: str) -> PageListing | None:
    """Return the listing whose word of a page counts where the page itself says nothing.

    That of the page's own publisher, then of one to whom it was news; None when nobody lists it.
    """
    ordered = by_precedence(listings, url)
    return min(
        ordered,
        key=lambda listing: (not listing.is_active, not is_own(listing, url), listing.backlog),
        default=None,
    )


def is_own(listing: PageListing, url: str) -> bool:
    """Tell whether a page is of the publisher whose listing it is."""
    return publisher_of(host_of(listing.source_url)) == publisher_of(host_of(url))


def own_date(dates: ArticleDates) -> datetime | None:
    """Return when an article was published by its page's own word; what a listing says is none."""
    return None if dates.published_from == FROM_LISTING else dates.published


def is_backlog(
    listings: Sequence[PageListing], url: str, published: datetime | None = None
) -> bool:
    """Tell whether a page is none of the news, by the listings of all sources that are polled.

    It is backlog where all of them say so. Where its own publisher lists it as backlog, another one
    makes it news only when the page itself is dated (`published`) so late that it can be news to
    that one: else who lists a stranger's archive would have all of it told.
    """
    counted = [listing for listing in listings if listing.is_active] or list(listings)
    news = [listing for listing in counted if not listing.backlog]
    if not news:
        return bool(counted)
    if any(is_own(listing, url) for listing in news):
        return False
    if not any(is_own(listing, url) for listing in counted):
        return False
    return not any(_is_fresh(listing, published) for listing in news)


def _is_fresh(listing: PageListing, published: datetime | None) -> bool:
    """Tell whether what is dated then is news to a source; one whose backlog is told takes all."""
    if listing.absent_at is None:
        return True
    return published is not None and published >= listing.absent_at - LATE
