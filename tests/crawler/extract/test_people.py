"""Who wrote it, as bylines put it."""

from __future__ import annotations

import json

import pytest

from crawler.extract.people import split_names
from tests.crawler.extract.pages import json_ld, page, read


@pytest.mark.parametrize(
    ("byline", "names"),
    [
        ("By Ada Low", ["Ada Low"]),
        ("Von Ada Low und Bo Rim", ["Ada Low", "Bo Rim"]),
        ("Par Ada Low, Bo Rim et Cy Tan", ["Ada Low", "Bo Rim", "Cy Tan"]),
        ("Ada Low (alo)", ["Ada Low"]),
        ("Ada Low, MD", ["Ada Low"]),
        ("Anders and Sandy Brand", ["Anders", "Sandy Brand"]),
        ("松岡大地", ["松岡大地"]),
        ("https://www.example.com/people/ada-low", []),
        ("ada@example.com", []),
        ("admin", []),
    ],
)
def test_a_byline_is_split_into_names(byline: str, names: list[str]) -> None:
    assert split_names([byline]) == names


def test_a_marked_byline_is_read_where_nothing_is_declared() -> None:
    source = page(before='<p class="byline">By <a rel="author" href="/ada">Ada Low</a></p>')
    assert read(source).authors == ("Ada Low",)


def test_an_organisation_signs_where_no_person_does_and_is_a_signal() -> None:
    author = {"@type": "Organization", "name": "Northern Press Agency"}
    article = read(page(head=json_ld(json.dumps({"@type": "NewsArticle", "author": author}))))
    assert article.authors == ("Northern Press Agency",)
    assert ("jsonld_author_organization", "Northern Press Agency") in {
        (signal.kind, signal.value) for signal in article.signals
    }
