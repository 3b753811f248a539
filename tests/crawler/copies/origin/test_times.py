"""Who was there first: what was seen here is a fact, what a page states is believed as far as it goes."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import permutations
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.copies.origin.claims import Backing, claim_of
from crawler.copies.origin.original import choose_origin
from crawler.copies.records import ListingWindow
from storage.models.stories import CopyVerdict, Passage, Relation
from tests.crawler.copies.origin.test_original import NOON, member

if TYPE_CHECKING:
    from crawler.copies.records import OriginCandidate
    from storage.models.stories import Origin

DAY = 24 * 60


def listed(
    article_id: int, *, seen: float, published: float | None, before: float | None, host: str = ""
) -> OriginCandidate:
    """Make a member whose listing showed it at a visit, and not at the one `before`, if there was one."""
    not_before = None if before is None else NOON + timedelta(minutes=before)
    page = member(article_id, published=published, seen=seen, host=host or None)
    return replace(page, window=ListingWindow(not_before, NOON + timedelta(minutes=seen)))


VICTIM = listed(1, seen=0, published=-4, before=-10)


def chosen(*members: OriginCandidate) -> Origin:
    """Choose, whatever the order that the members are given in."""
    origins = {choose_origin(order) for order in permutations(members)}
    assert len(origins) == 1
    return origins.pop()


@pytest.mark.parametrize("before", [-60, -180, -DAY, -40 * DAY])
@pytest.mark.parametrize("seen", [1, 20, 600])
def test_a_copy_that_was_crawled_later_and_claims_to_be_earlier_is_none(
    before: float, seen: float
) -> None:
    forger = listed(2, seen=seen, published=before, before=seen - 5, host="forger.test")
    origin = chosen(VICTIM, forger)
    assert origin.article_id == 1
    said = {item.kind: item for item in origin.evidence if item.article_id == 2}
    assert "first listed after" in said["claims_early"].says
    assert said["claims_early"].weight < 0


def test_what_it_claims_and_what_was_seen_stand_in_one_sentence() -> None:
    forger = listed(2, seen=110, published=-240, before=100, host="forger.test")
    [said] = [item for item in chosen(VICTIM, forger).evidence if item.kind == "claims_early"]
    assert (
        said.says
        == "forger.test claims 2026-06-02 08:00 UTC, first listed after 2026-06-02 13:40 UTC."
    )


@pytest.mark.parametrize("published", [-60, -40 * DAY])
def test_a_page_that_a_first_visit_showed_has_only_its_word(published: float) -> None:
    added = listed(2, seen=30, published=published, before=None)
    assert claim_of(added) is not None
    assert chosen(VICTIM, added).article_id == 1
    assert chosen(VICTIM, replace(added, window=None)).article_id == 1, "nor one that others list"


def test_where_no_listing_is_known_what_pages_state_decides() -> None:
    late = listed(1, seen=30, published=-300, before=None)
    assert chosen(late, listed(2, seen=0, published=-20, before=None)).article_id == 1


def test_what_only_another_publisher_lists_may_be_older_than_its_listing() -> None:
    """An aggregator lists late: its visits bear a time out, and refute none."""
    page = listed(2, seen=30, published=-60, before=20)
    assert page.window is not None
    elsewhere = replace(page, window=replace(page.window, own=False))
    origin = chosen(VICTIM, elsewhere)
    assert origin.article_id == 1
    assert not {item.kind for item in origin.evidence} & {"claims_early", "listed_later"}
    inside = replace(elsewhere, published=NOON + timedelta(minutes=25))
    claims = [claim_of(elsewhere), claim_of(inside)]
    assert [claim and claim.backing for claim in claims] == [Backing.OWN_WORD, Backing.LISTING]


def test_between_two_visits_a_stated_time_is_believed() -> None:
    """Polls are hours apart: who was polled first says little."""
    slow = listed(1, seen=180, published=15, before=0)
    copy = listed(2, seen=40, published=38, before=35)
    assert chosen(slow, copy).article_id == 1


def test_a_listing_that_lags_behind_its_page_costs_the_original_nothing() -> None:
    lagging = listed(1, seen=0, published=-25, before=-10)
    assert chosen(lagging, listed(2, seen=30, published=20, before=15)).article_id == 1


def test_a_page_that_says_now_what_it_did_not_say_when_it_was_listed_proves_nothing_by_that() -> (
    None
):
    filled = replace(
        listed(2, seen=-900, published=-900, before=-905), first_seen=NOON + timedelta(minutes=30)
    )
    claim = claim_of(filled)
    assert claim is not None
    assert claim.backing is Backing.OWN_WORD
    assert chosen(VICTIM, filled).article_id == 1


def test_who_was_listed_after_another_had_the_text_is_told() -> None:
    late = listed(2, seen=30, published=25, before=20, host="late.test")
    [said] = [item for item in chosen(VICTIM, late).evidence if item.kind == "listed_later"]
    assert said.says == (
        "late.test was first listed after 2026-06-02 12:20 UTC: "
        "site1.example had the text at 2026-06-02 12:00 UTC."
    )
    own = replace(late, host="www.site1.example")
    assert not [item for item in chosen(VICTIM, own).evidence if item.kind == "listed_later"]


def test_a_refuted_time_does_not_hide_that_a_text_was_made_from_another() -> None:
    wraps = CopyVerdict(1, Relation.CONTAINS, 0.6, 1.0, (Passage(600, 1600, 0, 1000),))
    forger = replace(listed(2, seen=30, published=-300, before=25), verdict=wraps)
    kinds = {item.kind for item in chosen(VICTIM, forger).evidence if item.article_id == 2}
    assert "containment" in kinds


@given(
    stated=st.floats(-60 * DAY, 60 * DAY),
    seen=st.floats(10, 3000),
    width=st.floats(1, 9),
    victims=st.floats(-9, -3),
)
def test_no_stated_time_makes_an_original_of_what_was_not_listed_yet(
    stated: float, seen: float, width: float, victims: float
) -> None:
    victim = listed(1, seen=0, published=victims, before=-10)
    forger = listed(2, seen=seen + width, published=stated, before=seen)
    assert choose_origin([victim, forger]).article_id == 1
