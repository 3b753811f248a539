"""The measures themselves are measured."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.bench.scores import date_exact, ngram_f1, ngram_overlap, title_loose

WORDS = st.lists(st.sampled_from(["alpha", "beta", "gamma", "delta", "epsilon"]), max_size=30)


@given(WORDS, WORDS)
def test_text_f1_is_symmetric_and_between_none_and_all(left: list[str], right: list[str]) -> None:
    score = ngram_f1(" ".join(left), " ".join(right))
    assert 0.0 <= score <= 1.0
    assert score == pytest.approx(ngram_f1(" ".join(right), " ".join(left)))


@given(WORDS)
def test_a_text_is_wholly_itself(words: list[str]) -> None:
    assert ngram_f1(" ".join(words), "\n".join(words)) == 1.0


def test_a_text_with_as_much_again_around_it_loses_precision_only() -> None:
    truth = "one two three four five six seven"
    overlap = ngram_overlap(f"{truth} a b c d", truth)
    assert overlap.recall == 1.0
    assert overlap.precision == 0.5


def test_repeated_passages_count_as_often_as_they_stand() -> None:
    assert ngram_overlap("a b c d", "a b c d a b c d").recall == pytest.approx(0.2)


def test_chinese_is_counted_by_characters() -> None:
    assert 0.5 < ngram_f1("今日は良い天気ですね", "今日は良い天気です") < 1.0


def test_nothing_found_scores_nothing() -> None:
    assert ngram_f1("", "some words stand here") == 0.0


@pytest.mark.parametrize(
    ("found", "truth", "same"),
    [
        ("A storm – again", "a storm - again!", True),
        ("A storm is coming home | Site", "A storm is coming home", True),
        ("A", "A storm is coming home", False),
        ("Another thing", "A storm is coming home", False),
        (None, None, True),
        (None, "A storm", False),
    ],
)
def test_titles_are_compared_loosely(found: str | None, truth: str | None, same: bool) -> None:
    assert title_loose(found, truth) is same


@pytest.mark.parametrize(
    ("truth", "same"),
    [
        ("2025-07-01 00:30:00+02:00", True),
        ("2025-06-30", True),
        ("2025-07-01", False),
        ("no date", False),
        (None, False),
    ],
)
def test_a_day_is_read_in_the_truths_own_zone(truth: str | None, same: bool) -> None:
    assert date_exact(datetime(2025, 6, 30, 22, 30, tzinfo=UTC), truth) is same


def test_no_date_equals_only_no_date() -> None:
    assert date_exact(None, None)
    assert not date_exact(None, "2025-06-30")
