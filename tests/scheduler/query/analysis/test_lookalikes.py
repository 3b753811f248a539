"""Disguises: what a word pretends to be, and that honest words pretend nothing."""

from __future__ import annotations

import pytest

from scheduler.query.analysis.forms import forms_of


@pytest.mark.parametrize(
    ("surface", "language", "shown"),
    [
        ("раураl", "en", "paypal"),  # all but the l Cyrillic
        ("раураl", None, "paypal"),
        ("раураl", "ru", "paypal"),
        ("аррӏе", "en", "apple"),  # wholly Cyrillic
        ("Faсebooк", "en", "facebook"),
        ("ΡΑΥΡΑL", "en", "paypal"),  # Greek
        ("pαypαl", "en", "paypal"),
        ("ᴘᴀʏᴘᴀʟ", None, "paypal"),
        ("ɡoogle", "en", "google"),
        ("gооgӏе's", "en", "google"),
        ("Рoссия", "ru", "россия"),  # a Latin o
        ("Рoссия", None, "россия"),
        ("Kиїв", "uk", "київ"),
        ("pay\u200bpal", "en", "paypal"),
        ("pay\u2060pal", None, "paypal"),
        ("pay\u202epal", "en", "paypal"),
        ("pay\u200cpal", "en", "paypal"),
        ("𝐩𝐚𝐲𝐩𝐚𝐥", "en", "paypal"),
        ("Ⓟⓐⓨ", "en", "pay"),
    ],
)
def test_a_disguised_word_is_found_by_what_it_shows(
    surface: str, language: str | None, shown: str
) -> None:
    forms = forms_of(surface, language)
    assert forms.disguise == shown
    assert shown in forms.folded


@pytest.mark.parametrize(
    ("surface", "language"),
    [
        ("сор", "ru"),
        ("аррӏе", "ru"),
        ("аррӏе", None),
        ("Россия", "en"),
        ("Київ", "en"),
        ("ас", "en"),
        ("αρα", "el"),
        ("COVIDом", "ru"),
        ("TNFα", "en"),
        ("NFκB", "en"),
        ("μm", "en"),
        ("co\u00adop", "en"),
        ("می\u200cخواهم", "fa"),
        ("क्\u200dष", "hi"),
        ("שלום\u200f", "he"),
        ("ＰＡＹ", "ja"),
        ("café", "fr"),
        ("ıstanbul", "tr"),
        ("𝑥", "en"),
        ("ไม้", "th"),
        ("1\ufe0f\u20e3", "en"),
    ],
)
def test_an_honest_word_has_no_disguise(surface: str, language: str | None) -> None:
    assert forms_of(surface, language).disguise is None


def test_a_word_without_disguise_keeps_its_own_form_beside() -> None:
    assert forms_of("раураl", "en").folded == ("раураl", "paypal")
    assert forms_of("pay\u200bpal", "en").folded == ("paypal",)
