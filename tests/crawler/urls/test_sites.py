"""Which addresses are one publisher's, and which are nobody's own."""

from __future__ import annotations

import pytest

from crawler.urls.publishers import can_be_named
from crawler.urls.sites import is_front_page, is_same_site, own_address


@pytest.mark.parametrize(
    ("url", "other"),
    [
        ("https://daily.test/a/1", "https://daily.test/a/2"),
        ("https://www.daily.test/a/1", "https://m.daily.test/a/1"),
        ("https://daily.test/a/1", "https://amp.daily.test/amp/a/1"),
        ("https://www.daily.test/a/1", "https://ww2.daily.test/a/1"),
        ("https://edition.daily.test/a/1", "https://www.daily.test/a/1"),
        ("https://uk.daily.test/a/1", "https://www.daily.test/b/2"),
        ("https://sport.daily.test/a/1", "https://www.daily.test/sport/a/1"),
        ("https://sport.daily.test/a/1", "https://www.daily.test/a/1"),
        ("https://daily.co.uk/a/1", "https://www.daily.com/a/1"),
        ("https://thedaily.com/a/1", "https://daily.com/a/1"),
        ("https://daily-post.de/a", "https://dailypost.com/de/a"),
        ("https://os-daily.com/a", "http://os-daily-com-blog.cluster-1.org/a"),
        ("https://os-daily.com/a", "http://x.osdaily-cluster-1.org/a"),
        ("https://harbourpost.timesgroup.com/a", "https://m.harbourpost.com/a"),
        ("https://www.reuters.com/a", "https://www.reutersagency.com/a"),
        ("https://harbour.blogspot.com/a", "https://www.harbour.com/a"),
    ],
)
def test_one_publisher_has_many_names(url: str, other: str) -> None:
    assert is_same_site(url, other, names_itself=True)
    assert is_same_site(other, url, names_itself=True)


@pytest.mark.parametrize(
    ("url", "other"),
    [
        ("http://127.0.1.7/a/1", "http://127.0.1.8/a/1"),
        ("https://daily.test/a/1", "https://wire.test/a/1"),
        ("https://www.eastpost.com/a", "https://www.westpost.com/a"),
        ("https://one.blogspot.com/a", "https://two.blogspot.com/a"),
        ("https://news.harbour.com/a", "https://news.inland.com/a"),
        ("https://daily.co.uk/a", "https://wire.co.uk/a"),
    ],
)
def test_other_publishers_are_told_apart(url: str, other: str) -> None:
    assert not is_same_site(url, other, names_itself=True)


def test_a_title_with_pages_of_its_own_is_a_publisher_within_its_house() -> None:
    url, other = "https://money.house.test/money/story/56/49", "https://house.test/news/story/73/49"
    assert not is_same_site(url, other, names_itself=True)
    assert is_same_site(url, other, names_itself=False)


@pytest.mark.parametrize(
    ("url", "own"),
    [
        ("https://daily.test/a", "https://daily.test/a"),
        (
            "https://web.archive.org/web/20190717140047/http://www.daily.test/a",
            "http://www.daily.test/a",
        ),
        ("https://archive.ph/2020/https%3A//daily.test/a%20b", "https://daily.test/a b"),
        ("http://feedproxy.google.com/~r/Daily/~3/x/", ""),
        ("https://www-daily-test.cdn.ampproject.org/c/s/www.daily.test/a", ""),
    ],
)
def test_what_an_archive_or_a_proxy_carries_is_not_its_own(url: str, own: str) -> None:
    assert own_address(url) == own


@pytest.mark.parametrize(
    "host",
    [
        *("", "localhost", "127.0.0.1", ".tramino.test", "jans-blog", "feeds.daily.test"),
        *("x.wpengine.com", "d1.cloudfront.net", "web.archive.org", "daily.local", "t.co"),
    ],
)
def test_hosts_that_are_nobodys_public_site_can_not_be_named(host: str) -> None:
    assert not can_be_named(host)


@pytest.mark.parametrize(
    ("path", "front"),
    [
        *(("", True), ("/", True), ("/en/", True), ("/de-at", True), ("/index.html", True)),
        *(("/a", False), ("/en/a", False), ("/2020/01/02/", False)),
    ],
)
def test_a_front_page_is_no_article(path: str, front: bool) -> None:
    assert is_front_page(path) is front
