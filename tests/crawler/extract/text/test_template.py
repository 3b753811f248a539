"""What is learned of a site's pages: where the text stands, where to cut, which lines recur."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.extract.body import read_body
from crawler.extract.markup.tree import parse_page
from crawler.extract.page_reader import ExtractedPage, read_page
from crawler.extract.site_memory import SiteMemory
from crawler.extract.text.cut import PageCut, apply_cut
from crawler.extract.text.recurring_lines import SiteLines, split_recurring, with_page
from crawler.extract.text.template import Template
from crawler.settings import ExtractSettings
from tests.crawler.extract.pages import NOW

WORDS = ("harbour", "ferry", "council", "storm", "island", "mayor", "wall", "October", "Ada", "Low")
sentences = st.lists(st.sampled_from(WORDS), min_size=14, max_size=40).map(
    lambda words: " ".join(words).capitalize() + "."
)
names = st.sampled_from(("", "story-body", "c-main content", "post-4711", "sidebar", "x"))


def page_of(sentences: list[str], name: str = "story-body", *, after: str = "") -> bytes:
    paragraphs = "".join(f"<p>{sentence}</p>" for sentence in sentences)
    return (
        "<html lang=en><head><title>The harbour wall at Eastmere gave way</title>"
        '<meta property="article:published_time" content="2026-05-19T06:15:00Z"></head>'
        '<body><div class="site-header"><p>News of the coast</p></div><h1>The harbour wall at Eastmere gave way</h1>'
        f'<div class="{name}">{paragraphs}</div><div class="below-article">{after}</div></body></html>'
    ).encode()


def text_of_site(number: int) -> list[str]:
    return [
        f"Paragraph {part} of article {number} says what happened at the harbour that day, and why."
        for part in range(8)
    ]


def read(page: bytes, site: SiteMemory | None, number: int = 0) -> ExtractedPage:
    return read_page(
        page,
        url=f"https://coast.example/{number}",
        content_type="text/html",
        settings=ExtractSettings(),
        now=NOW,
        site=site,
    )


def site_after(pages: int) -> SiteMemory:
    site = SiteMemory()
    for number in range(pages):
        found = read(page_of(text_of_site(number)), site, number)
        assert found.site is not None
        site = found.site
    return site


@given(st.lists(sentences, min_size=4, max_size=12), names)
def test_a_template_gives_the_text_of_the_page_that_it_was_learned_from(
    body: list[str], name: str
) -> None:
    tree = parse_page(page_of(body, name), max_depth=2000)
    careful = read_body(tree, None)
    if careful.learned is not None:
        by_template = read_body(tree, None, (careful.learned,))
        assert by_template.fitting == careful.learned
        assert by_template.lines == careful.lines


def test_a_further_page_of_the_site_is_read_by_its_template() -> None:
    site = site_after(1)
    found = read(page_of(text_of_site(7)), site, 7)
    assert found.article.text == "\n".join(text_of_site(7))
    assert found.site is not None
    assert [template.pages for template in found.site.templates] == [2]


def test_a_lead_that_stands_before_the_section_is_read_by_the_template_too() -> None:
    def page(number: int) -> bytes:
        lead, *others = text_of_site(number)
        before = f'<article><header><p>{lead * 2}</p></header><div class="story-body">'
        markup = page_of(others).replace(b'<div class="story-body">', before.encode())
        return markup.replace(b'<div class="below', b'</article><div class="below')

    site = read(page(0), None).site
    further = read(page(1), site, 1)
    assert further.article.text.startswith("Paragraph 0 of article 1")
    assert further.site is not None
    assert further.site.templates[0].leads
    assert further.site.templates[0].pages == 2


def test_a_cut_is_learned_and_changes_nothing() -> None:
    site = site_after(1)
    cut = site.templates[0].cut
    assert cut is not None
    assert cut.is_tried
    page = page_of(text_of_site(7))
    left = apply_cut(cut, page, proved=False)
    assert left is not None
    assert b"site-header" not in left
    assert replace(read(page, site).article, wrapper=()) == read(page, None).article


def test_a_cut_that_would_lose_what_stands_outside_is_not_used() -> None:
    byline = b'<div class="site-header"><span class="byline"><a rel="author">Ada Low</a></span>'
    page = page_of(text_of_site(1)).replace(b'<div class="site-header">', byline)
    found = read(page, None)
    assert found.article.authors == ("Ada Low",)
    assert found.site is not None
    assert found.site.templates[0].cut is None


def test_a_cut_keeps_structured_data_and_refuses_a_page_without_its_marks() -> None:
    cut = PageCut('class="story-body"', 'class="below-article"', 0)
    data = b'<script type="application/ld+json">{"@type": "NewsArticle"}</script>'
    page = page_of(["One sentence."]).replace(b"<h1>", data + b"<h1>")
    assert data in (apply_cut(cut, page, proved=True) or b"")
    assert apply_cut(cut, page.replace(b"below-article", b"behind"), proved=True) is None


def test_a_site_that_changes_its_layout_is_learned_anew() -> None:
    site = site_after(3)
    for number in range(3, 8):
        found = read(page_of(text_of_site(number), "another-layout"), site, number)
        assert found.article.text == "\n".join(text_of_site(number))
        assert found.site is not None
        site = found.site
    assert site.templates[0].path == (("div", "another-layout"),)
    assert site.templates[0].pages > 1


def test_a_template_that_fits_no_more_is_forgotten() -> None:
    site = site_after(2)
    for number in range(5):
        lines = [
            f"{line} It is said at length, and here once more." for line in text_of_site(number)
        ]
        teasers = page_of(lines, "other").replace(
            b"<h1>", b'<div class="story-body"><p>Read on.</p></div><h1>'
        )
        found = read(teasers, replace(site, templates=site.templates[:1]), number)
        assert found.site is not None
        site = replace(
            found.site, templates=tuple(t for t in found.site.templates if t.path[0][1] != "other")
        )
    assert site.templates == ()


def test_running_text_outside_of_the_template_calls_for_care() -> None:
    site = site_after(1)
    longer = [f"{line} It is the main text of this page by far." for line in text_of_site(9)] * 3
    numbered = [f"{number} {line}" for number, line in enumerate(longer)]
    outside = "".join(f"<p>{line}</p>" for line in numbered)
    page = page_of(text_of_site(8), after=f'<div class="the-text">{outside}</div>')
    assert numbered[0] in read(page, site).article.text


def test_lines_that_recur_on_the_sites_pages_are_wrapper() -> None:
    appeal = "The Coast Herald lives on what its readers give; every penny is welcome."
    site = SiteMemory()
    for number in range(4):
        found = read(page_of([*text_of_site(number), appeal]), site, number)
        assert found.site is not None
        site = found.site
    assert found.article.text == "\n".join(text_of_site(3))
    assert [passage.text for passage in found.article.wrapper] == [appeal]


@pytest.mark.parametrize("urls", [["a", "a", "a"], ["a", "b", "c"]])
def test_a_text_that_is_seen_again_is_no_wrapper(urls: list[str]) -> None:
    known = SiteLines()
    for url in urls:
        known = with_page(known, text_of_site(1), url)
    assert split_recurring(text_of_site(1), known) == (text_of_site(1), [])


@given(st.lists(st.lists(sentences, max_size=30), max_size=40))
def test_what_is_kept_of_a_sites_lines_is_bounded(pages: list[list[str]]) -> None:
    known = SiteLines()
    for number, lines in enumerate(pages):
        known = with_page(known, lines, str(number))
        own, wrapper = split_recurring(lines, known)
        assert sorted([*own, *wrapper]) == sorted(lines)
    assert len(known.seen) <= 256 * 11
    assert len(known.recurring) <= 128 * 8


cuts = st.none() | st.builds(PageCut, st.text(), st.text(), st.integers(-1, 900))
templates = st.builds(
    Template,
    st.lists(st.tuples(st.text(), st.text()), min_size=1, max_size=4).map(tuple),
    st.integers(0, 9),
    st.lists(st.text(), max_size=3).map(tuple),
    st.floats(0, 1),
    st.integers(1, 999),
    st.integers(0, 2),
    cuts,
)


@given(
    st.builds(
        SiteMemory,
        st.integers(0),
        st.lists(templates, max_size=4).map(tuple),
        st.builds(SiteLines, st.binary(max_size=99), st.binary(max_size=99)),
    )
)
def test_a_memory_is_the_same_after_it_was_stored(memory: SiteMemory) -> None:
    assert SiteMemory.from_bytes(memory.to_bytes()) == memory


def test_a_memory_of_another_version_is_learned_anew_and_a_real_one_is_small() -> None:
    assert SiteMemory.from_bytes(b"1 7") is None
    assert len(site_after(30).to_bytes()) < 6_000
