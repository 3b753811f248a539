"""When listings began to show a page: its publisher's own count before those of others."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from crawler.articles.origin_candidates import listing_window
from crawler.copies.records import ListingWindow
from storage.models.pages import PageListing
from tests.scheduler.alerts import drafts

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)


def at(minutes: float) -> datetime:
    return NOON + timedelta(minutes=minutes)


def listing(source_id: int, host: str, *, first: float, absent: float | None) -> PageListing:
    return PageListing(
        source_id=source_id,
        page_id=1,
        first_listed_at=at(first),
        last_listed_at=at(first),
        absent_at=None if absent is None else at(absent),
        found_how="feed",
        backlog=False,
        source_url=f"https://{host}/feed.xml",
    )


def window(*listings: PageListing, seen: float = 0) -> ListingWindow | None:
    article = drafts.article(
        1, "daily.example", url="https://www.daily.example/a", first_seen=at(seen)
    )
    return listing_window(article, listings)


OWN = listing(1, "daily.example", first=0, absent=-10)
OTHERS = listing(2, "hub.example", first=5, absent=4)


def test_its_publishers_own_listing_says_since_when() -> None:
    assert window(OWN) == ListingWindow(at(-10), at(0))
    assert window(OWN, OTHERS) == ListingWindow(at(-10), at(0))


def test_another_publishers_listing_says_less() -> None:
    assert window(OTHERS, seen=5) == ListingWindow(at(4), at(5), own=False)


def test_of_several_the_earliest_absence_counts() -> None:
    section = listing(3, "daily.example", first=50, absent=-60)
    assert window(OWN, section) == ListingWindow(at(-60), at(0))


def test_a_first_visit_that_showed_it_says_nothing_of_before() -> None:
    first = listing(1, "daily.example", first=0, absent=None)
    later = listing(3, "daily.example", first=50, absent=40)
    assert window(first, later) == ListingWindow(None, at(0))


def test_a_listing_that_lagged_behind_another_that_showed_it_says_nothing_of_before() -> None:
    lagging = listing(1, "daily.example", first=20, absent=10)
    assert window(lagging, OTHERS, seen=5) == ListingWindow(None, at(20))


def test_nobody_lists_it() -> None:
    assert window() is None
