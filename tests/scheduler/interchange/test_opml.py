"""OPML: what feed readers hand on is read whole, hostile files are bounded, and ours come back."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.interchange.opml import MOST_OUTLINES, read_opml, write_opml
from storage.errors import InputError
from storage.models.sources import Source, SourceKind, SourceSchedule, SourceState
from tests.waiting import little_work

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
OF_A_READER = b"""<?xml version="1.0" encoding="UTF-8"?>
<opml version="1.0"><head><title>Mine</title></head><body>
<outline text="News">
  <outline text="Region">
    <outline type="rss" text="Herald" xmlUrl="https://herald.example/feed" htmlUrl="https://herald.example/"/>
  </outline>
  <outline text="Wire" title="Meridian Wire" XMLURL="https://wire.example/rss"/>
</outline>
<outline text="Alone" xmlUrl="https://alone.example/atom"><outline text="odd" xmlUrl="https://odd.example/"/></outline>
</body></opml>"""


def opml(outlines: str) -> bytes:
    return f'<opml version="2.0"><body>{outlines}</body></opml>'.encode()


def test_outlines_are_read_in_order_with_their_folders_and_lines() -> None:
    found = read_opml(OF_A_READER)
    assert [(each.line, each.title, each.folders) for each in found.found] == [
        (5, "Herald", ("News", "Region")),
        (7, "Meridian Wire", ("News",)),
        (9, "Alone", ()),
        (9, "odd", ()),
    ]
    assert found.degraded is None
    assert found.found[0].site_url == "https://herald.example/"


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"", "not well-formed"),
        (b"<rss/>", "no OPML"),
        (b"Just text", "no"),
        (b'<!DOCTYPE opml [<!ENTITY a "b">]><opml><body/></opml>', "declares entities"),
    ],
)
def test_what_is_no_opml_is_refused_with_the_reason(body: bytes, says: str) -> None:
    with pytest.raises(InputError, match=says):
        read_opml(body)


def test_a_file_of_very_many_outlines_is_cut_and_says_so() -> None:
    many = "".join(f'<outline xmlUrl="https://h{n}.example/"/>' for n in range(MOST_OUTLINES + 5))
    found = read_opml(opml(many))
    assert len(found.found) == MOST_OUTLINES
    assert "the rest was left" in (found.degraded or "")


def test_outlines_below_ten_thousand_folders_cost_nothing_but_themselves() -> None:
    deep = '<outline text="x">' * 10_000 + '<outline xmlUrl="https://deep.example/"/>'
    beside = '<outline xmlUrl="https://herald.example/feed"/>'
    found = read_opml(opml(beside + deep + "</outline>" * 10_000))
    assert found.found[0].url == "https://herald.example/feed"
    assert found.degraded is not None


def test_entities_are_refused_in_any_encoding() -> None:
    text = (
        '<?xml version="1.0" encoding="utf-16"?><!DOCTYPE opml [<!ENTITY a "b">]>'
        '<opml><body><outline text="&a;" xmlUrl="https://herald.example/"/></body></opml>'
    )
    with pytest.raises(InputError, match="declares entities"):
        read_opml(text.encode("utf-16"))


def test_an_outline_of_very_many_attributes_takes_no_more_time_than_its_size() -> None:
    many = " ".join(f'a{n}="x"' for n in range(100_000))
    with little_work():
        [outline] = read_opml(opml(f'<outline {many} xmlUrl="https://herald.example/"/>')).found
    assert outline.url == "https://herald.example/"


def test_a_title_is_cut_where_nobody_reads_on() -> None:
    [outline] = read_opml(opml(f'<outline text="{"x" * 9000}" xmlUrl="https://a.example/"/>')).found
    assert len(outline.title) == 500


def test_addresses_keep_what_follows_an_ampersand_that_was_not_escaped() -> None:
    found = read_opml(opml('<outline text="A & B" xmlUrl="https://a.example/?a=1&b=2&amp;c=3"/>'))
    [outline] = found.found
    assert (outline.title, outline.url) == ("A & B", "https://a.example/?a=1&b=2&c=3")
    assert found.degraded is None


def test_what_is_not_escaped_is_read_in_utf_16_as_well() -> None:
    text = (
        '<?xml version="1.0" encoding="utf-16"?><opml><body>'
        '<outline text="Caf&eacute; &amp; Co &bogus;" xmlUrl="https://a.example/?a=1&b=2"/></body></opml>'
    )
    [outline] = read_opml(text.encode("utf-16")).found
    assert outline.url == "https://a.example/?a=1&b=2"
    assert outline.title == "Café & Co &bogus;"


def test_names_of_attributes_may_be_in_a_namespace() -> None:
    body = opml('<outline xmlns:o="urn:o" o:xmlUrl="https://a.example/" o:Text="A"/>')
    assert [(each.url, each.title) for each in read_opml(body).found] == [
        ("https://a.example/", "A")
    ]


def test_a_file_in_a_namespace_is_read_as_well() -> None:
    body = b'<opml xmlns="http://opml.org/spec2"><body><outline xmlUrl="https://a.example/"/></body></opml>'
    assert len(read_opml(body).found) == 1


def test_a_broken_file_is_read_as_far_as_it_goes_and_says_where_it_breaks() -> None:
    found = read_opml(OF_A_READER[: OF_A_READER.index(b'<outline text="Alone"')] + b"<outline")
    assert len(found.found) == 2
    assert "line" in (found.degraded or "")


SOURCES = st.builds(
    Source,
    id=st.integers(1, 99),
    url=st.from_regex(r"https://[a-z]{1,9}\.example/[a-z0-9?=&]{0,9}", fullmatch=True),
    title=st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=40),
    site_url=st.just("https://herald.example/"),
    state=st.just(SourceState.ACTIVE),
    alert_backlog=st.just(False),
    added_at=st.just(NOW),
    schedule=st.just(SourceSchedule(NOW, "")),
    kind=st.sampled_from(SourceKind),
)


@given(st.lists(SOURCES, max_size=5))
def test_what_is_exported_is_imported_as_it_was(sources: list[Source]) -> None:
    found = read_opml(write_opml(sources))
    assert found.degraded is None
    assert [(each.url, each.site_url, each.kind) for each in found.found] == [
        (each.url, each.site_url, each.kind) for each in sources
    ]
    assert [each.title for each in found.found] == [
        " ".join(each.title.replace("\ufffe", "").replace("\uffff", "").split()) for each in sources
    ]
