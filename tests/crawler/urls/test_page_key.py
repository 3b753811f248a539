"""What all addresses of a page have in common."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.urls.page_key import page_key

KEY = "herald.example/news/ferry"


@pytest.mark.parametrize(
    "url",
    [
        "https://herald.example/news/ferry",
        "http://www.herald.example/news/ferry/",
        "https://m.herald.example/news/ferry",
        "https://amp.herald.example/news/ferry",
        "https://www.m.herald.example/news/ferry",
        "https://herald.example/news/ferry/amp/",
        "https://herald.example/amp/news/ferry",
        "https://herald.example/news/ferry?amp=1",
        "https://herald.example/news/ferry?outputType=amp&amp",
        "https://herald.example/news/ferry/index.html",
        "https://herald.example/news/ferry;jsessionid=12ab",
        "https://herald.example/news/ferry?PHPSESSID=77",
        "https://herald-example.cdn.ampproject.org/c/s/herald.example/news/ferry",
        "https://www.google.com/amp/s/herald.example/news/ferry",
    ],
)
def test_spellings_of_one_page_have_one_key(url: str) -> None:
    assert page_key(url) == KEY


@pytest.mark.parametrize(
    "url",
    [
        "https://herald.example/news/ferry-2",
        "https://herald.example/news/Ferry",
        "https://herald.example/news/ferry?id=2",
        "https://herald.example:8443/news/ferry",
        "https://sport.herald.example/news/ferry",
        "https://herald.example/news/amplifier/ferry",
        "https://m.example/news/ferry",
    ],
)
def test_other_pages_have_other_keys(url: str) -> None:
    assert page_key(url) != KEY


def test_the_order_of_parameters_makes_no_other_page() -> None:
    one, other = "https://h.example/p?b=2&a=1", "https://h.example/p?a=1&b=2"
    assert page_key(one) == page_key(other) != page_key("https://h.example/p?a=1")


@given(st.integers(1, 10**6))
def test_numbers_in_addresses_tell_pages_apart(number: int) -> None:
    assert page_key(f"https://h.example/p/{number}") != page_key(
        f"https://h.example/p/{number + 1}"
    )
