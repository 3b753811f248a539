"""Which part of a page is the article's text, in the templates that sites write."""

from __future__ import annotations

import pytest

from crawler.extract.body import read_body
from crawler.extract.markup.tree import parse_page
from tests.crawler.extract.pages import PARAGRAPHS
from tests.waiting import little_work

ARTICLE = "".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS)
TEASERS = "".join(
    f"<div class=card><h3><a href=/{n}>A headline of something that happened elsewhere, number {n}</a></h3>"
    f"<p>In a few words, what the other article of the day, which is number {n}, has to tell.</p></div>"
    for n in range(8)
)
COMMENTS = "".join(
    f"<p>I have read this twice now and still can't see why reader {n} is so sure of the cause.</p>"
    for n in range(6)
)


def lines_of(body: str) -> tuple[str, ...]:
    return read_body(
        parse_page(f"<html><body>{body}</body></html>".encode(), max_depth=2000), None
    ).lines


@pytest.mark.parametrize(
    "page",
    [
        f"<article>{ARTICLE}</article>",
        f"<div class=x1><div class=y2>{ARTICLE}</div></div><div class=z3>{TEASERS}</div>",
        f"<main>{ARTICLE}<section class=related-articles>{TEASERS}</section></main>",
        f"<main><div class=story-body>{ARTICLE}</div><div id=comments>{COMMENTS}</div></main>",
        f"<main>{ARTICLE}<div class='newsletter-signup'><p>Get the day's news in your mailbox each morning, for nothing at all.</p></div></main>",
        f"<article>{ARTICLE}<figure><img src=x><figcaption>The wall on Tuesday, seen from the ferry.</figcaption></figure></article>",
        f"<form id=aspnetForm><div id=content>{ARTICLE}</div></form>",
        f"<body class=has-sidebar><div class=page-with-sidebar>{ARTICLE}</div></body>",
        f"<div hidden id=S:0><main>{ARTICLE}</main></div>",
        f"<div class=article>{ARTICLE}</div><div class=article-for-phones style='display: none'>{ARTICLE}</div>",
        f"<main>{ARTICLE}<ul><li><a href=/a>Another article</a></li><li><a href=/b>And another</a></li></ul></main>",
    ],
)
def test_the_text_is_told_from_what_stands_round_it(page: str) -> None:
    assert lines_of(page) == PARAGRAPHS


def test_a_page_of_nothing_but_links_has_no_text() -> None:
    links = "".join(
        f"<li><a href=/{n}>Read story number {n} of this day now</a></li>" for n in range(99)
    )
    assert lines_of(f"<ul>{links}</ul>") == ()


def test_a_link_that_was_left_open_takes_no_text_away() -> None:
    assert lines_of(f"<a href=/x><main>{ARTICLE}</main>") == PARAGRAPHS


def test_an_article_in_several_sections_is_read_whole() -> None:
    slides = "".join(f"<div class=slide><p>{paragraph}</p></div>" for paragraph in PARAGRAPHS)
    assert lines_of(f"<div class=slideshow>{slides}</div>") == PARAGRAPHS


BODY = "".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS[1:])


@pytest.mark.parametrize(
    "lead",
    [
        f"<header><p>{PARAGRAPHS[0]}</p></header>",
        f"<div class=lead><strong>{PARAGRAPHS[0]}</strong></div>",
        f"<h2 class=standfirst>{PARAGRAPHS[0]}</h2>",
        f"<section><div><p>{PARAGRAPHS[0]}</p></div></section>",
        f"<p>{PARAGRAPHS[0]}</p>",
    ],
)
def test_what_stands_before_the_body_as_running_text_is_its_beginning(lead: str) -> None:
    page = f"<article><h1>Harbour wall</h1>{lead}<div class=article-body>{BODY}</div></article>"
    assert lines_of(page)[-4:] == PARAGRAPHS


@pytest.mark.parametrize(
    ("own", "other"),
    [
        ("<article>", "<article>"),
        ("<div class=story>", "<div class='story next'>"),
        ("<div class=entry id=a>", "<div class='entry next-story'>"),
    ],
)
def test_the_next_story_below_an_article_is_none_of_it(own: str, other: str) -> None:
    tag = own[1:].split(" ", maxsplit=1)[0].strip(">")
    following = f"{other}<h1>Mill fire was arson</h1>{COMMENTS}</{tag}>"
    assert (
        lines_of(f"<main>{own}<h1>Harbour wall</h1>{ARTICLE}</{tag}>{following}</main>")[-4:]
        == PARAGRAPHS
    )


def test_links_and_labels_before_the_body_are_none_of_it() -> None:
    before = f"<div class=latest>{TEASERS}</div><h2>Our reporters on the coast</h2>"
    page = f"<article>{before}<div class=article-body>{ARTICLE}</div></article>"
    assert lines_of(page) == PARAGRAPHS


def test_a_sentence_of_the_text_that_is_one_link_stays() -> None:
    linked = f"<p><strong><a href=/x>{PARAGRAPHS[0]}</a></strong></p>"
    label = "<p><a href=/y>ALSO: Bakery on the hill to move to the fish market in spring</a></p>"
    assert lines_of(f"<article>{linked}{label}{BODY}</article>") == PARAGRAPHS


def test_a_line_that_is_said_twice_in_the_text_stays() -> None:
    refrain = "<p>Nobody was told of it in time, she said.</p>"
    said = lines_of(f"<article>{ARTICLE}{refrain}{ARTICLE[:20]}{refrain}</article>")
    assert said.count("Nobody was told of it in time, she said.") == 2


def test_a_post_that_is_quoted_in_the_text_belongs_to_it() -> None:
    post = "<blockquote class=twitter-tweet><p>The wall is gone, all of it, and the market with it.</p></blockquote>"
    assert lines_of(f"<article>{BODY}{post}{BODY}</article>")[3].startswith("The wall is gone")


def test_a_list_of_short_items_belongs_to_the_text() -> None:
    items = "<ul><li>two boats</li><li>four nets</li><li>a crane</li></ul>"
    assert "four nets" in lines_of(f"<article>{BODY}{items}{BODY}</article>")


def test_comments_that_are_longer_than_the_article_are_none_of_it() -> None:
    page = (
        f"<main><div class=story-body>{ARTICLE}</div><div id=comments>{COMMENTS * 12}</div></main>"
    )
    assert lines_of(page) == PARAGRAPHS


def test_headings_lists_and_quotes_between_the_paragraphs_belong_to_the_text() -> None:
    extras = (
        "<h2>What is known</h2><ul><li>Two hundred people had to leave.</li><li>No one was hurt.</li></ul>"
        "<blockquote>“We heard it go.”</blockquote>"
    )
    found = lines_of(f"<article><p>{PARAGRAPHS[0]}</p>{extras}<p>{PARAGRAPHS[1]}</p></article>")
    assert found == (
        PARAGRAPHS[0],
        "What is known",
        "Two hundred people had to leave.",
        "No one was hurt.",
        "“We heard it go.”",
        PARAGRAPHS[1],
    )


def test_a_heading_with_nothing_under_it_is_left_out() -> None:
    page = f"<article>{ARTICLE}<h2>Related</h2><ul><li><a href=/a>Another article</a></li></ul></article>"
    assert lines_of(page) == PARAGRAPHS


def test_text_without_paragraphs_is_read_by_its_breaks() -> None:
    found = lines_of(f"<div id=nav><a href=/>Home</a></div><td>{'<br><br>'.join(PARAGRAPHS)}</td>")
    assert " ".join(found) == " ".join(PARAGRAPHS)


@pytest.mark.parametrize(
    "sentence",
    [
        "港の防波堤が月曜日の夜に崩れ、魚市場が浸水し、およそ二百人が避難したと当局が発表した。",
        "انهار جدار الميناء ليلة الاثنين بعد ثلاثة أيام من الأمواج العالية وغمرت المياه سوق السمك في المدينة.",
        "Стена гавани обрушилась в ночь на понедельник после трёх дней шторма, рыбный рынок затоплен.",
    ],
)
def test_scripts_are_weighed_alike(sentence: str) -> None:
    lines = tuple(f"{number}: {sentence}" for number in range(9))
    body = "".join(f"<p>{line}</p>" for line in lines)
    assert lines_of(f"<div class=main>{body}</div><div>{TEASERS}</div>") == lines


def test_a_page_without_text_gives_none() -> None:
    assert lines_of("<div id=app></div>") == ()


def test_the_second_opinion_is_asked_only_where_the_page_leaves_doubt() -> None:
    sure = read_body(parse_page(f"<main>{ARTICLE}</main>".encode(), max_depth=2000), None)
    unsure = read_body(parse_page(b"<main><p>Short.</p></main>", max_depth=2000), None)
    assert (sure.asked, unsure.asked) == (False, True)


@pytest.mark.parametrize(
    "page",
    [
        "<div>" * 1900 + ARTICLE,
        f"<div class=comment>{ARTICLE}" * 900,
        "<b>" * 1900 + "text " * 100,
        f"<div class=comment>{ARTICLE}</div>" * 400,
        "<p><a href=x>link</a> " * 10_000,
    ],
)
def test_hostile_pages_take_time_linear_in_their_size(page: str) -> None:
    lines_of("<main><p>Short.</p></main>")  # imports what is asked where a page leaves doubt
    with little_work():
        assert lines_of(page) is not None
