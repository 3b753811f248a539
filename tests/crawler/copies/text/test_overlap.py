"""The algebra of containment, and where shared passages lie."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.copies.text.overlap import MAX_PASSAGES, measure, passages
from crawler.copies.text.shingles import shingle
from crawler.copies.text.tokens import words
from tests.crawler.copies import texts

WORDS = st.sampled_from(
    [
        "a",
        "b",
        "c",
        "d",
        "e",
        "f",
        "Grand",
        "HOTEL",
        "12",
        "7.5",
        "naïve",
        "don’t",
        "東",
        "京",
        "都",
        "庁",
        "舎",
    ]
)
TEXTS = st.lists(WORDS, max_size=60).map(" ".join)
LONG_TEXTS = st.lists(WORDS, min_size=12, max_size=60).map(" ".join)
OUTSIDE = st.lists(st.sampled_from(["u", "v", "w", "x", "y", "z"]), max_size=30).map(" ".join)


@given(TEXTS, TEXTS)
def test_shares_lie_between_nothing_and_all(one: str, other: str) -> None:
    overlap = measure(shingle(one), shingle(other))
    assert 0 <= overlap.share_of_article <= 1
    assert 0 <= overlap.share_of_other <= 1


@given(LONG_TEXTS)
def test_a_text_contains_itself(text: str) -> None:
    overlap = measure(shingle(text), shingle(text))
    assert (overlap.share_of_article, overlap.share_of_other) == (1, 1)
    assert overlap.equal


@given(TEXTS, TEXTS)
def test_swapping_two_texts_swaps_the_shares_and_nothing_else(one: str, other: str) -> None:
    here = measure(shingle(one), shingle(other))
    there = measure(shingle(other), shingle(one))
    assert here.share_of_article == there.share_of_other
    assert here.share_of_other == there.share_of_article
    assert here.shared_words == there.shared_words


@given(LONG_TEXTS, OUTSIDE, OUTSIDE)
def test_words_put_round_a_text_leave_it_wholly_contained(
    text: str, before: str, after: str
) -> None:
    overlap = measure(shingle(f"{before}\n{text}\n{after}"), shingle(text))
    assert overlap.share_of_other == 1


@given(OUTSIDE, st.lists(st.sampled_from(["a", "b", "c", "d"]), max_size=30).map(" ".join))
def test_texts_without_a_common_word_share_nothing(one: str, other: str) -> None:
    overlap = measure(shingle(one), shingle(other))
    assert (overlap.share_of_article, overlap.share_of_other, overlap.shared_words) == (0, 0, 0)
    assert passages(shingle(one), shingle(other)) == ()


@given(TEXTS, TEXTS)
def test_passages_lie_in_both_texts_and_are_equal_there(one: str, other: str) -> None:
    last = 0
    for passage in passages(shingle(one), shingle(other)):
        assert last <= passage.start < passage.end <= len(one)
        assert 0 <= passage.other_start < passage.other_end <= len(other)
        here = one[passage.start : passage.end]
        there = other[passage.other_start : passage.other_end]
        assert words(here) == words(there)
        last = passage.end


@pytest.mark.parametrize("name", sorted(texts.STORIES))
def test_a_wrapped_text_is_one_passage(name: str) -> None:
    text = texts.STORIES[name]
    page = texts.farm(text)
    (passage,) = passages(shingle(page), shingle(text))
    assert page[passage.start : passage.end] == text.rstrip("。.")
    assert passage.other_start == 0


def test_a_sentence_moved_to_the_top_is_found_where_it_stands() -> None:
    text = texts.STORIES["ferry"]
    parts = texts.sentences(text)
    moved = texts.joined([parts[-1], *parts[:-1]])
    first = passages(shingle(moved), shingle(text))[0]
    assert text[first.other_start : first.other_end] == parts[-1].rstrip(".")


def test_a_text_made_of_very_many_repeats_is_compared_in_time() -> None:
    hostile = shingle(" ".join(f"a a a a a b{number}" for number in range(4_000)))
    other = shingle(" ".join(f"a a a a a c{number}" for number in range(4_000)))
    assert len(passages(hostile, other)) == MAX_PASSAGES
