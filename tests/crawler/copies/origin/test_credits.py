"""From whom a page says its text is: what counts, what is a decoy, and how sure it makes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.copies.origin.credits import WEIGHTS, Credit, credits_of, named_origin, says_whose
from crawler.copies.origin.hosts_by_name import HostsByName
from storage.models.articles import Signal

URL = "https://www.daily.test/news/ferry-1"
HOME = ("og_url", URL)


def named(*signals: tuple[str, str], url: str = URL) -> Credit | None:
    return named_origin(url, [Signal(kind, value) for kind, value in signals])


def who(*signals: tuple[str, str], url: str = URL) -> str | None:
    credit = named(*signals, url=url)
    return None if credit is None else credit.publisher


@pytest.mark.parametrize(
    "kind", ["canonical", "syndication_source", "original_source", "credited_source", "source_link"]
)
def test_an_address_on_another_site_names_its_publisher(kind: str) -> None:
    assert who((kind, "https://www.wire.example/a/1"), HOME) == "wire.example"


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("dateline", "SEOUL (AP) —"),
        ("sign_off", "(AP)"),
        ("byline_agency", "The Associated Press"),
        ("byline_agency", "Associated Press Writer"),
        ("jsonld_author_organization", "Associated Press"),
        ("jsonld_source_organization", "The Associated Press"),
        ("jsonld_copyright_holder", "AP"),
        ("jsonld_credit_text", "Associated Press"),
        ("credited_source", "AP"),
        ("source_line", "Source: AP"),
        ("named_source", "Associated Press"),
        ("canonical", "https://apnews.com/article/1"),
    ],
)
def test_an_agency_is_named_by_its_proper_name(kind: str, value: str) -> None:
    assert who((kind, value), HOME) == "The Associated Press"


@pytest.mark.parametrize(
    ("url", "address"),
    [
        (URL, URL),
        (URL, "https://m.daily.test/news/ferry-1"),
        (URL, "https://WWW.DAILY.TEST/news/ferry-1"),
        (URL, "https://daily.example/news/ferry-1"),
        (URL, "/news/ferry-1"),
        (URL, "https://other.test/"),
        (URL, "https://.other.test/a"),
        (URL, "http://localhost/a"),
        (URL, "https://[broken/a"),
        (URL, "http://ferry-1"),
        (URL, "{{ page.url }}"),
        ("https://web.archive.org/web/2019/http://wire.example/a", "http://wire.example/a"),
        ("http://feedproxy.google.com/~r/Wire/~3/x/", "https://wire.example/a"),
        (URL, "https://web.archive.org/web/2019/https://www.daily.test/news/ferry-1"),
    ],
)
@pytest.mark.parametrize(
    "kind",
    ["canonical", "og_url", "syndication_source", "original_source", "jsonld_is_based_on"],
)
def test_decoys_name_nobody(kind: str, url: str, address: str) -> None:
    assert who((kind, address), ("canonical", address), url=url) is None


@pytest.mark.parametrize(
    ("url", "signal"),
    [
        ("https://www.reuters.com/a/1", ("dateline", "SEOUL (Reuters) -")),
        ("https://apnews.com/a/1", ("byline_agency", "The Associated Press")),
        (URL, ("jsonld_author_organization", "Daily")),
        (URL, ("jsonld_author_organization", "The newsroom")),
        (URL, ("jsonld_copyright_holder", "A Holding plc")),
        (URL, ("named_source", "The Daily")),
        (URL, ("phrase", "This story first appeared in the Daily.")),
        (URL, ("source_link", "https://twitter.com/someone/status/1")),
        (URL, ("jsonld_publisher", "A Holding plc")),
    ],
)
def test_a_page_that_names_itself_or_its_owner_names_nobody(
    url: str, signal: tuple[str, str]
) -> None:
    assert credits_of(url, [Signal(*signal)]) == ()


def test_a_share_in_a_text_is_not_its_origin_however_often_it_is_said() -> None:
    shared = (("shared_byline", "Reuters"), ("contribution", "With files from Reuters"))
    assert who(*shared) is None
    [credit] = credits_of(URL, [Signal(*each) for each in shared])
    assert 0 < credit.sure < 0.5
    assert who(*shared, ("dateline", "SEOUL (Reuters) -")) == "Reuters"


def test_links_to_several_sites_are_references() -> None:
    one = ("source_link", "https://wire.example/a")
    assert who(one) == "wire.example"
    assert who(one, ("source_link", "https://institute.example/b")) is None


def test_where_a_page_stands_outweighs_the_agency_that_wrote_for_it() -> None:
    canonical = ("canonical", "https://www.westmere.example/a/1")
    signals = [Signal(*each) for each in (canonical, HOME, ("byline_agency", "Reuters"))]
    assert [credit.publisher for credit in credits_of(URL, signals)] == [
        "westmere.example",
        "Reuters",
    ]


def test_what_names_one_publisher_in_several_ways_adds_up_and_is_said() -> None:
    credit = named(
        ("canonical", "https://apnews.com/a/1"), HOME, ("dateline", "SALEM, Ore. (AP) —")
    )
    assert credit is not None
    assert credit.sure > 0.99
    assert credit.address == "https://apnews.com/a/1"
    assert [reason.says for reason in credit.reasons] == [
        "names The Associated Press as its canonical address",
        "opens with The Associated Press's line",
    ]


def test_a_name_and_the_address_of_one_publisher_are_one_credit() -> None:
    credit = named(("named_source", "Westmere"), ("source_link", "https://westmere.example/a"))
    assert credit is not None
    assert (credit.publisher, len(credit.reasons)) == ("westmere.example", 2)
    assert all("westmere.example" in reason.says for reason in credit.reasons)


def test_a_page_that_is_nowhere_at_home_may_be_an_alias_and_is_believed_less() -> None:
    elsewhere = ("canonical", "https://wire.example/a/1")
    alone, at_home = named(elsewhere), named(elsewhere, HOME)
    assert alone is not None
    assert at_home is not None
    assert 0.5 < alone.sure < at_home.sure


def test_prose_counts_when_the_publisher_that_it_mentions_has_the_text() -> None:
    prose = [Signal("phrase", "The story was first published in the Harbour Post on Monday.")]
    assert named_origin(URL, prose) is None
    credit = named_origin(URL, prose, among=HostsByName.of(["harbour-post.example", "daily.test"]))
    assert credit is not None
    assert credit.publisher == "harbour-post.example"


def test_what_came_with_the_text_does_not_say_whose_it_is() -> None:
    assert not says_whose(URL, [Signal("dateline", "OSLO (AP) -")])
    assert says_whose(URL, [Signal("byline_agency", "AP")])


VALUES = st.sampled_from(
    [
        *("https://wire.example/a/1", "https://apnews.com/a", "https://other.test/", URL, ""),
        *("Reuters", "AP", "SEOUL (Reuters) -", "Harbour Post", "Source: dpa", "http://[x", "…"),
    ]
)
SIGNALS = st.lists(st.builds(Signal, st.sampled_from(sorted(WEIGHTS)), VALUES), max_size=8)
ITSELF = [
    *(Signal(kind, URL) for kind in ("syndication_source", "original_source", "source_link")),
    *(Signal(kind, URL) for kind in ("jsonld_is_based_on", "credited_source")),
    *(Signal(kind, "Daily") for kind in ("named_source", "byline_agency", "credited_source")),
    *(Signal(kind, "Daily") for kind in ("jsonld_author_organization", "phrase")),
]


@given(SIGNALS)
def test_how_sure_is_a_share_and_each_reason_is_a_signal_of_the_page(signals: list[Signal]) -> None:
    found = credits_of(URL, signals)
    assert [credit.sure for credit in found] == sorted((c.sure for c in found), reverse=True)
    for credit in found:
        assert 0 < credit.sure < 1
        assert credit.reasons
        for reason in credit.reasons:
            assert Signal(reason.kind, reason.value) in signals
            assert credit.publisher in reason.says


@given(SIGNALS, st.randoms())
def test_the_order_of_the_signals_changes_nothing_that_is_named(
    signals: list[Signal], random: object
) -> None:
    shuffled = list(signals)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    told = [(credit.publisher, credit.sure) for credit in credits_of(URL, signals)]
    assert told == [(credit.publisher, credit.sure) for credit in credits_of(URL, shuffled)]


@given(SIGNALS, st.sampled_from(ITSELF))
def test_a_signal_that_names_the_page_itself_changes_nothing(
    signals: list[Signal], itself: Signal
) -> None:
    assert credits_of(URL, [*signals, itself]) == credits_of(URL, signals)
