"""A caret stands under the place that it is about, whatever the query holds."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.query.language.caret import with_caret


@pytest.mark.parametrize(
    ("text", "position", "shown", "caret"),
    [
        ("ferry AND", 6, "ferry AND", 6),
        ("ferry AND", 9, "ferry AND", 9),
        ("ferry", 99, "ferry", 5),
        ("", 0, "", 0),
        ("one\ntwo OR\nthree", 8, "two OR", 4),
        ("日本 OR", 3, "日本 OR", 5),
        ("cafe\u0301 OR", 6, "cafe\u0301 OR", 5),
        ("a\tb\x1bc", 4, "a b c", 4),
        ("a\u202eb", 2, "a b", 2),
    ],
)
def test_the_caret_stands_under_the_character(
    text: str, position: int, shown: str, caret: int
) -> None:
    assert with_caret(text, position) == f"{shown}\n{' ' * caret}^"


def test_a_long_query_is_cut_round_the_place() -> None:
    text = " OR ".join(f"word{n}" for n in range(1000))
    position = text.index("word500")
    shown, caret = with_caret(text, position).splitlines()
    assert shown.startswith("…")
    assert shown.endswith("…")
    assert len(shown) <= 76
    assert shown[len(caret) - 1 :].startswith("word500")


@given(st.text(), st.integers(min_value=0, max_value=300))
def test_any_text_gives_two_short_lines_that_can_be_printed(text: str, position: int) -> None:
    shown, caret = with_caret(text, position).split("\n")
    wide = sum(unicodedata.east_asian_width(c) in "WF" for c in shown)
    marks = sum(
        unicodedata.category(c) in ("Mn", "Me") or unicodedata.combining(c) > 0 for c in shown
    )
    assert len(shown) + wide - marks <= 76 + marks
    assert caret.strip() == "^"
    assert not any(unicodedata.category(c) in ("Cc", "Cf") for c in shown)
