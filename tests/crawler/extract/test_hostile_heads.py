"""Heads made to cost time or to break a reader: each page is read in linear time, or refused."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from crawler.extract.credits.people import PageIdentity, read_authors
from crawler.extract.credits.signals import PageData, collect_signals
from crawler.extract.dates.article_dates import DatedPage, read_dates
from crawler.extract.markup.head_tags import read_tags
from crawler.extract.markup.tree import parse_page
from tests.crawler.extract.pages import NOW, TEXT, TITLE, json_ld, page, read
from tests.waiting import little_work

ARTICLE = {"@type": "NewsArticle", "headline": TITLE, "datePublished": "2026-05-19T08:15:00Z"}
GOOD = json_ld(json.dumps(ARTICLE))
UNDATED = "https://news.example.com/harbour-wall"


@pytest.fixture(autouse=True)
def _little_work() -> Iterator[None]:
    with little_work():
        yield


def test_a_title_of_a_megabyte_is_cut() -> None:
    for tag in ("title", "h1"):
        filled = f"<{tag}>{'storm ' * 170_000}</{tag}>"
        assert len(read(page(head=filled)).title) <= 500


def test_a_title_of_nothing_but_separators_is_read() -> None:
    read(
        page(
            head=f"<title>{'a - ' * 100_000}</title><meta property='og:title' content='{'|' * 500_000}'>"
        )
    )


def test_a_hundred_thousand_meta_tags_are_read() -> None:
    metas = "".join(f'<meta name="author" content="Ada Low {n}">' for n in range(100_000))
    article = read(page(head=GOOD + metas))
    assert article.title == TITLE
    assert len(article.authors) <= 20


def test_ten_megabytes_of_structured_data_are_read_up_to_a_bound() -> None:
    vast = json.dumps({**ARTICLE, "keywords": ["storm"] * 1_000_000})
    assert len(vast) > 9_000_000
    assert read(page(head=json_ld(vast))).title == TITLE


def test_ten_thousand_scripts_of_structured_data_are_read_up_to_a_bound() -> None:
    assert read(page(head=GOOD + json_ld('{"@type": "Thing"}') * 10_000)).title == TITLE


@pytest.mark.parametrize(
    "nested",
    [
        '{"a":' * 50_000 + "1" + "}" * 50_000,
        "[" * 500_000,
        '{"@type": "NewsArticle", "author": ' + '{"author": ' * 900 + "1" + "}" * 901,
        '{"@type": "NewsArticle", "author": ' + "[" * 900 + '"Ada Low"' + "]" * 900 + "}",
    ],
)
def test_deeply_nested_structured_data_does_no_harm(nested: str) -> None:
    article = read(page(head=GOOD + json_ld(nested)))
    assert (article.title, article.text) == (TITLE, TEXT)


@pytest.mark.parametrize(
    "broken",
    [
        '{"@type": "NewsArticle", "headline": "%s", "datePublished": NaN, "author": Infinity}',
        '{"@type": "NewsArticle", "headline": "%s", "author": ["Ada Low",], }',
        '{"@type": "NewsArticle", "headline": "%s",\n"description": "one\nline\tand\r\nanother"}',
        '<!-- {"@type": "NewsArticle", "headline": "%s"} -->',
        '<!--\n{"@type": "NewsArticle", "headline": "%s"}\n//-->',
        '// <![CDATA[\n{"@type": "NewsArticle", "headline": "%s"}\n// ]]>',
        '/*<![CDATA[*/ {"@type": "NewsArticle", "headline": "%s"} /*]]>*/',
        '{"@type": "NewsArticle", "headline": "%s"};',
        '{"@type": "NewsArticle", "headline": "%s", "datePublished": {"@value": ["x"]}}',
    ],
)
def test_broken_structured_data_is_mended(broken: str) -> None:
    article = read(
        page(head=json_ld(broken % TITLE) + "<title>Something else</title>"), url=UNDATED
    )
    assert article.title == TITLE
    assert article.dates.published is None


@pytest.mark.parametrize(
    "filler",
    ["-->" + " " * 500_000 + "x", "," + " " * 500_000 + "x", "//" * 500_000, "<![CDATA[" * 200_000],
)
def test_what_is_mended_costs_linear_time(filler: str) -> None:
    read(page(head=GOOD + json_ld(f'{{"@type": "NewsArticle" {filler}')))


@pytest.mark.parametrize(
    "body",
    [
        "<p>" + "by " * 200_000 + "</p>",
        "<time datetime='x'></time>" * 20_000,
        "<span class='author byline'>By</span>" * 20_000,
        "<div class='author'>" * 300 + "<b>x</b> y " * 50_000 + "</div>" * 300,
        "<p>first published </p>" * 20_000,
        "<p>12.05.</p>" * 20_000,
        "<h1>" + "Harbour " * 50_000 + "</h1>",
        "<p>" + "1/" * 200_000 + "</p>",
    ],
)
def test_a_body_full_of_what_is_looked_for_costs_linear_time(body: str) -> None:
    """All is read but the text, which has bounds and tests of its own."""
    tree = parse_page(page(before=f"<h1>{TITLE}</h1>{body}").encode(), max_depth=2000)
    tags = read_tags(tree)
    read_dates(DatedPage({}, (), tags, tree, TITLE, UNDATED), NOW)
    authors = read_authors(None, (), tags, tree, PageIdentity(TITLE, frozenset()))
    collect_signals(tree, PageData(None, (), UNDATED, ""), tags, authors, TEXT)
