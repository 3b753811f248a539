"""Who wrote it, as bylines put it."""

from __future__ import annotations

import json

import pytest

from crawler.extract.credits.people import split_names
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


BY_THE_SITE = '{"@type": "NewsArticle", "author": {"@type": "Person", "name": "The Eastmere Post"}}'
SITE = '<meta property="og:site_name" content="The Eastmere Post">'


def test_the_site_is_no_author_where_the_page_names_another() -> None:
    declared = json_ld(BY_THE_SITE) + SITE
    named = '<meta name="author" content="The Eastmere Post"><meta name="author" content="Ada Low">'
    assert read(page(head=declared + named)).authors == ("Ada Low",)
    shown = page(head=declared, before="<h1>Wall</h1><p>By Ada Low and Bo Rim</p>")
    assert read(shown).authors == ("Ada Low", "Bo Rim")
    assert read(page(head=declared)).authors == ("The Eastmere Post",)


def test_an_agency_beside_the_site_keeps_the_site() -> None:
    both = json_ld(BY_THE_SITE.replace('Post"', 'Post and Reuters"')) + SITE
    assert read(page(head=both)).authors == ("The Eastmere Post", "Reuters")


@pytest.mark.parametrize(
    "line",
    [
        "<p>By Ada Low</p>",
        "<span>Written by</span> <a href='/ada'>Ada Low</a>",
        "<p>Von<!-- --> <b>Ada Low</b></p>",
        "<div class='article__author'>Recipe by <a href='/ada'>Ada Low</a></div>",
        "<div itemprop='author'>The Post. <span itemprop='name'>Ada Low</span></div>",
        "<dl><dt>Autorin/Autor</dt><dd>Ada Low</dd></dl>",
    ],
)
def test_a_byline_beside_the_heading_is_read(line: str) -> None:
    assert read(page(before=f"<h1>Harbour wall gives way</h1>{line}")).authors == ("Ada Low",)


@pytest.mark.parametrize(
    "line",
    [
        "<p>By the sea</p>",
        "<p>By 2030 the wall will be rebuilt</p>",
        "<aside><span class='author'>Bo Rim</span></aside>",
        "<ul class='related'><li><span class='author'>Bo Rim</span></li></ul>",
    ],
)
def test_what_is_no_byline_of_this_article_is_none(line: str) -> None:
    assert read(page(before="<h1>Harbour wall gives way</h1>", after=line)).authors == ()


@pytest.mark.parametrize(
    ("author", "names"),
    [
        ('{"@type": "Person", "name": "Ada Low y Marsh"}', ("Ada Low y Marsh",)),
        (
            '{"@type": "Person", "name": "Ana Rita de Almeida Prado Low"}',
            ("Ana Rita de Almeida Prado Low",),
        ),
        ('{"@type": "Person", "name": "Ada Low, Harbour Correspondent"}', ("Ada Low",)),
        ('{"@type": "Person", "name": "Low, Ada"}', ("Ada Low",)),
        ('{"@type": "Person", "name": "Ada Low and Bo Rim"}', ("Ada Low", "Bo Rim")),
        ('{"@type": "Person", "givenName": "Ada", "familyName": "Low"}', ("Ada Low",)),
        ('{"@type": "Role", "author": {"@type": "Person", "name": "Ada Low"}}', ("Ada Low",)),
        ('"Ada Low, Staff Writer"', ("Ada Low",)),
    ],
)
def test_a_person_that_is_an_object_is_one_person_and_no_job(
    author: str, names: tuple[str, ...]
) -> None:
    head = json_ld(f'{{"@type": "NewsArticle", "headline": "Harbour wall", "author": {author}}}')
    assert read(page(head=head)).authors == names
