"""Who wrote it first: which evidence counts, and which is a decoy."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.copies.original import choose_origin, stated_time
from crawler.copies.publishers import brand
from crawler.copies.records import OriginCandidate
from storage.models import CopyVerdict, Passage, Relation, Signal

NOON = datetime(2026, 6, 2, 12, 0, tzinfo=UTC)


def member(
    article_id: int,
    *,
    host: str | None = None,
    published: float | None = None,
    seen: float = 0,
    signals: tuple[tuple[str, str], ...] = (),
    verdict: CopyVerdict | None = None,
) -> OriginCandidate:
    """Make a member; times are minutes after noon."""
    return OriginCandidate(
        article_id=article_id,
        host=host or f"site{article_id}.example",
        title="The ferry",
        words=200,
        published=None if published is None else NOON + timedelta(minutes=published),
        first_seen=NOON + timedelta(minutes=seen),
        signals=tuple(Signal(kind, value) for kind, value in signals),
        verdict=verdict,
    )


def verdict(relation: Relation, of: int, article: float, other: float) -> CopyVerdict:
    """Find one passage of a thousand characters, at the top of both texts."""
    return CopyVerdict(of, relation, article, other, (Passage(0, 1000, 0, 1000),))


def chosen(*members: OriginCandidate) -> int:
    """Choose, whatever the order that the members are given in."""
    choices = {choose_origin(order).article_id for order in permutations(members)}
    assert len(choices) == 1
    return choices.pop()


def test_a_story_of_one_article_has_that_original_for_certain() -> None:
    origin = choose_origin([member(1)])
    assert (origin.article_id, origin.confidence, origin.evidence) == (1, 1.0, ())


def test_no_members_are_a_mistake_of_the_caller() -> None:
    with pytest.raises(ValueError, match="at least one"):
        choose_origin([])


def test_without_other_evidence_the_first_seen_is_the_original() -> None:
    assert chosen(member(1, seen=5), member(2, seen=0), member(3, seen=9)) == 2


def test_an_earlier_stated_time_outweighs_being_seen_first() -> None:
    assert chosen(member(1, published=-90, seen=30), member(2, seen=0)) == 1


def test_a_farm_that_states_the_moment_of_our_visit_gains_nothing() -> None:
    assert chosen(member(1, published=0, seen=0), member(2, published=-20, seen=15)) == 2


def test_a_date_without_a_time_can_not_prove_an_earlier_hour() -> None:
    day_only = member(1, published=-12 * 60, seen=30)
    assert day_only.published is not None
    assert day_only.published.hour == 0
    assert stated_time(day_only) is None
    assert chosen(day_only, member(2, published=-60, seen=40)) == 2


def test_a_time_in_the_future_is_not_believed() -> None:
    assert stated_time(member(1, published=600, seen=0)) is None


def test_a_wrapper_is_younger_than_what_it_wraps() -> None:
    top = Passage(600, 1600, 0, 1000)
    wraps = CopyVerdict(1, Relation.CONTAINS, 0.6, 1.0, (top,))
    assert chosen(member(1, seen=5), member(2, seen=0, verdict=wraps)) == 1


def test_an_original_found_inside_its_own_earlier_seen_reprint_is_still_the_original() -> None:
    inside = CopyVerdict(2, Relation.EXCERPT, 1.0, 0.6, (Passage(0, 1000, 600, 1600),))
    assert chosen(member(1, seen=5, verdict=inside), member(2, seen=0)) == 1


def test_an_excerpt_seen_first_is_younger_than_the_text_it_was_cut_from() -> None:
    longer = verdict(Relation.CONTAINS, of=2, article=0.3, other=1.0)
    assert chosen(member(1, seen=5, verdict=longer), member(2, seen=0)) == 1


def test_a_text_that_lacks_sentences_in_the_middle_was_cut() -> None:
    gap = (Passage(0, 500, 0, 500), Passage(501, 1000, 801, 1300))
    trimmed = CopyVerdict(1, Relation.EXCERPT, 1.0, 0.77, gap)
    assert chosen(member(1, seen=5), member(2, seen=0, verdict=trimmed)) == 1


def test_a_canonical_on_another_site_names_the_original() -> None:
    signals = (
        ("canonical", "https://wire.example/a/1"),
        ("og_url", "https://daily.test/a/1"),
    )
    origin = choose_origin(
        [member(1, host="daily.test", signals=signals), member(2, host="www.wire.example", seen=9)]
    )
    assert origin.article_id == 2
    assert origin.named_publisher is None
    assert any("daily.test names" in evidence.says for evidence in origin.evidence)


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("www.daily.test", "https://m.daily.test/a/1"),  # its own mobile pages
        ("daily.co.uk", "https://www.daily.com/a/1"),  # its own other domain
        ("daily.test", "https://other.test/"),  # a front page
        ("daily.test", "https://.other.test/a"),  # a broken template
        ("daily.test", "http://localhost/a/1"),
        ("daily.test", "http://127.0.0.1/a/1"),
        ("daily.test", "https://[broken/a/1"),
        ("daily.test", ""),
    ],
)
@pytest.mark.parametrize("kind", ["canonical", "og_url", "syndication_source"])
def test_decoys_name_nobody(host: str, address: str, kind: str) -> None:
    named = choose_origin([member(1, host=host, signals=((kind, address),)), member(2, seen=3)])
    assert named.article_id == 1
    assert named.named_publisher is None


def test_an_alias_is_believed_less_than_a_page_that_also_names_itself() -> None:
    elsewhere = ("canonical", "https://wire.example/a/1")
    alias = choose_origin([member(1, host="daily.test", signals=(elsewhere,))])
    own = ("og_url", "https://daily.test/a/1")
    reprint = choose_origin([member(1, host="daily.test", signals=(elsewhere, own))])
    assert abs(alias.evidence[0].weight) < abs(reprint.evidence[0].weight)


def test_a_publisher_that_is_named_but_not_crawled_lowers_the_confidence() -> None:
    signals = (("canonical", "https://wire.example/a/1"), ("og_url", "https://a.test/1"))
    members = [member(1, host="a.test", signals=signals), member(2, host="b.test", seen=4)]
    origin = choose_origin(members)
    assert origin.named_publisher == "wire.example"
    assert origin.confidence <= 0.5


def test_a_credited_agency_is_the_original_when_it_is_crawled() -> None:
    credit = (("byline_agency", "Reuters"),)
    assert chosen(member(1, signals=credit), member(2, host="www.reuters.com", seen=9)) == 2


def test_a_credited_agency_that_is_not_crawled_is_named() -> None:
    credit = (("byline_agency", "dpa"),)
    origin = choose_origin([member(1, signals=credit), member(2, seen=4)])
    assert origin.named_publisher == "dpa"
    assert origin.article_id == 2


def test_a_credited_address_that_is_not_crawled_is_named_by_its_host() -> None:
    credit = (("credited_source", "https://www.wire.example/feed.xml"),)
    assert choose_origin([member(1, signals=credit)]).named_publisher == "wire.example"


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("phrase", "This story was originally published in the Harbour-Post on Monday."),
        ("phrase", "First published by Harbour Post."),
        ("dateline", "LINDHOLM (Harbour Post) —"),
        ("jsonld_author_organization", "Harbour Post"),
        ("byline_agency", "Ida Brekke, Harbour Post"),
        ("credited_source", "https://www.harbour-post.example/feed.xml"),
    ],
)
def test_a_member_that_others_mention_is_the_original(kind: str, value: str) -> None:
    reprint = member(1, signals=((kind, value),))
    assert chosen(reprint, member(2, host="harbour-post.example", seen=9)) == 2


def test_a_page_that_mentions_itself_gains_and_loses_nothing() -> None:
    line = (("phrase", "This story first appeared in Site1."), ("credited_source", "Site1"))
    origin = choose_origin([member(1, host="site1.example", signals=line), member(2, seen=4)])
    assert {evidence.kind for evidence in origin.evidence} == {"first_seen"}


def test_the_associated_press_is_known_at_its_own_site() -> None:
    credit = (("byline_agency", "The Associated Press"),)
    assert chosen(member(1, signals=credit), member(2, host="apnews.com", seen=9)) == 2


def test_equal_texts_share_what_speaks_for_the_text_so_that_time_decides() -> None:
    same = verdict(Relation.EXACT, of=1, article=1.0, other=1.0)
    near = verdict(Relation.NEAR, of=1, article=0.95, other=0.95)
    members = [
        member(1, published=3, seen=3),
        member(2, published=-30, seen=9, verdict=same),
        member(3, seen=12, verdict=near),
    ]
    assert chosen(*members) == 2


def test_every_reason_is_a_sentence() -> None:
    members = [member(1, published=-50, seen=0), member(2, seen=3)]
    for evidence in choose_origin(members).evidence:
        assert evidence.says[-1] == "."
        assert "site" in evidence.says


@pytest.mark.parametrize(
    ("host", "label"),
    [
        ("www.bbc.co.uk", "bbc"),
        ("m.bbc.com", "bbc"),
        ("wire.example:8443", "wire"),
        ("localhost", "localhost"),
        ("", ""),
    ],
)
def test_a_brand_is_the_label_that_a_publisher_chose(host: str, label: str) -> None:
    assert brand(host) == label


@given(
    st.lists(
        st.tuples(st.none() | st.floats(-5000, 5000), st.floats(0, 5000)), min_size=1, max_size=6
    )
)
def test_confidence_is_a_share_and_the_choice_a_member(
    times: list[tuple[float | None, float]],
) -> None:
    members = [
        member(place, published=published, seen=seen)
        for place, (published, seen) in enumerate(times)
    ]
    origin = choose_origin(members)
    assert 0 < origin.confidence <= 1
    assert origin.article_id in range(len(times))
