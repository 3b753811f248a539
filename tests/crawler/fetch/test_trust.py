"""How far "not modified" is believed: more with each check that bore it out, not at all after a lie."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from crawler.fetch.trust import (
    LIES,
    FullAnswer,
    Trust,
    after_full,
    trust_in_words,
    wants_full,
    wants_full_page,
)
from tests.scheduler.recrawl.records import a_source

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
SAME = FullAnswer(NOON, was_conditional=False, is_changed=False, hid=False)


@pytest.mark.parametrize(
    ("borne_out", "hours"), [(0, 6), (1, 12), (2, 24), (4, 96), (5, 168), (99, 168)]
)
def test_the_more_it_was_borne_out_the_less_it_is_checked(borne_out: int, hours: int) -> None:
    trust = Trust(borne_out, NOON)
    assert not wants_full(trust, NOON + timedelta(hours=hours, seconds=-1))
    assert wants_full(trust, NOON + timedelta(hours=hours))


def test_nothing_is_believed_before_the_first_full_answer() -> None:
    assert wants_full(Trust(), NOON)
    assert after_full(Trust(), SAME) == Trust(0, NOON)


def test_a_full_answer_that_is_the_same_bears_it_out() -> None:
    before = Trust(2, NOON - timedelta(days=1))
    assert after_full(before, SAME) == Trust(3, NOON)


def test_a_change_that_was_owned_up_to_is_neither_here_nor_there() -> None:
    before = Trust(2, NOON - timedelta(days=1))
    assert after_full(before, replace(SAME, is_changed=True)) == Trust(2, NOON)
    assert after_full(before, replace(SAME, was_conditional=True)) == Trust(2, NOON)


def test_a_hidden_change_ends_conditional_requests_for_a_week() -> None:
    found = after_full(Trust(5, NOON), replace(SAME, is_changed=True, hid=True))
    assert found == Trust(LIES, NOON)
    for days in (1, 6, 7):
        assert wants_full(found, NOON + timedelta(days=days))
    assert after_full(found, replace(SAME, at=NOON + timedelta(days=6))) == found
    again = after_full(found, replace(SAME, at=NOON + timedelta(days=7)))
    assert again == Trust(0, NOON + timedelta(days=7))
    assert not wants_full(again, NOON + timedelta(days=7, hours=1))


def test_a_page_is_asked_for_in_full_once_in_each_week() -> None:
    assert wants_full_page(NOON, None, NOON)
    assert not wants_full_page(NOON, NOON + timedelta(days=1), NOON + timedelta(days=6))
    assert wants_full_page(NOON, NOON + timedelta(days=6), NOON + timedelta(days=8))
    assert not wants_full_page(NOON, NOON + timedelta(days=8), NOON + timedelta(days=13))


def test_operators_are_told_in_words() -> None:
    source = a_source()
    assert trust_in_words(source) == ""
    checked = replace(source, validators=replace(source.validators, checked_at=NOON))
    assert "not borne out yet" in trust_in_words(checked)
    assert "3 times in a row" in trust_in_words(
        replace(checked, validators=replace(checked.validators, trust=3))
    )
    assert "its ETag lies" in trust_in_words(
        replace(checked, validators=replace(checked.validators, trust=LIES))
    )
    assert "8 June" in trust_in_words(
        replace(checked, validators=replace(checked.validators, trust=LIES))
    )
