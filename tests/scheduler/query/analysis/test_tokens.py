"""Words: cut alike from articles and queries, folded, and found where they stand."""

from __future__ import annotations

import itertools
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from scheduler.query.analysis.tokens import folded_words, token_spans, tokenize
from tests.waiting import little_work

# Letters, marks and signs of which each has a rule of its own somewhere.
TRAPS = (
    "aAzLl sS10.,'’&+#-_\"״·\u00a0\u202f\u200b\u200d\u00ad\u0301\u0308ЕеёйıİßŒɡаӏρα日本ガｶﾞー한각ㅋ"
    "ไม้ำकँ़ا\u0640\u064eأی٢٬٫צה½ⅧﷺⓅ𝐩🅿\ud800\ufe0fŉŀ＆．，①²㊀ͅᾳﻷ"
)
texts = st.text(max_size=60) | st.text(st.sampled_from(TRAPS) | st.characters(), max_size=40)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The ferry, the FERRY-boat.", "the ferry the ferry boat"),
        ("snake_case #hashtag @mention", "snake case hashtag mention"),
        ("", ""),
        ("… — !", ""),
        ("'quoted' crews' ferry's ferry’s 1990's", "quoted crews ferry ferry 1990"),
        ("o'brien O’Brien rock'n'roll", "o'brien o'brien rock'n'roll"),
    ],
)
def test_texts_are_cut_at_what_is_no_letter_and_no_figure(text: str, expected: str) -> None:
    assert " ".join(folded_words(text)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "the U.S. and the U.S.A., e.g. in D.C.",
            ["the", "us", "and", "the", "usa", "eg", "in", "dc"],
        ),
        ("the U.S.'s and U.S.-led", ["the", "us", "and", "us", "led"]),
        ("the end.Next one, J.Lo, Node.js", ["the", "end", "next", "one", "j", "lo", "node", "js"]),
        ("A.B.Smith D.C.United", ["ab", "smith", "dc", "united"]),
        ("С.Ш.А. и т.е.", ["сша", "и", "те"]),
        ("EE.UU.", ["ee", "uu"]),
    ],
)
def test_acronyms_are_one_word_and_the_ends_of_sentences_are_none(
    text: str, expected: list[str]
) -> None:
    assert list(folded_words(text)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("AT&T's R&D, Q&A, M&S, Ｈ＆Ｍ", ["at&t", "r&d", "q&a", "m&s", "h&m"]),
        ("Tom&Jerry, S & P", ["tom", "jerry", "s", "p"]),
        ("C++, C# and C++11", ["c++", "c#", "and", "c++", "11"]),
        (".NET, Disney+, a+b, Yahoo!", ["net", "disney", "a", "b", "yahoo"]),
    ],
)
def test_signs_that_are_part_of_a_name_stay_in_it(text: str, expected: list[str]) -> None:
    assert list(folded_words(text)) == expected


@pytest.mark.parametrize(
    "number",
    [
        "1,000",
        "1.000",
        "1'000",
        "1’000",
        "1\u00a0000",
        "1\u202f000",
        "١٬٠٠٠",
        "１，０００",
        "१,०००",
    ],
)
def test_a_thousand_is_one_word_however_it_is_written(number: str) -> None:
    assert folded_words(f"for {number} people") == ("for", "1000", "people")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("3.5 3,5 0.125 0,125", ["3.5", "3.5", "0.125", "0.125"]),
        ("1,234.56 1.234,56 1 000", ["1234.56", "1234.56", "1", "000"]),
        ("1,00,000 12,34,567", ["100000", "1234567"]),
        ("$1.5bn 20,000km", ["1.5bn", "20000km"]),
        ("12.05.2024", ["12", "05", "2024"]),
        ("192.168.10.1 v1.5 2:30", ["192", "168", "10", "1", "v1", "5", "2", "30"]),
        ("m² CO₂ ½ Ⅷ", ["m2", "co2", "½", "viii"]),
        ("٢٠٢٤ २०२४ ๒๐๒๔", ["2024", "2024", "2024"]),
    ],
)
def test_numbers_keep_their_point_and_dates_are_cut(text: str, expected: list[str]) -> None:
    assert list(folded_words(text)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("東京タワー", "東 京 タ ワ ー"),
        ("AI技術2026年、人々・が", "ai 技 術 2026 年 人 々 が"),
        ("ｶﾞｯｺｰ か\u3099", "ガ ッ コ ー が"),
        ("特朗普访问中国·北京", "特 朗 普 访 问 中 国 北 京"),
        ("한국에서", "한 국 에 서"),
        (unicodedata.normalize("NFD", "한국각"), "한 국 각"),
        ("葛\U000e0100 ⽇", "葛 日"),
        ("ໂຮງ", "ໂ ຮ ງ"),
        ("မြန်", "မြ န်"),
    ],
)
def test_scripts_without_spaces_are_cut_into_characters(text: str, expected: str) -> None:
    assert " ".join(folded_words(text)) == expected


@pytest.mark.parametrize(
    ("word", "text"),
    [("กรุงเทพ", "น้ำท่วมกรุงเทพวันนี้"), ("京都", "昨日京都で"), ("서울", "오늘 서울에서")],
)
def test_a_word_of_a_script_without_spaces_is_the_run_of_its_characters(
    word: str, text: str
) -> None:
    run, found = folded_words(word), folded_words(text)
    assert any(found[i : i + len(run)] == run for i in range(len(found)))


def test_thai_tones_and_japanese_voicing_make_other_words() -> None:
    assert folded_words("ไม่") != folded_words("ไม้") != folded_words("ไม")
    assert folded_words("か") != folded_words("が")


def test_hebrew_acronyms_are_one_word_and_quoted_names_are_not() -> None:
    assert folded_words('צה"ל צה״ל') == ("צהל", "צהל")
    assert folded_words('ב"הארץ"') == ("ב", "הארץ")


def test_invisible_characters_and_soft_hyphens_part_no_word() -> None:
    assert tokenize("pay\u200bpal co\u00adop\u200b next") == ["pay\u200bpal", "co\u00adop", "next"]


def test_places_are_those_of_the_text_as_given() -> None:
    text = "Ünder the Stra\u0301ße's ＦＥＲＲＹ"
    assert [text[start:end] for _, start, end in token_spans(text)] == [
        "Ünder",
        "the",
        "Stra\u0301ße's",
        "ＦＥＲＲＹ",
    ]


@given(texts)
def test_places_hold_the_words_that_are_cut(text: str) -> None:
    found = token_spans(text)
    assert [surface for surface, _, _ in found] == tokenize(text)
    assert all(text[start:end] == surface for surface, start, end in found)
    assert all(one[2] <= other[1] for one, other in itertools.pairwise(found))


@given(texts, texts)
def test_no_word_reaches_over_the_end_of_a_line(one: str, other: str) -> None:
    assert tokenize(f"{one}\n{other}") == tokenize(one) + tokenize(other)


@given(texts)
@example("0'¹ A&AŒ ۥ ﱛ ﻵ ヿ")
def test_folded_words_are_their_own_folding(text: str) -> None:
    found = folded_words(text)
    assert all(found)
    assert folded_words(" ".join(found)) == found


def test_every_character_folds_to_what_folds_to_itself() -> None:
    for code in range(0x30000):
        found = folded_words(chr(code))
        assert all(found)
        assert folded_words(" ".join(found)) == found, hex(code)


@pytest.mark.parametrize(
    "piece",
    [
        *(
            "a",
            "\u0301",
            "a\u0301\u0327",
            "\x00",
            "\ud800",
            "a\u200b",
            "a'",
            "a.",
            "a&",
            "C+",
            "日",
        ),
        *("1,111", ",11", "1.1", "1'111", "1\u00a0", 'א"', "l·", ".,'&+#", "a\u0301\u200b"),
    ],
)
def test_a_text_of_one_thing_is_cut_in_time_that_grows_with_it(piece: str) -> None:
    text = piece * (400_000 // len(piece))
    with little_work():
        folded = {surface: folded_words(surface) for surface in dict.fromkeys(tokenize(text))}
    assert all(len(word) <= 200 for found in folded.values() for word in found)


def test_a_word_of_a_megabyte_is_its_beginning() -> None:
    assert folded_words("a" * 1_000_000) == ("a" * 200,)
    assert folded_words("z\u0335\u0322\u0301" + "\u0301" * 10_000 + "algo") == ("zalgo",)


@given(
    st.text(max_size=60) | st.text(alphabet="a1.,'\u2019&+# \n\u00a0\u202f-AU\u0301", max_size=40)
)
def test_what_is_behind_a_space_or_a_line_does_not_change_how_a_word_is_cut(text: str) -> None:
    """The matcher looks up what stands between two spaces, instead of cutting each text."""
    chunks = text.replace("\n", " ").split(" ")
    assert [surface for chunk in chunks for surface in tokenize(chunk)] == tokenize(text)
