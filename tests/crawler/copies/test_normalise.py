"""What does not matter when texts are compared."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.copies.normalise import fold, is_unspaced, tokenise


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("The Mayor SAID", "the mayor said"),
        ("don\u2019t", "don't"),
        ("don\u02bct", "don't"),
        ("\u201cquoted\u201d \u2014 words", '"quoted" - words'),
        ("well\u2011known", "well-known"),
        ("re\u00adsign\u200bation", "resignation"),
        ("cafe\u0301", "caf\u00e9"),
        ("\ufb01nance", "finance"),
        ("Straße", "STRASSE"),
        ("\uff21\uff22\uff23 \uff11\uff12", "ABC 12"),
        ("two\u00a0words", "two words"),
        ("\u202aleft\u202c to right", "left to right"),
        ("_emphasis_", "emphasis"),
        ("ﾊﾞｽ", "バス"),
    ],
)
def test_case_quotes_dashes_and_invisible_characters_do_not_matter(one: str, other: str) -> None:
    assert tokenise(one).words == tokenise(other).words


def test_a_token_knows_where_it_stands_in_the_stored_text() -> None:
    text = "  \u201cIt\u2019s re\u00adsigned\u201d"
    tokens = tokenise(text)
    assert tokens.words == ["its", "resigned"]
    spans = zip(tokens.starts, tokens.ends, strict=True)
    assert [text[start:end] for start, end in spans] == ["It\u2019s", "re\u00adsigned"]


def test_scripts_without_word_spaces_are_split_into_characters() -> None:
    assert tokenise("東京でiPhone 15を").words == ["東", "京", "で", "iphone", "15", "を"]
    assert is_unspaced("東")
    assert not is_unspaced("tokyo")


def test_korean_and_devanagari_keep_their_words_whole() -> None:
    assert len(tokenise("한국어 뉴스").words) == 2
    assert len(tokenise("हिन्दी समाचार").words) == 2


def test_other_words_stay_other_words() -> None:
    assert fold("résumé") != fold("resume")
    assert tokenise("").words == tokenise(" \n—…").words == []


@given(st.text(max_size=200))
def test_spans_lie_in_the_text_in_order_and_fold_to_their_words(text: str) -> None:
    tokens = tokenise(text)
    last = 0
    for word, start, end in zip(tokens.words, tokens.starts, tokens.ends, strict=True):
        assert last <= start < end <= len(text)
        assert fold(text[start:end]) == word
        last = end


@given(st.text(alphabet=st.characters(categories=("Ll", "Lu", "Nd", "Zs", "Po")), max_size=80))
def test_composed_and_decomposed_texts_have_the_same_words(text: str) -> None:
    composed = unicodedata.normalize("NFC", text)
    decomposed = unicodedata.normalize("NFD", text)
    assert tokenise(composed).words == tokenise(decomposed).words
