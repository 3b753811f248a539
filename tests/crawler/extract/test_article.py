"""What an article is, read from whole pages in several templates."""

from __future__ import annotations

import json
import pickle
from datetime import UTC, datetime

import pytest

from crawler.extract.article import extract_article
from crawler.extract.run.pool import ParserPool
from crawler.settings import ExtractSettings
from storage.errors import ExtractError
from storage.models.articles import Signal
from storage.models.problems import Problem
from tests.crawler.extract.pages import NOW, PARAGRAPHS, TEXT, TITLE, URL, json_ld, page, read
from tests.waiting import little_work

NEWS_ARTICLE = {
    "@context": "https://schema.org",
    "@graph": [
        {"@type": "WebSite", "name": "The Eastmere Post", "datePublished": "2001-01-01"},
        {"@type": "Person", "@id": "#bo", "name": "Bo Rim"},
        {
            "@type": ["NewsArticle"],
            "headline": TITLE,
            "datePublished": "2026-05-19T08:15:00+02:00",
            "dateModified": "2026-05-19T10:00:00+02:00",
            "author": [{"@type": "Person", "name": "Ada Low"}, {"@id": "#bo"}],
            "publisher": {"@type": "Organization", "name": "The Eastmere Post"},
            "inLanguage": "en-GB",
            "mainEntityOfPage": URL,
        },
    ],
}
METAS = (
    f"<title>{TITLE} | The Eastmere Post</title>"
    f'<meta property="og:title" content="{TITLE} | The Eastmere Post">'
    '<meta property="og:site_name" content="The Eastmere Post">'
    '<meta property="article:published_time" content="2026-05-19T06:15:00Z">'
    '<meta name="author" content="By Ada Low and Bo Rim">'
    '<link rel="canonical" href="/2026/05/harbour-wall.html?utm_source=feed">'
)


def refusal(source: str | bytes, **options: str) -> tuple[Problem, str]:
    with pytest.raises(ExtractError) as caught:
        read(source, **options)  # type: ignore[arg-type]
    return caught.value.problem, caught.value.detail


def test_structured_data_gives_all_that_it_names() -> None:
    article = read(page(head=json_ld(json.dumps(NEWS_ARTICLE)), attributes=""))
    assert article.title == TITLE
    assert article.authors == ("Ada Low", "Bo Rim")
    assert article.dates.published == datetime(2026, 5, 19, 6, 15, tzinfo=UTC)
    assert article.dates.published_from == "jsonld"
    assert article.dates.modified == datetime(2026, 5, 19, 8, 0, tzinfo=UTC)
    assert article.language == "en"
    assert article.site == "The Eastmere Post"
    assert article.text == TEXT


def test_meta_tags_do_where_there_is_no_structured_data() -> None:
    article = read(page(head=METAS))
    assert article.title == TITLE
    assert article.authors == ("Ada Low", "Bo Rim")
    assert article.dates.published == datetime(2026, 5, 19, 6, 15, tzinfo=UTC)
    assert article.dates.published_from == "meta"
    assert article.canonical_url == URL
    assert article.site == "The Eastmere Post"


def test_a_page_that_declares_nothing_is_read_from_what_it_shows() -> None:
    article = read(page(before=f"<h1>{TITLE}</h1><time>19 May 2026</time>", attributes=""))
    assert article.title == TITLE
    assert article.dates.published == datetime(2026, 5, 19, tzinfo=UTC)
    assert article.dates.published_from == "time element"
    assert article.language == "en"
    assert article.site == "news.example.com"
    assert article.canonical_url == URL
    assert article.text == TEXT


@pytest.mark.parametrize(
    "broken",
    [
        '{"@type": "NewsArticle", "headline": "Harbour wall gives way at Eastmere",}',
        '{"@type": "NewsArticle", "headline": "Harbour wall gives way at Eastmere", "author": {"na',
        '<!-- {"@type": "NewsArticle", "headline": "Harbour wall gives way at Eastmere"} -->',
        '[{"@type": "NewsArticle", "headline": "Harbour wall\ngives way at Eastmere"}]',
        '{"@type": "WebSite"}{"@type": "NewsArticle", "headline": "Harbour wall gives way at Eastmere"}',
        "{&quot;@type&quot;: &quot;NewsArticle&quot;, &quot;headline&quot;: &quot;Harbour wall gives way at Eastmere&quot;}",
    ],
)
def test_broken_structured_data_still_tells_its_headline(broken: str) -> None:
    assert read(page(head=json_ld(broken) + "<title>Something else</title>")).title == TITLE


@pytest.mark.parametrize("hopeless", ["", "null", "7", "{" * 5000, "[" * 100_000, '{"@type": {}}'])
def test_hopeless_structured_data_does_no_harm(hopeless: str) -> None:
    article = read(page(head=json_ld(hopeless) + METAS))
    assert (article.title, article.text) == (TITLE, TEXT)


def test_another_sites_canonical_is_a_signal_and_not_the_pages_address() -> None:
    link = '<link rel="canonical" href="https://wire.example.org/harbour">'
    article = read(page(head=link))
    assert article.canonical_url == URL
    assert Signal("canonical", "https://wire.example.org/harbour") in article.signals


@pytest.mark.parametrize(
    ("depth", "settings"), [(300, ExtractSettings()), (1900, ExtractSettings())]
)
def test_text_below_the_parsers_usual_depth_is_kept(depth: int, settings: ExtractSettings) -> None:
    deep = page(before="<div>" * depth, after="</div>" * depth)
    assert read(deep, settings=settings).text == TEXT


@pytest.mark.parametrize("depth", [2500, 50_000, 500_000])
def test_a_page_too_deep_to_be_kept_whole_is_refused_quickly(depth: int) -> None:
    with little_work():
        problem, _ = refusal(page(before="<div>" * depth))
    assert problem is Problem.TOO_DEEP


def test_unclosed_paragraphs_and_inline_tags_are_not_depth() -> None:
    sloppy = page(before="<p>Hm.<br><img src='x'>" * 2100 + "<b>bold</b>" * 2100)
    assert PARAGRAPHS[0] in read(sloppy).text


@pytest.mark.parametrize(
    ("charset", "content_type", "meta"),
    [
        ("windows-1252", "text/html; charset=windows-1252", ""),
        ("windows-1252", "text/html", ""),
        ("utf-8", "text/html; charset=iso-8859-1", '<meta charset="utf-8">'),
        ("utf-16", "text/html", ""),
        ("utf-16-le", "text/html; charset=utf-8", ""),
    ],
)
def test_the_bytes_charset_is_found(charset: str, content_type: str, meta: str) -> None:
    quoted = f"\u201c{PARAGRAPHS[0]}\u201d, said the café\u2019s owner for \u20ac5."
    source = page(head=meta, paragraphs=(quoted, *PARAGRAPHS[1:]))
    assert read(source.encode(charset), content_type=content_type).text.startswith(quoted)


def test_japanese_pages_are_read_and_counted_without_spaces() -> None:
    sentence = "港の防波堤が月曜日の夜に崩れ、魚市場が浸水し、およそ二百人が避難した。"
    source = page(
        head='<meta charset="shift_jis">', paragraphs=(sentence,) * 6, attributes=""
    ).encode("shift_jis")
    article = read(source, content_type="text/html")
    assert sentence in article.text
    assert article.language == "ja"


def test_nothing_unprintable_reaches_a_text() -> None:
    dirty = page(
        head="<title>Harbour\x00 wall &#0; gives\u202e way at Eastmere</title>",
        paragraphs=(f"Here\x00 is\x07 a\ufeff mark &#xD800; and \u202eanother. {TEXT}",),
    )
    article = read(dirty.encode("utf-8", "surrogatepass"))
    shown = article.title + article.text
    assert not set(shown) & set("\x00\x07\ufeff\u202e\ud800")
    assert PARAGRAPHS[3] in article.text


def test_a_title_is_cut_to_a_line() -> None:
    assert len(read(page(head=f"<title>{'storm ' * 200_000}</title>")).title) <= 500


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"%PDF-1.7 ...", "text/html"),
        (b"{}", "application/json"),
        (b"\x89PNG\r\n", "image/png"),
        (b"", "text/html"),
        (b"just words", "text/html"),
        (b"<?xml version='1.0'?><rss></rss>", "text/html"),
    ],
)
def test_what_is_no_page_is_refused(body: bytes, content_type: str) -> None:
    assert refusal(body, content_type=content_type)[0] is Problem.NOT_HTML


def test_a_page_with_hardly_any_text_is_no_article() -> None:
    problem, detail = refusal(page(paragraphs=("Video: the wall at Eastmere.",)))
    assert problem is Problem.NOT_AN_ARTICLE
    assert "40 are needed" in detail


def test_a_standfirst_that_the_page_shows_belongs_to_the_text() -> None:
    standfirst = "Two hundred people leave their homes as the sea takes the fish market of the town"
    source = page(
        head=f'<meta name="description" content="{standfirst}">',
        before=f'<header><div class="teaser">{standfirst}</div></header>',
    )
    assert read(source).text == f"{standfirst}\n{TEXT}"


def test_the_wrapper_at_both_ends_is_no_part_of_the_text() -> None:
    source = page(
        head=METAS,
        before=f"<h1>{TITLE}</h1><p>By Ada Low</p><p>Published 19.05.2026</p>",
        after="<p>Sign up for our newsletter to get the latest news.</p><p>© The Eastmere Post. All rights reserved.</p>",
    )
    assert read(source).text == TEXT


def test_a_declared_text_is_used_where_the_markup_lost_it() -> None:
    data = json.dumps({"@type": "NewsArticle", "headline": TITLE, "articleBody": TEXT})
    source = page(head=json_ld(data), paragraphs=("Enable scripts.",))
    assert read(source).text == TEXT


async def test_an_article_is_read_in_a_parser_process() -> None:
    pool = ParserPool(1, 20.0, 1024, 100)
    await pool.start()
    try:
        article = await pool.run(
            extract_article,
            page(head=METAS).encode(),
            url=URL,
            content_type=None,
            settings=ExtractSettings(),
            now=NOW,
        )
    finally:
        await pool.close()
    assert (article.title, article.text) == (TITLE, TEXT)
    assert pickle.loads(pickle.dumps(article)) == article
