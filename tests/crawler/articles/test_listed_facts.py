"""What only the listing of a page knew is said of its article too."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from crawler.articles.pipeline import with_listing
from crawler.extract.dates.date_value import HOUR_UNREAD, ZONE_UNKNOWN
from storage.models.articles import ArticleDates, ExtractedArticle
from storage.models.pages import PageListing

DAY = datetime(2026, 5, 12, tzinfo=UTC)
LISTED = DAY + timedelta(hours=9)
URL = "https://news.example.com/harbour-wall"
ARTICLE = ExtractedArticle(URL, URL, "Herald", "Ship meets wall", "A ferry ran into the wall.")


def listing(published: datetime | None) -> PageListing:
    return PageListing(1, 1, DAY, DAY, None, "poll", backlog=False, published=published)


@pytest.mark.parametrize(
    ("dates", "listed", "meant"),
    [
        (ArticleDates(), LISTED, LISTED),
        (ArticleDates(DAY, "meta"), LISTED, DAY),
        (ArticleDates(DAY, "meta"), None, DAY),
        (ArticleDates(DAY, "meta", ZONE_UNKNOWN), LISTED, LISTED),
        (ArticleDates(DAY, "meta", HOUR_UNREAD), LISTED, LISTED),
        (ArticleDates(DAY, "meta", HOUR_UNREAD), DAY + timedelta(days=3), DAY),
        (ArticleDates(DAY, "now", "future"), DAY - timedelta(days=3), DAY - timedelta(days=3)),
        (ArticleDates(DAY, "now", "future"), LISTED, DAY),
    ],
)
def test_the_listing_dates_what_the_page_does_not_for_certain(
    dates: ArticleDates, listed: datetime | None, meant: datetime
) -> None:
    article = with_listing(replace(ARTICLE, dates=dates), listing(listed))
    assert article.dates.published == meant
    assert (article.dates.published_from == "listing") is (meant != dates.published)
