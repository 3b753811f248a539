"""Folding: spellings of one word meet, and other words stay apart."""

from __future__ import annotations

import pytest

from scheduler.query.analysis.folding import fold


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Zürich", "ZURICH"),
        ("café", "cafe\u0301"),
        ("Straße", "STRASSE"),
        ("Łódź", "lodz"),
        ("Đà", "da"),
        ("søster", "soster"),
        ("Þór", "thor"),
        ("cœur", "coeur"),
        ("Færøyene", "faeroyene"),
        ("ＡＢＣ１２", "abc12"),
        ("ﬁnance", "finance"),
        ("co\u00adopera\u200btion", "cooperation"),
        ("İstanbul", "istanbul"),
        ("ISTANBUL", "ıstanbul"),
        ("Việt", "viet"),
        ("ŀ", "l"),
        ("col·legi", "collegi"),
        ("Ёлка", "елка"),
        ("Зеле\u0301нський", "зеленський"),
        ("п’ять", "пʼять"),
        ("й", "и\u0306"),
        ("Κόσμος", "ΚΟΣΜΟΣ"),
        ("Ἑλλάς", "ελλας"),
        ("שָׁלוֹם", "שלום"),
        ("צה״ל", "צהל"),
        ("صَـحَافة", "صحافة"),
        ("أحمد", "احمد"),
        ("ﻷ", "لا"),
        ("ﷲ", "الله"),
        ("می\u200cخواهم", "ميخواهم"),
        ("کتاب", "كتاب"),
        ("ज़रूर", "जरूर"),
        ("पाँच", "पांच"),
        ("क्\u200dष", "क्ष"),
        ("ｶﾞ", "ガ"),
        ("Ⓟⓐⓨ", "pay"),
        ("𝐩𝐚𝐲𝐩𝐚𝐥", "paypal"),
        ("🅿🅰🆈", "pay"),
        ("Ａ＆Ｂ", "a&b"),
    ],
)
def test_spellings_of_one_word_are_one_word(one: str, other: str) -> None:
    assert fold(one) == fold(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("й", "и"),
        ("ї", "і"),
        ("ќ", "к"),
        ("が", "か"),
        ("ไม่", "ไม้"),
        ("की", "का"),
        ("क्", "क"),
        ("ড়", "ড"),
        ("مسؤول", "مسوول"),
        ("حكومة", "حكومه"),
        ("½", "12"),
    ],
)
def test_what_makes_another_word_stays(one: str, other: str) -> None:
    assert fold(one) != fold(other)


def test_a_letter_that_stands_for_several_words_is_left_as_it_is() -> None:
    assert fold("ﷺ") == "ﷺ"
