"""What does not matter when texts are compared."""

from __future__ import annotations

import unicodedata

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from crawler.copies.text.alphabet import DIGITS, UNSPACED, fold
from crawler.copies.text.tokens import spans, tokenise, words


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
        ("ß \u00adßa", "ss ssa"),
        ("\uff21\uff22\uff23 \uff11\uff12", "ABC 12"),
        ("two\u00a0words", "two words"),
        ("\u202aleft\u202c to right", "left to right"),
        ("_emphasis_", "emphasis"),
        ("ﾊﾞｽ", "バス"),
    ],
)
def test_case_quotes_dashes_and_invisible_characters_do_not_matter(one: str, other: str) -> None:
    assert words(one) == words(other)


def test_a_token_knows_where_it_stands_in_the_stored_text() -> None:
    text = "  \u201cIt\u2019s re\u00adsigned\u201d"
    assert words(text) == ["its", "resigned"]
    assert [text[start:end] for start, end in _places(text)] == ["It\u2019s", "re\u00adsigned"]


def test_scripts_without_word_spaces_are_split_into_characters() -> None:
    assert words("東京でiPhone 15を") == ["東", "京", "で", "iphone", "15", "を"]
    flags = (tokenise("東京でiPhone 15を").numbers & np.uint64(UNSPACED)).tolist()
    assert flags == [UNSPACED, UNSPACED, UNSPACED, 0, 0, UNSPACED]


def test_a_token_knows_how_many_digits_it_holds() -> None:
    assert (tokenise("12 a1b2c3 don't ٣").numbers & np.uint64(DIGITS)).tolist() == [2, 3, 0, 1]


def test_korean_and_devanagari_keep_their_words_whole() -> None:
    assert len(words("한국어 뉴스")) == 2
    assert len(words("हिन्दी समाचार")) == 2


def test_other_words_stay_other_words() -> None:
    assert fold("résumé") != fold("resume")
    assert words("") == words(" \n—…") == []


def _places(text: str) -> list[tuple[int, int]]:
    """Each token's first character, and the one after its last."""
    tokens = tokenise(text)
    each = np.arange(tokens.numbers.size)
    starts, ends = spans(text, tokens, each, each + 1)
    return list(zip(starts.tolist(), ends.tolist(), strict=True))


LETTERS = st.text(
    alphabet=st.one_of(
        st.sampled_from(
            "ab Ab ß ﬁ ½ ™ № \u00ad\u200b'\u2019\u2018_-1٣東京ですไทยक्षि한국\u0301😀𝐁𠀀"
        ),
        st.characters(exclude_categories=["Cs"]),
    ),
    max_size=60,
)


@given(st.text(max_size=200))
def test_spans_lie_in_the_text_in_order(text: str) -> None:
    last = 0
    for start, end in _places(text):
        assert last <= start < end <= len(text)
        last = start


@given(st.text(alphabet=st.sampled_from("abß1 -'’东京한국é\u00ad\u0301ﬁไทย"), max_size=60))
@example("ﬁn東don’t")
def test_what_stands_at_a_token_s_place_folds_to_its_word(text: str) -> None:
    found = [fold(text[start:end]) for start, end in _places(text)]
    assert found == words(text)


@given(LETTERS)
@example("‘quoted’ don't x")
@example("a\U0001fbf0b \U0001f130")
def test_the_short_way_gives_the_same_tokens_as_the_plain_form(text: str) -> None:
    # The letter makes the second text take the long way; it has one word of its own.
    long_way = tokenise(f"{text} \u2122").numbers.tolist()
    assert tokenise(text).numbers.tolist() == long_way[:-1]


@given(LETTERS)
def test_the_plain_form_of_a_text_has_the_same_tokens(text: str) -> None:
    assert tokenise(fold(text)).numbers.tolist() == tokenise(text).numbers.tolist()


def test_words_that_differ_have_other_numbers() -> None:
    known = {f"{one}{other}" for one in "abcdefgh12" for other in "abcdefgh12"}
    assert len({int(tokenise(word).numbers[0]) for word in known}) == len(known)


def test_a_text_longer_than_the_table_of_powers_is_read_to_its_end() -> None:
    text = "one two three four five " * 20_000
    numbers = tokenise(text).numbers
    assert numbers[:5].tolist() == numbers[-5:].tolist()


@given(st.text(alphabet=st.characters(categories=("Ll", "Lu", "Nd", "Zs", "Po")), max_size=80))
@example("\u00c0\U0001fbf0")
def test_composed_and_decomposed_texts_have_the_same_words(text: str) -> None:
    composed = unicodedata.normalize("NFC", text)
    decomposed = unicodedata.normalize("NFD", text)
    assert words(composed) == words(decomposed)
