"""What a page says about where its text comes from."""

from __future__ import annotations

import json

import pytest

from tests.crawler.extract.pages import PARAGRAPHS, json_ld, page, read


def signals_of(source: str) -> dict[str, str]:
    return {signal.kind: signal.value for signal in read(source).signals}


def test_tags_that_name_a_source_are_signals() -> None:
    head = (
        '<link rel="canonical" href="https://wire.example.org/a">'
        '<meta property="og:url" content="https://news.example.com/a">'
        '<meta name="syndication-source" content="https://wire.example.org/b">'
        '<meta name="original-source" content="https://wire.example.org/c">'
    )
    assert signals_of(page(head=head)) == {
        "canonical": "https://wire.example.org/a",
        "og_url": "https://news.example.com/a",
        "syndication_source": "https://wire.example.org/b",
        "original_source": "https://wire.example.org/c",
    }


def test_structured_data_that_names_a_source_is_a_signal() -> None:
    data = {
        "@type": "NewsArticle",
        "publisher": {"@type": "Organization", "name": "Eastmere Post"},
        "isBasedOn": {"@type": "CreativeWork", "url": "https://wire.example.org/a"},
        "author": {"@type": "NewsMediaOrganization", "name": "Reuters"},
    }
    assert signals_of(page(head=json_ld(json.dumps(data)))) == {
        "jsonld_publisher": "Eastmere Post",
        "jsonld_is_based_on": "https://wire.example.org/a",
        "jsonld_author_organization": "Reuters",
    }


@pytest.mark.parametrize(
    ("opening", "dateline"),
    [
        ("SEOUL (Reuters) - ", "SEOUL (Reuters) -"),
        ("EASTMERE, Maine (AP) \u2014 ", "EASTMERE, Maine (AP) \u2014"),
        ("(AP) ", "(AP)"),
        ("Berlin (dpa) - ", "Berlin (dpa) -"),
        ("Berlin (dpa/tmn) - ", "Berlin (dpa/tmn) -"),
    ],
)
def test_an_agencys_dateline_is_a_signal(opening: str, dateline: str) -> None:
    source = page(paragraphs=(opening + PARAGRAPHS[0], *PARAGRAPHS[1:]))
    assert signals_of(source)["dateline"] == dateline


@pytest.mark.parametrize(
    "aside", ["Low (AP exam, 1999) spoke", "the mayor (who owns a PA system) said"]
)
def test_words_that_look_like_an_agency_are_not(aside: str) -> None:
    source = page(paragraphs=(f"On Monday {aside} of it. {PARAGRAPHS[0]}", *PARAGRAPHS[1:]))
    assert "dateline" not in signals_of(source)


def test_an_agency_in_the_byline_is_a_signal() -> None:
    source = page(head='<meta name="author" content="Ada Low, Associated Press">')
    assert signals_of(source)["byline_agency"] == "Associated Press"


@pytest.mark.parametrize(
    "phrase",
    [
        "This article originally appeared on The Westmere Wire.",
        "This story was originally published by The Westmere Wire.",
        "Republished with permission of The Westmere Wire.",
        "Dieser Text ist zuerst bei The Westmere Wire erschienen.",
        "Cet article a été initialement publié par The Westmere Wire.",
        "Este artículo fue publicado originalmente por The Westmere Wire.",
    ],
)
def test_a_sentence_that_names_an_earlier_publication_is_a_signal(phrase: str) -> None:
    linked = phrase.replace(
        "The Westmere Wire", "<a href='https://x.example/'>The Westmere Wire</a>"
    )
    source = page(after=f"<p>Thanks for reading. <em>{linked}</em></p>")
    assert signals_of(source)["phrase"] == phrase


def test_an_ordinary_page_gives_none() -> None:
    assert signals_of(page()) == {}
