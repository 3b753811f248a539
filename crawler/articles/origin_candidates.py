"""A story's members as candidates for its origin: what they say, and when listings began to show them."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection

from crawler.copies.records import ListingWindow, OriginCandidate
from crawler.visits.page_sources import is_own
from storage.crawl import page_listings
from storage.models.articles import Article
from storage.models.pages import PageListing
from storage.models.stories import StoryMember


def candidates(conn: Connection, members: Sequence[StoryMember]) -> list[OriginCandidate]:
    """Return members as candidates; when there is but one, nothing is looked up for it."""
    if len(members) == 1:
        return [_candidate(members[0], ())]
    page_ids = [member.article.provenance.page_id for member in members]
    listings = page_listings.of_pages(conn, page_ids)
    return [
        _candidate(member, listings.get(page_id, ()))
        for member, page_id in zip(members, page_ids, strict=True)
    ]


def listing_window(article: Article, listings: Sequence[PageListing]) -> ListingWindow | None:
    """Return between which visits an article began to be listed; None when nobody lists it.

    Its publisher's own listings count before those of others. Of several the one whose last visit
    without it is the earliest: a listing may lag. One that was visited only later says nothing.
    """
    own = [listing for listing in listings if is_own(listing, article.url)]
    counted = own or listings
    if not counted:
        return None
    absences = [
        listing.absent_at
        for listing in counted
        if listing.absent_at is not None and listing.absent_at <= article.first_seen
    ]
    first = min(counted, key=lambda listing: listing.first_listed_at)
    not_before = None if first.absent_at is None else min(absences, default=None)
    return ListingWindow(not_before, first.first_listed_at, own=bool(own))


def _candidate(member: StoryMember, listings: Sequence[PageListing]) -> OriginCandidate:
    article = member.article
    return OriginCandidate(
        article_id=article.id,
        host=article.host,
        title=article.title,
        words=len(article.text.split()),
        published=article.dates.published,
        first_seen=article.first_seen,
        signals=article.provenance.signals,
        verdict=member.verdict,
        url=article.url,
        window=listing_window(article, listings),
    )
