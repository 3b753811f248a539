"""When an article was published, where the page says so, and how pages lie about it."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from storage.models.articles import ExtractedArticle
from tests.crawler.extract.pages import NOW, TITLE, json_ld, page, read

UNDATED = "https://news.example.com/harbour-wall"
DATED = "https://news.example.com/2026/05/12/harbour-wall.html"
DAY = datetime(2026, 5, 12, tzinfo=UTC)
MOMENT = datetime(2026, 5, 12, 9, 30, tzinfo=UTC)
LONG_AGO = datetime(2019, 1, 1, tzinfo=UTC)


def stated(**fields: str) -> str:
    return json_ld(json.dumps({"@type": "NewsArticle", **fields}))


def meta(name: str, value: str) -> str:
    return f'<meta property="{name}" content="{value}">'


def published(value: str) -> str:
    return meta("article:published_time", value)


def dated(
    head: str = "", before: str = "", *, url: str = UNDATED, after: str = ""
) -> ExtractedArticle:
    heading = f"<header><h1>{TITLE}</h1>{before}</header>"
    return read(page(head=head, before=heading, after=after), url=url)


def told(article: ExtractedArticle) -> tuple[datetime | None, str, str]:
    return article.dates.published, article.dates.published_from, article.dates.published_flag


@pytest.mark.parametrize(
    ("article", "at", "source"),
    [
        (dated(stated(datePublished="2026-05-12T09:30:00Z")), MOMENT, "jsonld"),
        (dated(published("2026-05-12T11:30:00+02:00")), MOMENT, "meta"),
        (dated("", '<time datetime="2026-05-12T09:30:00Z">Tuesday</time>'), MOMENT, "time element"),
        (dated("", "<p>Von Ada Low, 12. Mai 2026, 11:30 Uhr</p>"), DAY, "text"),
        (dated(f"<title>{TITLE} | Post | 12.05.2026</title>"), DAY, "text"),
        (dated(url=DATED), DAY, "address"),
        (read(page(after="<p class='date'>May 12, 2026</p>"), url=UNDATED), DAY, "htmldate"),
        (dated(), None, ""),
    ],
)
def test_each_date_names_where_it_was_read(
    article: ExtractedArticle, at: datetime | None, source: str
) -> None:
    assert told(article) == (at, source, "")


@pytest.mark.parametrize(
    "line",
    [
        *("12 May 2026", "Published May 12, 2026", "12.05.2026 | 11:30", "12 de mayo de 2026"),
        *("mardi 12 mai 2026", "12 maggio 2026", "12 maja 2026", "12 мая 2026", "12 травня 2026"),
        *("12. května 2026", "2026. május 12.", "12 Mayıs 2026", "12 Μαΐου 2026", "12 mei 2026"),
        *("2026年5月12日", "2026년 5월 12일", "12 مايو 2026", "١٢ مايو ٢٠٢٦", "12 मई 2026"),
        *("12 พฤษภาคม 2569", "۲۲ اردیبهشت ۱۴۰۵", "1405/02/22", "12 tháng 5, 2026"),
    ],
)
def test_a_line_beside_the_heading_is_read_in_many_languages(line: str) -> None:
    assert told(dated("", f"<p>{line}</p>")) == (DAY, "text", "")


def test_a_date_in_a_sentence_beside_the_heading_is_the_storys() -> None:
    sentence = "The wall was built on 12 May 1994 by the engineers of the port authority."
    assert dated("", f"<p>{sentence}</p>").dates.published_from != "text"


def test_the_day_of_a_change_is_taken_only_where_no_other_stands() -> None:
    changed = "<p>Updated: 15 May 2026</p>"
    assert dated("", f"{changed}<p>12 May 2026</p>").dates.published == DAY
    assert dated("", changed).dates.published == datetime(2026, 5, 15, tzinfo=UTC)


def test_a_teasers_time_element_is_not_the_pages() -> None:
    teaser = '<aside><ul><li><h3>Else</h3><time datetime="2026-05-19T01:00:00Z">x</time></li></ul></aside>'
    assert dated(after=teaser, url=DATED).dates.published == DAY


@pytest.mark.parametrize("told_by", [f'<time datetime="{DAY:%F}">x</time>', "<p>12 May 2026</p>"])
def test_what_stands_beside_the_heading_decides_between_stated_dates(told_by: str) -> None:
    head = stated(datePublished="2019-01-01T00:00:00Z") + published("2026-05-12T09:30:00Z")
    assert told(dated(head, told_by)) == (MOMENT, "meta", "")


def test_the_address_decides_between_stated_dates() -> None:
    head = stated(datePublished="2019-01-01T00:00:00Z") + published("2026-05-12T09:30:00Z")
    assert told(dated(head, url=DATED)) == (MOMENT, "meta", "")


def test_a_stated_date_that_the_page_shows_holds_against_the_address() -> None:
    article = dated(published("2026-05-16T09:30:00Z"), "<p>16 May 2026</p>", url=DATED)
    assert article.dates.published_from in {"meta", "address"}


def test_of_one_moment_told_in_two_hours_the_one_with_a_zone_is_right() -> None:
    head = stated(datePublished="2026-05-12T19:30:00Z") + published("2026-05-12T09:30:00+00:00")
    assert told(dated(head)) == (MOMENT, "meta", "")


@pytest.mark.parametrize(
    ("lie", "name"),
    [
        *(
            ("1970-01-01T00:00:00Z", "too old"),
            ("0001-01-01", "too old"),
            ("1066-10-14", "too old"),
        ),
        *(("2026-02-30", "impossible"), ("0000-00-00", "impossible")),
    ],
)
def test_a_date_that_lies_is_flagged_and_another_taken(lie: str, name: str) -> None:
    assert told(dated(published(lie))) == (None, "", name)
    assert told(dated(published(lie), url=DATED)) == (DAY, "address", name)


def test_a_lie_does_not_matter_where_another_stated_date_is_true() -> None:
    head = stated(datePublished="1970-01-01") + published("2026-05-12T09:30:00Z")
    assert told(dated(head)) == (MOMENT, "meta", "")


@pytest.mark.parametrize("ahead", ["2026-05-22T13:00:00Z", "2031-01-01", "9999-12-31T23:59:59Z"])
def test_a_date_in_the_future_becomes_now_unless_another_is_found(ahead: str) -> None:
    assert told(dated(published(ahead))) == (NOW, "meta", "future")
    assert told(dated(published(ahead), "<p>12 May 2026</p>")) == (DAY, "text", "future")


def test_a_day_that_has_begun_in_the_farthest_zone_is_no_lie() -> None:
    assert told(dated(published("2026-05-21"))) == (datetime(2026, 5, 21, tzinfo=UTC), "meta", "")


TODAY = "<div class='top'>Wednesday, 20 May 2026</div>"


def with_header(*, head: str = "", beside: str = "", url: str = UNDATED) -> ExtractedArticle:
    return read(page(head=head, before=f"{TODAY}<h1>{TITLE}</h1>{beside}"), url=url)


@pytest.mark.parametrize(
    ("article", "source"),
    [
        (with_header(url=DATED), "address"),
        (with_header(beside="<p>12 May 2026</p>"), "text"),
        (with_header(head=published("2026-05-12")), "meta"),
    ],
)
def test_todays_header_does_not_hide_an_older_day(article: ExtractedArticle, source: str) -> None:
    assert told(article) == (DAY, source, "")


def test_todays_header_is_flagged_where_nothing_vouches_for_it() -> None:
    today = datetime(2026, 5, 20, tzinfo=UTC)
    assert told(with_header()) == (today, "text", "today's header")


@pytest.mark.parametrize(
    "named", ["class='today'", "class='topbar-today-date'", "id='currentDate'", "class=date-today"]
)
def test_what_is_named_for_the_day_of_the_visit_dates_no_article(named: str) -> None:
    clock = f"<h1>The Paper</h1><div {named}>Wednesday, 13 May 2026</div>"
    assert told(read(page(before=f"{clock}<h2>{TITLE}</h2>"), url=UNDATED)) == (None, "", "")


@pytest.mark.parametrize("named", ["class='is-today date'", "class='usa-today'", "class='update'"])
def test_what_only_sounds_like_it_still_does(named: str) -> None:
    line = f"<div {named}>12 May 2026</div>"
    assert told(read(page(before=f"<h1>{TITLE}</h1>{line}"), url=UNDATED)) == (DAY, "text", "")


def test_a_stated_day_of_the_visit_gives_way_to_an_older_address() -> None:
    head = published("2026-05-20T11:00:00Z")
    assert told(dated(head, url=DATED)) == (DAY, "address", "today's header")


def test_a_moment_of_the_day_of_the_visit_is_no_lie_by_itself() -> None:
    clock = '<time datetime="2026-05-20T08:15:00Z">today</time>'
    assert dated("", clock).dates.published_flag == ""
    assert dated(url="https://news.example.com/2026/05/20/wall").dates.published_flag == ""
    assert dated(published("2026-05-20T08:15:00Z")).dates.published_flag == ""


def test_the_change_names_its_source_and_is_not_before_the_publication() -> None:
    head = published("2026-05-12T09:30:00Z") + meta("article:modified_time", "2026-05-13T01:00:00Z")
    article = dated(head)
    assert article.dates.modified == datetime(2026, 5, 13, 1, 0, tzinfo=UTC)
    assert article.dates.modified_from == "meta"
    earlier = dated(stated(datePublished="2026-05-12", dateModified="2026-05-10"))
    assert (earlier.dates.modified, earlier.dates.modified_from) == (None, "")


def test_a_page_that_is_no_article_may_state_its_date() -> None:
    data = json_ld('{"@type": "WebPage", "datePublished": "2026-05-12T09:30:00Z"}')
    assert told(dated(data)) == (MOMENT, "jsonld", "")


COMMENT = '<div class="comments"><p>Ann, <time datetime="2026-05-13T09:30Z">yesterday</time>: so</p></div>'
OTHERS = {
    "a comment's": COMMENT,
    "a teaser's": '<aside><h3>More</h3><time datetime="2026-05-13T09:30Z">13 May</time></aside>',
    "a menu's": '<nav><time datetime="2026-05-13T09:30Z">13 May</time></nav>',
    "a quotation's": "<blockquote>13 May 2026<br>So he said.</blockquote>",
}


@pytest.mark.parametrize("others", OTHERS.values(), ids=OTHERS)
def test_a_time_that_belongs_to_others_is_not_the_articles(others: str) -> None:
    assert dated(after=others).dates.published is None
    assert (
        dated(
            before='<time datetime="2026-05-12T09:30Z">12 May</time>', after=others
        ).dates.published
        == MOMENT
    )


def test_an_aside_may_hold_the_articles_own_line() -> None:
    own = '<aside>By Ann Miller <time datetime="2026-05-12T09:30Z">12 May</time></aside>'
    assert dated(before=own).dates.published == MOMENT


def test_the_class_of_a_page_that_holds_nearly_all_of_it_says_nothing() -> None:
    lines = "".join(f"<p>Line {n} of the harbour's long story, told in full.</p>" for n in range(9))
    page_in_comments = f'<div class="comments"><p>12 May 2026</p>{lines}</div>'
    assert dated(after=page_in_comments).dates.published == DAY


def other_pages(**fields: str) -> str:
    return json.dumps({"@type": "NewsArticle", "datePublished": "2026-05-12T09:30:00Z", **fields})


@pytest.mark.parametrize(
    "named",
    [
        *(
            "https://news.example.com/harbour-wall",
            "/harbour-wall",
            "//www.news.example.com/harbour-wall",
        ),
        *(
            "http://news.example.com/harbour-wall/?utm_source=feed",
            "#article",
            "https://news.example.com/",
        ),
    ],
)
def test_structured_data_is_matched_by_the_pages_identity(named: str) -> None:
    assert told(dated(json_ld(other_pages(url=named)))) == (MOMENT, "jsonld", "")


def test_structured_data_of_another_page_is_never_taken() -> None:
    other = other_pages(url="https://news.example.com/bridge", headline="A bridge is closed")
    assert dated(json_ld(other)).dates.published is None
    own = other_pages(url="https://news.example.com/bridge", headline=TITLE)
    assert dated(json_ld(own)).dates.published == MOMENT  # a page that was moved


def test_an_hour_that_is_not_certain_is_flagged() -> None:
    assert told(dated(published("12 May 2026 09:30 IST"))) == (DAY, "meta", "zone not known")
    assert told(dated(published("12 May 2026 09:30 IST"), url="https://news.example.in/a"))[
        0
    ] == datetime(2026, 5, 12, 4, 0, tzinfo=UTC)
