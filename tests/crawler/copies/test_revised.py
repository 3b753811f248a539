"""What holds an article in its story when its page has changed: pure decisions on texts."""

from __future__ import annotations

from dataclasses import replace

import pytest

from crawler.copies.records import Judgement, StoredText
from crawler.copies.revised import (
    ChangedPage,
    change_of,
    links_to_earlier,
    verdicts_of_orphans,
    without_passages,
)
from crawler.settings import CopySettings
from storage.models.stories import CopyVerdict, Passage, Relation
from tests.crawler.copies.texts import STORIES, edit, excerpt

FERRY, COURT, TRAMS = STORIES["ferry"], STORIES["court"], STORIES["trams"]
ORIGINAL = StoredText(1, FERRY)
SETTINGS = CopySettings()
ON_ORIGINAL = CopyVerdict(1, Relation.EXACT, 1.0, 1.0, (Passage(0, 9, 0, 9),))
OF_ANOTHER_STORY = Judgement((CopyVerdict(9, Relation.EXACT, 1.0, 1.0),))
NOTHING = Judgement()

COPY = ChangedPage(
    article_id=2,
    before=(FERRY,),
    text=edit(FERRY),
    verdict=ON_ORIGINAL,
    is_root=False,
    is_alone=False,
    put_here=False,
    beside=(ORIGINAL,),
)
ROOT = replace(COPY, article_id=1, verdict=None, is_root=True, beside=())


def test_a_copy_of_a_member_stays_with_a_verdict_that_fits_its_new_text() -> None:
    change = change_of(COPY, NOTHING, SETTINGS)
    [verdict] = change.verdicts
    assert not change.leaves
    assert (verdict.of_article_id, verdict.relation) == (1, Relation.NEAR)
    assert all(
        COPY.text[p.start : p.end] == FERRY[p.other_start : p.other_end] for p in verdict.passages
    )


def test_a_copy_of_what_a_member_said_before_stays_without_passages() -> None:
    rewritten = replace(COPY, beside=(StoredText(1, COURT),), earlier=(ORIGINAL,))
    change = change_of(rewritten, NOTHING, SETTINGS)
    assert not change.leaves
    assert [verdict.passages for verdict in change.verdicts] == [()]


def test_a_member_that_is_doubted_is_no_reason_to_stay() -> None:
    assert change_of(COPY, Judgement(doubted=(1,)), SETTINGS).leaves


@pytest.mark.parametrize(
    ("judged", "leaves"),
    [(NOTHING, False), (OF_ANOTHER_STORY, True), (Judgement(parts=(7, 8, 9)), True)],
)
def test_an_original_leaves_only_for_another_story_or_as_a_round_up(
    judged: Judgement, leaves: bool
) -> None:
    assert change_of(replace(ROOT, text=COURT), judged, SETTINGS).leaves is leaves


def test_an_original_that_grew_makes_one_story_of_its_own_and_another() -> None:
    grown = replace(ROOT, text=f"{COURT}\n{TRAMS}\n{FERRY}")
    change = change_of(grown, OF_ANOTHER_STORY, SETTINGS)
    assert not change.leaves
    assert change.verdicts == OF_ANOTHER_STORY.verdicts


def test_an_operators_word_keeps_an_article_but_makes_no_bridge_of_it() -> None:
    put = replace(COPY, text=COURT, put_here=True)
    change = change_of(put, OF_ANOTHER_STORY, SETTINGS)
    assert (change.leaves, change.verdicts) == (False, ())


@pytest.mark.parametrize(
    ("before", "text", "goes_on"),
    [
        (FERRY, edit(FERRY), True),
        (FERRY, f"{FERRY}\n{COURT}\n{TRAMS}", True),
        (FERRY, excerpt(FERRY), True),
        (FERRY, COURT, False),
    ],
)
def test_a_text_is_new_unless_most_of_either_state_stands_in_the_other(
    before: str, text: str, goes_on: bool
) -> None:
    alone = replace(ROOT, before=(before,), text=text, is_alone=True)
    change = change_of(alone, NOTHING, SETTINGS)
    assert (change.leaves, change.is_new) == (False, not goes_on)


def test_what_was_said_before_the_last_change_is_not_new() -> None:
    back = replace(COPY, before=(COURT, FERRY), beside=(StoredText(1, COURT),))
    change = change_of(back, NOTHING, SETTINGS)
    assert (change.leaves, change.is_new) == (True, False)


def test_copies_of_a_changed_original_are_judged_anew() -> None:
    copies = tuple(
        (StoredText(number, text), replace(ON_ORIGINAL, relation=Relation.NEAR))
        for number, text in ((2, FERRY), (3, COURT))
    )
    renewed = dict(change_of(replace(ROOT, text=COURT, copies=copies), NOTHING, SETTINGS).copies)
    assert renewed[2] == without_passages(copies[0][1])
    assert renewed[3].relation is Relation.EXACT
    assert [(p.start, p.end) for p in renewed[3].passages] == [(0, len(COURT) - 1)]


def test_what_says_what_another_said_before_belongs_to_it() -> None:
    members = [StoredText(1, COURT), StoredText(2, FERRY), StoredText(3, TRAMS)]
    assert list(links_to_earlier(members, [ORIGINAL], SETTINGS)) == [(2, 1)]


def test_what_both_texts_of_an_article_share_with_another_links_them_no_more_than_one() -> None:
    members = [StoredText(1, edit(FERRY)), StoredText(2, FERRY)]
    assert list(links_to_earlier(members, [ORIGINAL], SETTINGS)) == []


def test_an_orphan_is_a_copy_of_a_member_of_its_group_that_came_before_it() -> None:
    members = [StoredText(2, FERRY), StoredText(3, edit(FERRY)), StoredText(4, COURT)]
    found = dict(verdicts_of_orphans([2, 3, 4], members, [[2, 3], [4]], SETTINGS))
    assert {orphan: verdict.of_article_id for orphan, verdict in found.items()} == {3: 2}
