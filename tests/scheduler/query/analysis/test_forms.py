"""Forms: what else a word of an article is found by, in its own language."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.query.analysis.forms import forms_of, stem
from scheduler.query.analysis.tokens import folded_words, tokenize


@pytest.mark.parametrize(
    ("language", "article", "query"),
    [
        ("en", "elections", "election"),
        ("en", "ferries", "ferry"),
        ("en", "striking", "strikes"),
        ("de", "Wahlen", "Wahl"),
        ("de", "Häuser", "Haus"),
        ("fr", "élections", "élection"),
        ("fr", "ukrainienne", "ukrainien"),
        ("es", "huelgas", "huelga"),
        ("it", "elezioni", "elezione"),
        ("pt", "greves", "greve"),
        ("pt", "exportações", "exportação"),
        ("pt", "eleições", "eleição"),
        ("pt", "aviões", "avião"),
        ("nl", "verkiezingen", "verkiezing"),
        ("ru", "выборов", "выборы"),
        ("ru", "полёт", "полета"),
        ("pl", "wyborów", "wybory"),
        ("cs", "volby", "voleb"),
        ("hu", "választások", "választás"),
        ("tr", "evler", "ev"),
        ("ar", "الحكومة", "حكومة"),
        ("ar", "الأحزاب", "أحزاب"),
        ("ar", "والميناء", "ميناء"),
        ("ar", "الشركات", "شركات"),
        ("he", "שבבחירות", "בחירות"),
        ("ur", "حکومتوں", "حکومت"),
        ("fa", "کتاب\u200cها", "کتاب"),
        ("hi", "चुनावों", "चुनाव"),
        ("el", "εκλογές", "εκλογών"),
        ("nb", "valget", "valg"),
        ("id", "pemilihan", "pilih"),
    ],
)
def test_inflected_words_have_a_stem_in_common(language: str, article: str, query: str) -> None:
    (asked,) = folded_words(query)
    assert stem(asked, language) in forms_of(article, language).stems


@pytest.mark.parametrize(
    ("language", "inflected", "word"),
    [
        ("de", "Probleme", "Problem"),
        ("es", "líderes", "líder"),
        ("ru", "Газпрома", "Газпром"),
        ("tr", "seçimler", "seçim"),
        ("tr", "kaptanlar", "kaptan"),
    ],
)
def test_a_word_with_a_stem_of_its_own_may_be_the_stem_of_its_other_forms(
    language: str, inflected: str, word: str
) -> None:
    (plain,), (other,) = folded_words(word), folded_words(inflected)
    assert stem(plain, language) != stem(other, language)
    assert plain in forms_of(inflected, language).inflected
    assert stem(other, language) in forms_of(word, language).inflected


@pytest.mark.parametrize(
    ("language", "one", "other"),
    [
        ("en", "news", "new"),
        ("en", "university", "universal"),
        ("en", "police", "policy"),
        ("uk", "вибори", "виборів"),
        ("he", "ממשלה", "משלה"),
        ("ar", "وزير", "زير"),
        ("ar", "العالم", "علم"),
        ("hi", "में", "माँ"),
        ("pt", "cães", "ações"),
        (None, "elections", "election"),
        ("en", "A4S", "A4"),
        ("en", "F161", "F16"),
        ("en", "1st", "1"),
    ],
)
def test_other_words_and_languages_without_rules_have_not(
    language: str | None, one: str, other: str
) -> None:
    assert forms_of(one, language).stems.isdisjoint(forms_of(other, language).stems)


@pytest.mark.parametrize(
    ("language", "surface", "other"),
    [
        ("fr", "l'Ukraine", "ukraine"),
        ("fr", "d’Emmanuel", "emmanuel"),
        ("fr", "Jusqu'ici", "ici"),
        ("it", "dell’Ucraina", "ucraina"),
        ("ca", "l'Ajuntament", "ajuntament"),
        (None, "L’Ukraine", "ukraine"),
        ("tr", "Türkiye'nin", "turkiye"),
        ("pl", "Kennedy’ego", "kennedy"),
        ("de", "Müller", "mueller"),
        ("da", "Århus", "aarhus"),
        ("no", "Tromsø", "tromsoe"),
    ],
)
def test_a_word_is_found_by_its_other_spellings_too(
    language: str | None, surface: str, other: str
) -> None:
    forms = forms_of(surface, language)
    assert forms.others == (other,)
    assert stem(other, language) in forms.stems


@pytest.mark.parametrize(
    ("language", "surface"),
    [
        ("fr", "aujourd'hui"),
        ("en", "O'Brien"),
        (None, "O'Brien"),
        (None, "don't"),
        ("en", "Müller"),
        ("uk", "п'ять"),
    ],
)
def test_an_apostrophe_or_an_umlaut_alone_makes_no_other_spelling(
    language: str | None, surface: str
) -> None:
    assert forms_of(surface, language).others == ()


def test_the_word_as_written_is_kept() -> None:
    assert forms_of("FERRY's", "en").raw == "FERRY's"


def test_the_encoding_of_accents_is_not_how_a_word_is_written() -> None:
    assert forms_of("Re\u0301sume\u0301", "en").raw == "R\u00e9sum\u00e9"


@given(
    st.text(max_size=40), st.sampled_from([None, "en", "fr", "de", "tr", "ru", "fa", "th", "xx"])
)
def test_whatever_stands_in_an_article_has_folded_forms(text: str, language: str | None) -> None:
    for surface in tokenize(text):
        forms = forms_of(surface, language)
        assert (forms.plain,) == folded_words(surface)
        assert all(folded_words(form) == (form,) for form in forms.folded)
        assert len(set(forms.folded)) == len(forms.folded)
        assert forms.stems
