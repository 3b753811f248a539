"""What a listing takes from a feed, and what it makes of a bad one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.extract.markup.charset import in_utf8
from crawler.listings.formats.feed import read_feed
from crawler.listings.formats.long_listing import Before
from storage.errors import ExtractError
from storage.models.listings import ListedItem, Listing
from storage.models.problems import Problem

NOW = datetime(2026, 3, 1, tzinfo=UTC)
URL = "https://paper.example/feeds/news.xml"


def read(
    body: str | bytes, *, max_items: int = 100, content_type: str | None = "text/xml"
) -> Listing:
    raw = body.encode() if isinstance(body, str) else body
    return read_feed(
        in_utf8(raw, content_type), url=URL, max_items=max_items, now=NOW, before=Before()
    )


def rss(items: str, channel: str = "") -> str:
    return f'<rss version="2.0"><channel><title>Paper</title>{channel}{items}</channel></rss>'


def item(inside: str) -> ListedItem:
    [only] = read(rss(f"<item>{inside}</item>")).items
    return only


def test_an_rss_2_feed_is_read() -> None:
    listing = read(
        rss(
            """<item><title>Fire</title><link>/a?utm_source=rss</link><guid isPermaLink="false">g1</guid>
            <pubDate>Sun, 01 Feb 2026 10:00:00 +0100</pubDate>
            <source url="https://wire.example/rss">Wire</source></item>""",
            "<link>https://paper.example</link><ttl>60</ttl>",
        )
    )
    assert listing == Listing(
        title="Paper",
        site_url="https://paper.example/",
        items=(
            ListedItem(
                url="https://paper.example/a",
                guid="g1",
                title="Fire",
                published=datetime(2026, 2, 1, 9, tzinfo=UTC),
                credited_source="https://wire.example/rss",
            ),
        ),
        ttl_minutes=60,
    )


def test_a_program_in_a_title_is_no_part_of_it() -> None:
    told = "&lt;script type='x'&gt;alert(1)&lt;/script&gt;Fire &lt;b&gt;out&lt;/b&gt;"
    assert item(f"<title>{told}</title><link>/a</link>").title == "Fire out"


def test_an_rss_1_feed_is_read() -> None:
    [only] = read(
        """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
        xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>Paper</title></channel>
        <item rdf:about="https://paper.example/a"><title>Fire</title><link>https://paper.example/a</link>
        <dc:date>2026-02-01T09:00:00Z</dc:date></item></rdf:RDF>"""
    ).items
    assert (only.url, only.title) == ("https://paper.example/a", "Fire")
    assert only.published == datetime(2026, 2, 1, 9, tzinfo=UTC)


def test_an_atom_feed_is_read() -> None:
    listing = read(
        """<feed xmlns="http://www.w3.org/2005/Atom"><title>Paper</title>
        <entry><id>tag:1</id><title type="html">&lt;b&gt;Fire&lt;/b&gt;</title><link href="../a"/>
        <updated>2026-02-01T09:00:00Z</updated></entry></feed>"""
    )
    assert [(each.url, each.guid, each.title) for each in listing.items] == [
        ("https://paper.example/a", "tag:1", "Fire")
    ]


def test_an_item_with_only_a_permalink_guid_is_linked_by_it() -> None:
    assert item("<guid>https://paper.example/p</guid>").url == "https://paper.example/p"


def test_items_without_a_web_link_are_left_out() -> None:
    links = (
        "",
        "javascript:alert(1)",
        "mailto:a@paper.example",
        "https://user:word@paper.example/",
    )
    assert read(rss("".join(f"<item><link>{link}</link></item>" for link in links))).items == ()


def test_a_link_stands_once() -> None:
    two = "<item><link>/a</link></item><item><link>/a#x</link></item>"
    assert len(read(rss(two)).items) == 1


@pytest.mark.parametrize(
    ("given_title", "title"),
    [
        ("A &amp; B", "A & B"),
        ("A &amp;amp; B", "A & B"),
        ("&lt;i&gt;A&lt;/i&gt; B", "A B"),
        ("<![CDATA[<b>A</b>\n  B]]>", "A B"),
        ("A\x00\x07B", "AB"),
        ("3 &lt; 4", "3 < 4"),
    ],
)
def test_titles_are_plain_text(given_title: str, title: str) -> None:
    assert item(f"<title>{given_title}</title><link>/a</link>").title == title


@pytest.mark.parametrize(
    "when", ["", "soon", "Thu, 01 Jan 1970 00:00:00 GMT", "2126-01-01", "0001-01-01"]
)
def test_an_absurd_date_is_no_date(when: str) -> None:
    assert item(f"<link>/a</link><pubDate>{when}</pubDate>").published is None


def test_the_newest_items_are_kept_and_the_cut_is_said() -> None:
    days = (3, 9, 5, 7)
    body = "".join(
        f"<item><link>/{day}</link><pubDate>2026-02-0{day}T00:00:00Z</pubDate></item>"
        for day in days
    )
    listing = read(rss(body), max_items=2)
    assert [each.url[-1] for each in listing.items] == ["9", "7"]
    assert listing.degraded == "more than 2 items: only the newest were taken"


@pytest.mark.parametrize("step", [1, -1])
def test_of_very_many_items_the_newest_are_found_in_either_order(step: int) -> None:
    hours = range(2000)[::step]
    body = "".join(
        f"<item><link>/{hour}</link><pubDate>{NOW - timedelta(hours=hour):%Y-%m-%dT%H:%M:%SZ}</pubDate></item>"
        for hour in hours
    )
    listing = read(rss(body), max_items=3)
    assert [each.url.rpartition("/")[2] for each in listing.items] == ["0", "1", "2"]
    assert listing.degraded == "more than 3 items: only the newest were taken"


def test_what_can_be_read_of_a_broken_feed_is_taken_and_said() -> None:
    listing = read(rss("<item><link>/a</link><title>Fire</title></item><item><link>/b</li"))
    assert listing.items[0].url == "https://paper.example/a"
    assert listing.degraded
    assert listing.degraded.startswith("not well-formed")


def test_a_feed_in_another_charset_is_read() -> None:
    body = '<?xml version="1.0" encoding="windows-1252"?>' + rss(
        "<item><link>/a</link><title>Müller’s €</title></item>"
    )
    listing = read(body.encode("cp1252"))
    assert listing.items[0].title == "Müller’s €"
    assert listing.degraded is None


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ("", "empty"),
        ("<!doctype html><html><body><p>News</p></body></html>", "HTML page"),
        ('{"items": []}', "neither RSS nor Atom"),
        ("\x00" * 100, "neither RSS nor Atom"),
    ],
)
def test_what_is_no_feed_is_said_to_be_none(body: str, says: str) -> None:
    with pytest.raises(ExtractError, match=says) as refusal:
        read(body)
    assert refusal.value.problem is Problem.NOT_A_FEED


def test_entities_that_multiply_are_not_expanded() -> None:
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 9))
    body = f'<!DOCTYPE rss [<!ENTITY l0 "ha">{laughs}]>' + rss(
        "<item><link>/a</link><title>&l8;</title></item>"
    )
    try:
        listing = read(body)
    except ExtractError:
        return
    assert all(len(each.title) <= 500 for each in listing.items)


@settings(max_examples=50, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_inside_a_feed_are_read_or_refused(noise: bytes) -> None:
    body = b'<rss version="2.0"><channel><item><link>/a</link><title>' + noise
    try:
        listing = read(body, content_type=None)
    except ExtractError as refusal:
        problem: Problem | None = refusal.problem
    else:
        problem = None
        assert all("\x00" not in each.title for each in listing.items)
    assert problem in {None, Problem.NOT_A_FEED}


@pytest.mark.parametrize(
    ("said", "minutes"),
    [
        ("<sy:updatePeriod> hourly </sy:updatePeriod>", 60),
        (
            "<sy:updatePeriod>daily</sy:updatePeriod><sy:updateFrequency>4</sy:updateFrequency>",
            360,
        ),
        ("<sy:updatePeriod>often</sy:updatePeriod>", None),
        (
            "<sy:updatePeriod>daily</sy:updatePeriod><sy:updateFrequency>0</sy:updateFrequency>",
            None,
        ),
        ("", None),
    ],
)
def test_a_feed_says_how_often_it_changes(said: str, minutes: float | None) -> None:
    body = (
        '<rss version="2.0" xmlns:sy="http://purl.org/rss/1.0/modules/syndication/"><channel>'
        f"<title>Paper</title>{said}<item><title>A</title><link>https://paper.example/a</link></item>"
        "</channel></rss>"
    )
    assert read(body).period_minutes == minutes


def test_when_a_channel_wants_no_polls_is_read() -> None:
    body = (
        b"<rss version='2.0'><channel><title>News</title><skipHours><hour>24</hour><hour>01</hour>"
        b"<hour> 2 </hour><hour>77</hour><hour>x</hour></skipHours>"
        b"<skipDays><day>Sunday</day><day>saturday</day><day>Someday</day></skipDays>"
        b"<item><link>https://a.example/1</link></item></channel></rss>"
    )
    listing = read(body)
    assert (listing.skip_hours, listing.skip_days) == ((0, 1, 2), (5, 6))
