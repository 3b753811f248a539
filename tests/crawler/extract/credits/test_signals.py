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
    "value",
    [
        "Westmere Wire",
        {"@type": "Organization", "name": "Westmere Wire"},
        [{"@type": "Organization", "name": "Westmere Wire"}],
        {"@id": "https://wire.example.org/#us"},
    ],
)
@pytest.mark.parametrize(
    ("key", "kind"),
    [
        ("sourceOrganization", "jsonld_source_organization"),
        ("copyrightHolder", "jsonld_copyright_holder"),
        ("creditText", "jsonld_credit_text"),
    ],
)
def test_owners_in_structured_data_are_read_in_each_of_their_forms(
    key: str, kind: str, value: object
) -> None:
    us = {"@type": "Organization", "@id": "https://wire.example.org/#us", "name": "Westmere Wire"}
    data = {"@graph": [{"@type": "NewsArticle", key: value}, us]}
    assert signals_of(page(head=json_ld(json.dumps(data)))) == {kind: "Westmere Wire"}


@pytest.mark.parametrize("value", [{"@id": "#nobody"}, {"@type": "Thing"}, None, 7, [], ""])
def test_an_owner_that_is_not_named_is_no_signal(value: object) -> None:
    data = {"@type": "NewsArticle", "copyrightHolder": value}
    assert signals_of(page(head=json_ld(json.dumps(data)))) == {}


@pytest.mark.parametrize(
    ("opening", "dateline"),
    [
        ("SEOUL (Reuters) - ", "SEOUL (Reuters) -"),
        ("EASTMERE, Maine (AP) \u2014 ", "EASTMERE, Maine (AP) \u2014"),
        ("(AP) ", "(AP)"),
        ("Berlin (dpa) - ", "Berlin (dpa) -"),
        ("Berlin (dpa/tmn) - ", "Berlin (dpa/tmn) -"),
        ("Eastmere, 29 июня. /ТАСС/. ", "Eastmere, 29 июня. /ТАСС/."),
        ("LONDON, Jan. 3, 2026 /PRNewswire/ -- ", "LONDON, Jan. 3, 2026 /PRNewswire/ --"),
    ],
)
def test_an_agencys_dateline_is_a_signal(opening: str, dateline: str) -> None:
    source = page(paragraphs=(opening + PARAGRAPHS[0], *PARAGRAPHS[1:]))
    assert signals_of(source)["dateline"] == dateline


@pytest.mark.parametrize(
    "aside",
    [
        "Low (AP exam, 1999) spoke",
        "the mayor (who owns a PA system) said",
        "in Harrisburg, PA - where he lives - Low spoke",
    ],
)
def test_words_that_look_like_an_agency_are_not(aside: str) -> None:
    source = page(paragraphs=(f"On Monday {aside} of it. {PARAGRAPHS[0]}", *PARAGRAPHS[1:]))
    assert "dateline" not in signals_of(source)


def test_an_agency_in_the_byline_is_a_signal() -> None:
    source = page(head='<meta name="author" content="Ada Low, Associated Press">')
    assert signals_of(source)["byline_agency"] == "Associated Press"


@pytest.mark.parametrize("name", ["Hina Khan", "Ada Low, Antara Bose", "Sid Low", "Tt Low"])
def test_a_person_with_an_agencys_name_is_no_agency(name: str) -> None:
    assert signals_of(page(head=f'<meta name="author" content="{name}">')) == {}


def test_an_agency_beside_the_papers_own_writer_has_a_share() -> None:
    data = {
        "@type": "NewsArticle",
        "author": [
            {"@type": "Person", "name": "Ada Low"},
            {"@type": "Organization", "name": "SDA"},
        ],
    }
    assert signals_of(page(head=json_ld(json.dumps(data)))) == {"shared_byline": "SDA"}


@pytest.mark.parametrize(
    ("end", "kind"), [("(AFP)", "sign_off"), ("dpa", "sign_off"), ("SDA/sep", "contribution")]
)
def test_an_agencys_mark_at_the_end_is_a_signal(end: str, kind: str) -> None:
    assert signals_of(page(paragraphs=(*PARAGRAPHS, end)))[kind] == end


@pytest.mark.parametrize(
    "line",
    [
        "Associated Press writer Ada Low in Westmere contributed to this report.",
        "With files from The Canadian Press",
        "With reporting by Reuters",
        "(mit Material von dpa)",
        "(avec AFP)",
        "Con información de EFE",
        "Com informações da Reuters",
        "Med material från TT",
    ],
)
def test_a_line_that_says_that_an_agency_contributed_is_a_signal(line: str) -> None:
    assert signals_of(page(after=f"<p>{line}</p>")) == {"contribution": line}


@pytest.mark.parametrize(
    "line", ["Ada Low and Bo Rim contributed to this guide.", "With love from Westmere", "Avec Ada"]
)
def test_a_contribution_of_others_is_none_of_an_agencys(line: str) -> None:
    assert signals_of(page(after=f"<p>{line}</p>")) == {}


@pytest.mark.parametrize(
    "phrase",
    [
        "This article originally appeared on The Westmere Wire.",
        "This story was originally published by The Westmere Wire.",
        "Republished with permission of The Westmere Wire.",
        "This story was produced by The Westmere Wire.",
        "This report has been supplied by The Westmere Wire.",
        "Dieser Text ist zuerst bei The Westmere Wire erschienen.",
        "Cet article a été initialement publié par The Westmere Wire.",
        "Este artículo fue publicado originalmente por The Westmere Wire.",
        "Este artigo foi publicado originalmente no The Westmere Wire.",
        "Questo articolo è stato pubblicato originariamente su The Westmere Wire.",
        "Dit artikel is eerder verschenen in The Westmere Wire.",
        "Artikeln är ursprungligen publicerad i The Westmere Wire.",
        "Artiklen er oprindeligt udgivet i The Westmere Wire.",
        "Denne artikkelen ble først publisert i The Westmere Wire.",
        "Juttu on julkaistu alun perin lehdessä The Westmere Wire.",
        "Artykuł został pierwotnie opublikowany w The Westmere Wire.",
        "Tento článek byl původně publikován v The Westmere Wire.",
        "A cikk eredetileg a The Westmere Wire oldalán jelent meg.",
        "Acest articol a fost publicat inițial în The Westmere Wire.",
        "Bu yazı ilk olarak The Westmere Wire sitesinde yayımlandı.",
        "Эта статья впервые опубликована в The Westmere Wire.",
        "Ця стаття вперше опублікована в The Westmere Wire.",
        "نُشر هذا المقال لأول مرة في The Westmere Wire.",
        "本文首发于《The Westmere Wire》。",
        "本文轉載自《The Westmere Wire》。",
        "この記事は「The Westmere Wire」に掲載されたものです。",
        "이 기사는 The Westmere Wire에 처음 게재되었습니다.",
    ],
)
def test_a_sentence_that_names_an_earlier_publication_is_a_signal(phrase: str) -> None:
    linked = phrase.replace(
        "The Westmere Wire", "<a href='https://x.example/'>The Westmere Wire</a>"
    )
    found = signals_of(page(after=f"<p><em>{linked}</em></p>"))
    assert found["phrase"] == phrase
    assert found["source_link"] == "https://x.example/"


@pytest.mark.parametrize(
    ("phrase", "name"),
    [
        ("This article originally appeared on The Westmere Wire.", "The Westmere Wire"),
        ("This story was first published by Eastmere Post on Monday.", "Eastmere Post"),
        ("Originally published at wire.example.org.", "wire.example.org"),
        ("Dieser Text ist zuerst bei Zeit Online erschienen.", "Zeit Online"),
        ("本文首发于《东方日报》。", "东方日报"),
    ],
)
def test_the_publisher_in_such_a_sentence_is_a_signal_of_its_own(phrase: str, name: str) -> None:
    assert signals_of(page(after=f"<p>{phrase}</p>"))["named_source"] == name


@pytest.mark.parametrize(
    "phrase",
    [
        "The article was originally published in April 2020 and was updated since.",
        "This page was originally published on Wednesday, March 2, 2022.",
        "Her first book was first published in Britain.",
        "If you print it, please include: “This story was originally published by Us.”",
        "The finding, first reported by The Lancet, surprised many.",
    ],
)
def test_a_date_and_prose_about_another_text_name_no_publisher(phrase: str) -> None:
    assert signals_of(page(after=f"<p>{phrase}</p>")).keys() <= {"phrase"}


@pytest.mark.parametrize(
    "line",
    [
        *("Source: {}", "Quelle: {}", "Fuente: {}", "Fonte: {}", "Lähde: {}", "Kilde: {}"),
        *("Källa: {}", "Bron: {}", "Źródło: {}", "Zdroj: {}", "Forrás: {}", "Kaynak: {}"),
        *(
            "Источник: {}",
            "Джерело: {}",
            "المصدر: {}",
            "来源：{}",
            "出典：{}",
            "출처: {}",
            "via {}",
        ),
    ],
)
def test_a_source_line_keeps_the_address_that_it_links_to(line: str) -> None:
    linked = line.format('<a href="https://wire.example.org/a">Westmere Wire</a>')
    assert signals_of(page(after=f"<p>{linked}</p>")) == {
        "source_line": line.format("Westmere Wire"),
        "source_link": "https://wire.example.org/a",
    }


@pytest.mark.parametrize(
    "words",
    [
        *("Read the original article", "Read the original", "Zum Originalartikel"),
        *("Lire l’article original", "Leer el artículo original", "Leia o artigo original"),
        *(
            "Leggi l’articolo originale",
            "Oryginalny artykuł",
            "Оригинал статьи",
            "原文链接",
            "元記事",
        ),
    ],
)
def test_a_link_to_the_original_is_kept_and_its_neighbours_are_not(words: str) -> None:
    links = f'<a href="/more">More</a> <a href="https://wire.example.org/a">{words}</a>'
    assert signals_of(page(after=f"<p>{links}</p>"))["source_link"] == "https://wire.example.org/a"


@pytest.mark.parametrize(
    "markup",
    [
        '<figure><figcaption>Source: <a href="https://x.example/a">X</a></figcaption></figure>',
        '<div class="photo-credit">Quelle: dpa</div>',
        "<p>Quelle: dpa / Getty Images</p>",
        '<p>Source code is kept <a href="https://x.example/a">here</a>.</p>',
        '<p><a href="https://x.example/a">Sources of the river</a></p>',
    ],
)
def test_the_source_of_a_picture_is_not_that_of_the_text(markup: str) -> None:
    assert signals_of(page(after=markup)) == {}


def test_sources_within_the_text_are_those_of_facts() -> None:
    line = 'Source: <a href="https://institute.example.org/a">The institute</a>'
    source = page(paragraphs=(*PARAGRAPHS, line, *PARAGRAPHS), after=f"<p>{line}s</p>")
    assert "source_link" not in signals_of(source)


def test_an_ordinary_page_gives_none() -> None:
    assert signals_of(page()) == {}
