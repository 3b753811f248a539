"""Products, shops and first pages are no articles, where nothing states that they are."""

from __future__ import annotations

import pytest

from storage.errors import ExtractError
from storage.models.problems import Problem
from tests.crawler.extract.pages import json_ld, page, read

SHOP = "https://shop.example.com/c/harbour-lamps"
PRODUCT = json_ld('{"@type": "Product", "name": "A lamp"}')
DAY = '<meta property="article:published_time" content="2026-05-19T08:00:00Z">'
WEBSITE = '<meta property="og:type" content="website">'
AUTHOR = '<meta name="author" content="Ada Low">'


@pytest.mark.parametrize(
    ("head", "url"),
    [
        (PRODUCT, "https://shop.example.com/lamp"),
        ('<meta property="og:type" content="product">', "https://shop.example.com/lamp"),
        ("", SHOP),
        (WEBSITE, "https://lamps.example.com/"),
        (WEBSITE, "https://lamps.example.com/for-houses"),
    ],
)
def test_a_page_that_sells_or_lists_is_no_article(head: str, url: str) -> None:
    with pytest.raises(ExtractError) as caught:
        read(page(head=head), url=url)
    assert caught.value.problem is Problem.NOT_AN_ARTICLE


@pytest.mark.parametrize(
    ("head", "url"),
    [
        (DAY, SHOP),
        ("", "https://news.example.com/"),
        (WEBSITE, "https://news.example.com/harbour-wall-gives-way"),
        (AUTHOR, SHOP),
        (PRODUCT + DAY, SHOP),
        (json_ld('{"@type": "NewsArticle", "headline": "Lamps"}'), SHOP),
        ("", "https://news.example.com/category/harbour-wall-gives-way-at-eastmere"),
        ("", "https://news.example.com/services/45823"),
        ("", "https://news.example.com/?p=17"),
    ],
)
def test_an_article_that_states_something_of_itself_is_kept_wherever_it_stands(
    head: str, url: str
) -> None:
    assert read(page(head=head), url=url).text
