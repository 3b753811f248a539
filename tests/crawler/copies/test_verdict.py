"""Which overlaps make a copy, at the thresholds: each is held from both sides."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.copies.text.overlap import ALIKE, Overlap
from crawler.copies.verdict import (
    UNKNOWN,
    Circumstances,
    is_another_number,
    is_copy_by_the_rest,
    relation_of,
    time_between,
    titles_shared,
)
from crawler.settings import CopySettings
from storage.models.stories import Relation

SETTINGS = CopySettings()
BELOW = replace(ALIKE, longer_own_first=60)
"""What the longer of two texts has on top of what they share."""

WHOLE = Overlap(1.0, 1.0, shared_words=200, equal=False, differences=BELOW)
MIRRORED = {Relation.CONTAINS: Relation.EXCERPT, Relation.EXCERPT: Relation.CONTAINS}
SOON = Circumstances(apart=timedelta(hours=1))
LATER = Circumstances(apart=timedelta(days=3))
ONE_HEADLINE = Circumstances(apart=timedelta(hours=1), titles=1.0, one_publisher=True)


def of(of_article: float, of_other: float, **others: float) -> Overlap:
    """Return the overlap of two long texts with these shares, that differ in other things."""
    differ = replace(ALIKE, **others)
    return replace(WHOLE, share_of_article=of_article, share_of_other=of_other, differences=differ)


def is_copy(overlap: Overlap, known: Circumstances = UNKNOWN) -> bool:
    return relation_of(overlap, SETTINGS, known) is not None


@pytest.mark.parametrize(
    ("of_article", "of_other", "relation"),
    [
        (0.95, 0.9, Relation.NEAR),
        (0.81, 0.81, Relation.NEAR),
        (0.75, 0.75, Relation.PARTIAL),
        (0.5, 1.0, Relation.CONTAINS),
        (1.0, 0.3, Relation.EXCERPT),
        (0.65, 0.7, Relation.PARTIAL),
        (0.59, 0.59, None),
        (0.84, 0.21, Relation.EXCERPT),
        (0.84, 0.19, None),
        (0.79, 0.26, Relation.PARTIAL),
        (0.79, 0.24, None),
        (0.7, 0.2, None),
    ],
)
def test_shares_decide_the_relation(
    of_article: float, of_other: float, relation: Relation | None
) -> None:
    overlap = of(of_article, of_other, longer_own_first=60)
    assert relation_of(overlap, SETTINGS) is relation


@pytest.mark.parametrize(
    ("lesser", "own_words", "is_one"), [(0.11, 21, True), (0.09, 21, False), (0.11, 24, False)]
)
def test_a_page_that_begins_as_a_long_text_does_has_lifted_it(
    lesser: float, own_words: float, is_one: bool
) -> None:
    assert is_copy(of(0.7, lesser, longer_own_first=own_words)) is is_one


def test_equal_words_are_exact_whatever_else() -> None:
    assert relation_of(replace(WHOLE, equal=True), SETTINGS, LATER) is Relation.EXACT


def test_too_few_shared_words_make_no_copy() -> None:
    short = replace(WHOLE, shared_words=SETTINGS.min_words - 1, equal=True)
    assert relation_of(short, SETTINGS) is None


def test_the_operator_sets_the_threshold() -> None:
    half = replace(WHOLE, share_of_article=0.55, share_of_other=0.55)
    assert relation_of(half, CopySettings(threshold=0.5)) is Relation.PARTIAL


def test_a_short_text_that_opens_a_long_one_is_an_excerpt_of_it() -> None:
    assert relation_of(of(0.9, 0.05), SETTINGS) is Relation.EXCERPT
    assert is_copy(of(0.86, 0.05))
    assert not is_copy(of(0.8, 0.05))
    assert is_copy(of(1.0, 0.05, longer_own_first=53))
    assert not is_copy(of(1.0, 0.05, longer_own_first=57))  # an item of a round-up, a brief quoted


@pytest.mark.parametrize(
    ("known", "copy", "form"),
    [(UNKNOWN, 0.3, 0.35), (SOON, 0.3, 0.35), (LATER, 0.07, 0.08)],
)
def test_what_a_copy_keeps_and_a_report_of_the_same_form_changes(
    known: Circumstances, copy: float, form: float
) -> None:
    assert relation_of(of(0.9, 0.9, changed=copy), SETTINGS, known) is Relation.NEAR
    assert not is_copy(of(0.9, 0.9, changed=form), known)
    assert is_copy_by_the_rest(of(0.9, 0.9, changed=copy), SETTINGS, known)
    assert not is_copy_by_the_rest(of(0.9, 0.9, changed=form), SETTINGS, known)


def test_another_day_begins_after_half_a_day() -> None:
    changed = of(0.9, 0.9, changed=0.2)
    assert is_copy(changed, Circumstances(apart=timedelta(hours=11.5)))
    assert not is_copy(changed, Circumstances(apart=timedelta(hours=12.5)))


@pytest.mark.parametrize(
    ("particulars", "changed", "titles", "is_form"),
    [
        (0.41, 0.016, 0.5, True),
        (0.41, 0.016, None, True),
        (0.39, 0.016, 0.5, False),
        (0.41, 0.014, 0.5, False),
        (0.41, 0.016, 0.61, False),  # results that are sent again bear their title again
        (0.41, 0.016, 0.59, True),
    ],
)
def test_in_a_table_a_few_figures_are_another_number(
    particulars: float, changed: float, titles: float | None, is_form: bool
) -> None:
    differ = replace(ALIKE, particulars=particulars, changed=changed)
    assert is_another_number(differ, replace(SOON, titles=titles)) is is_form
    assert not is_another_number(differ, UNKNOWN)


@pytest.mark.parametrize(("known", "update", "development"), [(SOON, 88, 92), (LATER, 53, 57)])
def test_what_stands_below_much_of_their_own_in_both_texts_is_background(
    known: Circumstances, update: float, development: float
) -> None:
    assert is_copy(of(0.7, 0.7, own_first=update), known)
    assert not is_copy(of(0.7, 0.7, own_first=development), known)
    assert not is_copy(of(0.84, 0.7, own_first=development), known)
    assert is_copy(of(0.86, 0.7, own_first=development), known)


def test_words_shared_in_quotations_are_none_of_a_copy() -> None:
    assert not is_copy(of(0.7, 0.7, quoted=0.41, held_unquoted=0.69))
    assert is_copy(of(0.7, 0.7, quoted=0.39, held_unquoted=0.69))
    assert is_copy(of(0.7, 0.7, quoted=0.41, held_unquoted=0.71))


@pytest.mark.parametrize(
    ("words", "share", "changed", "known", "is_one"),
    [
        (8, 0.86, 0.0, ONE_HEADLINE, True),
        (7, 1.0, 0.0, ONE_HEADLINE, False),
        (8, 0.84, 0.0, ONE_HEADLINE, False),
        (8, 0.86, 0.01, ONE_HEADLINE, False),
        (8, 0.86, 0.0, replace(ONE_HEADLINE, titles=0.61, one_publisher=False), True),
        (8, 0.86, 0.0, replace(ONE_HEADLINE, titles=0.59), False),  # another company
        (8, 0.86, 0.0, replace(ONE_HEADLINE, titles=None), False),
        (8, 0.86, 0.0, replace(ONE_HEADLINE, apart=timedelta(days=1)), False),
        (8, 0.86, 0.0, replace(ONE_HEADLINE, apart=None), False),
    ],
)
def test_short_items_are_one_when_their_titles_say_so(
    words: float, share: float, changed: float, known: Circumstances, is_one: bool
) -> None:
    short = replace(of(share, share, changed=changed), shared_words=words)
    assert is_copy(short, known) is is_one


@pytest.mark.parametrize(
    ("words", "share", "known", "is_one"),
    [
        (20, 0.41, ONE_HEADLINE, True),
        (19, 0.41, ONE_HEADLINE, False),
        (20, 0.39, ONE_HEADLINE, False),
        (20, 0.41, replace(ONE_HEADLINE, titles=0.91), True),
        (20, 0.41, replace(ONE_HEADLINE, titles=0.89), False),
        (20, 0.41, replace(ONE_HEADLINE, one_publisher=False), False),
        (20, 0.41, replace(ONE_HEADLINE, apart=timedelta(days=1)), False),
    ],
)
def test_results_that_are_sent_again_under_their_title_need_share_less(
    words: float, share: float, known: Circumstances, is_one: bool
) -> None:
    assert is_copy(replace(of(share, share), shared_words=words), known) is is_one


def test_of_what_is_all_form_nearly_all_of_the_rest_must_be_shared() -> None:
    assert is_copy_by_the_rest(replace(of(0.91, 0.1), shared_words=8), SETTINGS)
    assert not is_copy_by_the_rest(replace(of(0.89, 0.1), shared_words=8), SETTINGS)
    assert not is_copy_by_the_rest(replace(of(0.91, 0.1), shared_words=7), SETTINGS)


NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
MIDNIGHT = datetime(2026, 6, 1, tzinfo=UTC)


def test_a_day_without_a_time_lasts_from_midnight_to_midnight() -> None:
    assert time_between(NOON, NOON - timedelta(hours=30)) == timedelta(hours=30)
    assert time_between(MIDNIGHT, NOON + timedelta(days=1)) == timedelta(hours=12)
    assert time_between(NOON, MIDNIGHT) == timedelta(0)
    assert time_between(MIDNIGHT, MIDNIGHT + timedelta(days=1)) == timedelta(days=1)
    assert time_between(NOON, None) is None


def test_what_is_of_the_next_day_may_be_of_the_next_hour() -> None:
    next_day = Circumstances(apart=timedelta(days=1), days=True)
    assert is_copy(of(0.7, 0.7, own_first=57), next_day)
    assert not is_copy(of(0.7, 0.7, own_first=57), replace(next_day, apart=timedelta(days=2)))
    assert not is_copy(of(0.7, 0.7, own_first=57), replace(next_day, days=False))
    assert not is_copy(of(0.9, 0.9, changed=0.1), next_day)  # a daily report


def test_titles_agree_by_the_words_of_the_shorter_one() -> None:
    assert titles_shared("Acme sets dividend", "ACME SETS DIVIDEND - corrected") == 1.0
    assert titles_shared("Acme sets dividend", "Bolt sets dividend") == pytest.approx(2 / 3)
    assert titles_shared("", "Acme") is None


@given(st.floats(0, 1), st.floats(0, 1))
def test_the_other_way_round_it_is_the_mirrored_relation(one: float, other: float) -> None:
    here = relation_of(replace(WHOLE, share_of_article=one, share_of_other=other), SETTINGS)
    there = relation_of(replace(WHOLE, share_of_article=other, share_of_other=one), SETTINGS)
    assert there is (None if here is None else MIRRORED.get(here, here))
