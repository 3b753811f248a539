"""Wildcards: as many characters as you like, or one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.query.analysis.forms import matches_wildcard
from tests.waiting import little_work


@pytest.mark.parametrize(
    ("pattern", "word", "expected"),
    [
        ("econom*", "economy", True),
        ("econom*", "econom", True),
        ("*gate", "watergate", True),
        ("*gate", "gates", False),
        ("wom?n", "women", True),
        ("wom?n", "womn", False),
        ("a*b*c", "abbc", True),
        ("a*b*c", "acb", False),
    ],
)
def test_a_pattern_is_the_shape_of_the_whole_word(pattern: str, word: str, expected: bool) -> None:
    assert matches_wildcard(pattern, word) is expected


def by_definition(pattern: str, word: str) -> bool:
    if not pattern:
        return not word
    if pattern[0] == "*":
        return any(by_definition(pattern[1:], word[start:]) for start in range(len(word) + 1))
    same = word[:1] == pattern[0] or (bool(word) and pattern[0] == "?")
    return same and by_definition(pattern[1:], word[1:])


@given(st.text("ab*?", max_size=7), st.text("ab", max_size=7))
def test_patterns_mean_what_their_definition_says(pattern: str, word: str) -> None:
    assert matches_wildcard(pattern, word) == by_definition(pattern, word)


def test_many_stars_do_not_make_it_slow() -> None:
    with little_work():
        assert not matches_wildcard("a*" * 30 + "b", "a" * 200)
