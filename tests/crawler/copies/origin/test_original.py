"""Who wrote it first: which evidence counts, and which is a decoy."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import permutations
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.copies.origin.original import choose_origin
from crawler.copies.records import OriginCandidate, stated_time
from crawler.urls.publishers import brand
from storage.models.articles import Signal
from storage.models.stories import CopyVerdict, DomainReputation, Passage, Relation

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


def test_a_publisher_lengthens_and_cuts_its_own_texts() -> None:
    wire, update = "wire.example", "www.wire.example"
    longer = CopyVerdict(1, Relation.CONTAINS, 0.3, 1.0, (Passage(0, 1000, 0, 1000),))
    cut = CopyVerdict(1, Relation.EXCERPT, 1.0, 0.6, (Passage(0, 1000, 600, 1600),))
    for made in (longer, cut):
        first = member(1, host=wire, published=-60, seen=0)
        assert chosen(first, member(2, host=update, published=-30, seen=0, verdict=made)) == 1
    first = member(1, host=wire, published=-30, seen=5)  # dated alike, its texts say who was first
    assert chosen(first, member(2, host=wire, published=-30, seen=5, verdict=longer)) == 2


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


def test_a_publisher_that_is_named_but_not_crawled_is_the_answer_and_the_confidence_its_own() -> (
    None
):
    signals = (("canonical", "https://wire.example/a/1"), ("og_url", "https://a.test/1"))
    members = [member(1, host="a.test", signals=signals), member(2, host="b.test", seen=4)]
    origin = choose_origin(members)
    assert origin.named_publisher == "wire.example"
    assert origin.article_id == 2, "the best copy that is known"
    [named] = [said for said in origin.evidence if said.kind == "names_another"]
    assert named.says == "a.test names wire.example as its canonical address."
    assert 0.8 < origin.confidence < 0.9
    again = choose_origin([*members, member(3, host="c.test", seen=5, signals=signals[:1])])
    assert again.confidence > origin.confidence


def test_a_credited_agency_is_the_original_when_it_is_crawled() -> None:
    credit = (("byline_agency", "Reuters"),)
    assert chosen(member(1, signals=credit), member(2, host="www.reuters.com", seen=9)) == 2


def test_a_credited_agency_that_is_not_crawled_is_named() -> None:
    credit = (("byline_agency", "dpa"),)
    origin = choose_origin([member(1, signals=credit), member(2, seen=4)])
    assert origin.named_publisher == "dpa"
    assert origin.article_id == 2


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("dateline", "SEOUL (AP) —"),
        ("canonical", "https://apnews.com/1"),
        ("credited_source", "AP"),
    ],
)
def test_an_agency_that_is_not_crawled_is_named_by_its_proper_name(kind: str, value: str) -> None:
    origin = choose_origin([member(1, signals=((kind, value),))])
    assert origin.named_publisher == "The Associated Press"


def test_a_member_that_is_named_more_surely_than_a_stranger_is_the_answer() -> None:
    signals = (("canonical", "https://wire.example/a"), ("og_url", "https://site1.example/b"))
    weaker = (("jsonld_is_based_on", "https://stranger.example/a"),)
    members = [member(1, signals=signals + weaker), member(2, host="wire.example", seen=3)]
    origin = choose_origin(members)
    assert (origin.article_id, origin.named_publisher) == (2, None)


def test_a_title_of_a_house_is_not_taken_for_the_title_that_it_names() -> None:
    signals = (
        ("canonical", "https://house.test/news/73/49"),
        ("og_url", "https://money.house.test/story/56/49"),
    )
    page = replace(
        member(1, host="money.house.test", signals=signals),
        url="https://money.house.test/story/56/49",
    )
    assert chosen(page, member(2, host="house.test", seen=9)) == 2


def test_a_credited_address_that_is_not_crawled_is_named_by_its_host() -> None:
    credit = (("credited_source", "https://www.wire.example/feed.xml"),)
    assert choose_origin([member(1, signals=credit)]).named_publisher == "wire.example"


FARM = DomainReputation(frozenset({"farm.test"}), {})


def test_a_farm_is_never_the_original_while_a_better_copy_is_known() -> None:
    credit = (("canonical", "https://farm.test/a"), ("og_url", "https://b.test/a"))
    farm = member(1, host="farm.test", published=-900, seen=0)
    copies = [member(n, host=f"{n}.test", seen=n, signals=credit) for n in range(2, 9)]
    assert choose_origin([farm, *copies]).article_id == 1
    origin = choose_origin([farm, *copies], FARM)
    assert origin.article_id != 1
    [said] = [said for said in origin.evidence if said.kind == "farm"]
    assert said.says.startswith("farm.test is held for a content farm")
    assert said.weight < 0


def test_a_farm_is_the_best_copy_when_there_is_no_other() -> None:
    origin = choose_origin([member(1, host="farm.test")], FARM)
    assert (origin.article_id, origin.confidence, origin.evidence) == (1, 1.0, ())


def test_a_farm_is_believed_less_in_whom_it_names() -> None:
    credit = (("canonical", "https://wire.example/a"), ("og_url", "https://farm.test/a"))
    members = [member(1, host="farm.test", signals=credit), member(2, seen=3)]
    assert choose_origin(members).named_publisher == "wire.example"
    assert choose_origin(members, FARM).named_publisher is None


def test_who_was_first_in_earlier_stories_decides_between_equals() -> None:
    led = DomainReputation(
        frozenset(),
        {("site2.example", "site1.example"): 14, ("site1.example", "site2.example"): 1},
    )
    members = [member(1, seen=0), member(2, seen=0)]
    assert choose_origin(members).article_id == 1
    origin = choose_origin(members, led)
    assert origin.article_id == 2
    said = "In 14 of 15 earlier stories that site2.example and site1.example both had, site2.example was first."
    assert {(e.kind, e.article_id) for e in origin.evidence if e.says == said} == {
        ("leads", 2),
        ("lags", 1),
    }


def test_history_with_others_counts_where_two_have_none_in_common() -> None:
    known = DomainReputation(
        frozenset(), {}, copied={"site2.example": 9}, copying={"site1.example": 20}
    )
    origin = choose_origin([member(1, seen=0), member(2, seen=0)], known)
    assert origin.article_id == 2
    says = {evidence.says for evidence in origin.evidence}
    assert "In earlier stories site1.example copied 20 times and was copied 0 times." in says


def test_history_weighs_less_than_a_stated_time() -> None:
    led = DomainReputation(frozenset(), {("site2.example", "site1.example"): 1000})
    assert choose_origin([member(1, published=-90, seen=5), member(2, seen=0)], led).article_id == 1


def test_two_earlier_stories_are_no_history() -> None:
    led = DomainReputation(frozenset(), {("site2.example", "site1.example"): 2})
    assert choose_origin([member(1, seen=0), member(2, seen=0)], led).article_id == 1


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


HOSTS = ("one.test", "two.test", "farm.test", "wire.example", "apnews.com")
SIGNALS = st.lists(
    st.sampled_from(
        [
            ("canonical", "https://wire.example/a"),
            ("canonical", "https://farm.test/a"),
            ("og_url", "https://one.test/a"),
            ("dateline", "SALEM (AP) —"),
            ("byline_agency", "Reuters"),
            ("phrase", "This story was first published by Two."),
            ("credited_source", "wire.example"),
        ]
    ),
    max_size=3,
)
STANDING = st.builds(
    DomainReputation,
    st.frozensets(st.sampled_from(HOSTS)),
    st.dictionaries(st.tuples(st.sampled_from(HOSTS), st.sampled_from(HOSTS)), st.integers(1, 40)),
    st.dictionaries(st.sampled_from(HOSTS), st.integers(0, 40)),
    st.dictionaries(st.sampled_from(HOSTS), st.integers(0, 40)),
)
MEMBERS = st.lists(
    st.tuples(
        st.sampled_from(HOSTS), st.none() | st.integers(-900, 900), st.integers(0, 9), SIGNALS
    ),
    min_size=1,
    max_size=6,
).map(
    lambda rows: [
        member(place, host=host, published=published, seen=seen, signals=tuple(signals))
        for place, (host, published, seen, signals) in enumerate(rows)
    ]
)


@given(MEMBERS, STANDING, st.randoms(use_true_random=False))
def test_the_order_of_the_members_changes_nothing(
    members: list[OriginCandidate], standing: DomainReputation, random: Random
) -> None:
    shuffled = random.sample(members, len(members))
    assert choose_origin(members, standing) == choose_origin(shuffled, standing)


@given(MEMBERS, STANDING)
def test_a_farm_never_beats_another_and_the_confidence_is_a_share(
    members: list[OriginCandidate], standing: DomainReputation
) -> None:
    origin = choose_origin(members, standing)
    hosts = {each.article_id: each.host for each in members}
    if hosts[origin.article_id] in standing.farms:
        assert set(hosts.values()) <= standing.farms
    assert 0 <= origin.confidence <= 1
    assert origin.named_publisher not in hosts.values()


@given(MEMBERS, STANDING, st.data())
def test_a_signal_that_names_its_own_page_changes_nothing(
    members: list[OriginCandidate], standing: DomainReputation, data: st.DataObject
) -> None:
    place = data.draw(st.integers(0, len(members) - 1))
    kind = data.draw(st.sampled_from(["syndication_source", "original_source", "source_link"]))
    one = members[place]
    itself = Signal(kind, f"https://{one.host}/a")
    told = [*members[:place], replace(one, signals=(*one.signals, itself)), *members[place + 1 :]]
    assert choose_origin(told, standing) == choose_origin(members, standing)


def test_equal_texts_share_that_they_were_made_from_another() -> None:
    wraps = CopyVerdict(1, Relation.CONTAINS, 0.6, 1.0, (Passage(600, 1600, 0, 1000),))
    again = verdict(Relation.EXACT, of=2, article=1.0, other=1.0)
    origin = choose_origin(
        [member(1, seen=5), member(2, seen=0, verdict=wraps), member(3, seen=9, verdict=again)]
    )
    told = [said for said in origin.evidence if said.kind == "containment"]
    assert {said.article_id for said in told} == {2, 3}
    assert told[0].says == "site2.example puts words round the text of site1.example."


def test_a_text_that_was_published_before_another_appeared_was_not_made_from_it() -> None:
    inside = verdict(Relation.EXCERPT, of=1, article=1.0, other=0.6)
    farm = member(1, published=0, seen=0)
    original = member(2, published=-20, seen=6, verdict=inside)
    origin = choose_origin([farm, original])
    assert origin.article_id == 2
    assert not any(said.kind == "containment" for said in origin.evidence)


def test_the_less_one_text_has_more_the_less_it_says() -> None:
    def weight(share: float) -> float:
        longer = verdict(Relation.CONTAINS, of=2, article=share, other=1.0)
        origin = choose_origin([member(1, seen=5, verdict=longer), member(2, seen=0)])
        return sum(said.weight for said in origin.evidence if said.kind == "containment")

    assert weight(0.3) < weight(0.85) < 0
    assert weight(0.95) == 0
