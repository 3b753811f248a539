"""Candidates: which listing of a site is polled, and how much of one comes with another."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from crawler.listings.candidates import Candidate, candidate_of, overlap, ranked
from storage.models.listings import ListedItem, Listing
from storage.models.sources import SourceKind

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)


def made(
    path: str, *names: str, kind: SourceKind = SourceKind.FEED, age_days: float = 1, title: str = ""
) -> Candidate:
    items = tuple(
        ListedItem(
            url=f"https://herald.example/{name}",
            published=NOW - timedelta(days=age_days, hours=place),
        )
        for place, name in enumerate(names)
    )
    return candidate_of(
        Listing(title, None, items, kind=kind),
        url=f"https://herald.example/{path}",
        title=title,
        site_url="https://herald.example/",
    )


def test_the_feed_of_all_news_is_better_than_one_of_a_part_of_them() -> None:
    part, whole = made("sport.xml", "a", "b"), made("all.xml", "a", "b", "c", "d")
    assert ranked([part, whole], NOW) == [whole, part]
    assert (overlap(part, whole), overlap(whole, part)) == (1.0, 0.5)


def test_a_feed_is_better_than_a_sitemap_and_that_than_a_section_page() -> None:
    kinds = [SourceKind.SECTION, SourceKind.SITEMAP, SourceKind.FEED]
    found = ranked([made(kind.value, "a", "b", kind=kind) for kind in kinds], NOW)
    assert [each.kind for each in found] == kinds[::-1]


def test_a_feed_that_was_forgotten_is_worse_than_a_living_sitemap() -> None:
    forgotten = made("old.xml", "a", "b", age_days=400)
    living = made("news.xml", "c", "d", kind=SourceKind.SITEMAP)
    assert ranked([forgotten, living], NOW)[0] is living


def test_a_feed_of_one_section_is_worse_than_the_sitemap_of_all_news() -> None:
    names = [f"n{number}" for number in range(96)]
    sitemap = made("news.xml", *names, kind=SourceKind.SITEMAP)
    sport = candidate_of(
        Listing("", None, sitemap.listing.items[::12]),
        url="https://herald.example/sport.xml",
        title="",
        site_url="https://herald.example/",
    )
    newest = made("all.xml", *names[:20])
    assert ranked([sport, sitemap], NOW)[0] is sitemap
    assert ranked([newest, sitemap], NOW)[0] is newest


def test_feeds_of_comments_come_last_of_all_fresh_ones() -> None:
    comments = made("comments/feed", "a", "b", "c", title="Comments on Herald")
    section = made("", "d", kind=SourceKind.SECTION)
    assert ranked([comments, section], NOW)[0] is section


def test_a_rate_is_told_only_by_several_dates() -> None:
    rate = made("all.xml", *"abcdefghijklmnopqrstuvwxy").rate
    assert rate is not None
    assert abs(rate - 24) < 0.01
    assert made("all.xml", "a", "b").rate is None


def test_a_feed_that_lists_nothing_is_worse_than_anything_that_does() -> None:
    empty, section = made("feed"), made("", "a", kind=SourceKind.SECTION)
    assert ranked([empty, section], NOW)[0] is section
