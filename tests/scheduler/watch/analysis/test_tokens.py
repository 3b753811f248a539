"""Words: folded so that case, accents and width do not matter, found where they stand."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.watch.analysis.tokens import tokens, words


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Zürich", "ZURICH"),
        ("café", "cafe\u0301"),
        ("Straße", "STRASSE"),
        ("Łódź", "lodz"),
        ("ＡＢＣ１２", "abc12"),
        ("ferry's", "ferry"),
        ("ferry\u2019s", "ferry"),
        ("o\u2019brien", "O'Brien"),
        ("co\u00adopera\u200btion", "cooperation"),
        ("ﬁnance", "finance"),
        ("Ёлка", "елка"),
    ],
)
def test_spellings_of_one_word_are_one_word(one: str, other: str) -> None:
    assert words(one) == words(other)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The ferry, the FERRY-boat.", ("the", "ferry", "the", "ferry", "boat")),
        ("東京タワー", ("東", "京", "タ", "ワ", "ー")),
        ("AI技術2026年", ("ai", "技", "術", "2026", "年")),
        ("snake_case", ("snake", "case")),
        ("", ()),
        ("… — !", ()),
    ],
)
def test_texts_are_cut_at_what_is_no_letter_and_no_figure(
    text: str, expected: tuple[str, ...]
) -> None:
    assert words(text) == expected


def test_a_word_of_a_script_without_spaces_is_the_run_of_its_characters() -> None:
    run, text = words("กรุงเทพ"), words("น้ำท่วมกรุงเทพวันนี้")
    assert any(text[i : i + len(run)] == run for i in range(len(text)))


def test_places_are_those_of_the_text_as_given() -> None:
    text = "Ünder the Stra\u0301ße's ＦＥＲＲＹ"
    assert [text[t.start : t.end] for t in tokens(text)] == [
        "Ünder",
        "the",
        "Stra\u0301ße's",
        "ＦＥＲＲＹ",
    ]


@given(st.text(max_size=60))
def test_places_are_in_order_and_inside_the_text(text: str) -> None:
    found = tokens(text)
    assert all(0 <= t.start < t.end <= len(text) and t.word for t in found)
    assert all(a.start < b.end for a, b in itertools.pairwise(found))


@given(st.text(max_size=60))
def test_folded_words_are_their_own_folding(text: str) -> None:
    found = words(text)
    assert words(" ".join(found)) == found
