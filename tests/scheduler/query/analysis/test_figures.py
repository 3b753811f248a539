"""Words with figures have forms, in every language; names that only look like plurals have not."""

from __future__ import annotations

import pytest

from scheduler.query.analysis.figures import asked_for, singular, spelt_with_s
from scheduler.query.analysis.forms import forms_of
from scheduler.query.language.parser import parse_query
from scheduler.query.matching.document import Document
from scheduler.query.matching.evaluator import AnalysedDocument, holds


def finds(query: str, text: str, language: str | None = "en") -> bool:
    return holds(parse_query(query), AnalysedDocument(Document("A headline", text, language)))


@pytest.mark.parametrize(
    ("query", "text", "language"),
    [
        ("F-16", "Two dozen F-16s were moved.", "en"),
        ("F-16", "Zwei F-16s wurden verlegt.", "de"),
        ("F-16s", "One F-16 landed.", None),
        ("F-16s", "The F-16's engine.", "en"),
        ("F-16s'", "The F-16s\u2019 engines.", "en"),
        ("F-16", "Danske F-16'er lettede.", "da"),
        ("F-16", "F-16\u2019lar havaland\u0131.", "tr"),
        ("MiG-29", "The MiG-29s left at dawn.", "en"),
        ("MQ-9", "Two MQ-9s took off.", "en"),
        ("B-1B", "Four B-1Bs crossed the gulf.", "en"),
        ("Boeing 737", "All Boeing 737s are grounded.", "en"),
        ("737", "The 737-800s are back.", "en"),
        ("737", "Die 737er bleiben am Boden.", "de"),
        ("A320neo", "Nine A320neos.", "fr"),
        ("MP3", "She sells MP3s.", "en"),
        ("mp3s", "One MP3.", "en"),
        ("a4s", "The audit of A4S Bank.", "en"),
        ("G7", "The G7's leaders.", "en"),
        ("G7's", "Leaders of the G7.", "en"),
        ("1990s", "In the 1990's.", "en"),
        ("1990's", "In the 1990s.", "en"),
        ("1990", "Music of the 1990s.", "en"),
        ("COVID-19", "Die COVID-19-Impfung begann.", "de"),
        ("COVID-19-Impfung", "Die Covid-19-Impfungen begannen.", "de"),
    ],
)
def test_a_word_with_figures_is_found_in_its_forms(
    query: str, text: str, language: str | None
) -> None:
    assert finds(query, text, language)


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("A4", "The audit of A4S Bank."),
        ("A4S", "A sheet of A4."),
        ("F-16", "The F-161 road."),
        ("F-16", "A F-15 landed."),
        ("G20", "Room G200."),
        ("1990s", "In May 1990."),
        ('"F-16"', "Two F-16s took off."),
        ("raw:F-16", "Two F-16s took off."),
        ("737", "Die 737er bleiben."),
        ("1", "The 1st of May."),
    ],
)
def test_another_word_is_none_of_its_forms(query: str, text: str) -> None:
    assert not finds(query, text)


def test_of_a_plural_as_written_the_quotes_are_kept() -> None:
    assert finds('"F-16s"', "Two F-16s.")
    assert not finds('"F-16s"', "One F-16.")


def test_a_plural_in_small_letters_may_be_a_name() -> None:
    assert asked_for("a4s") == ("a4s", "a4")
    assert asked_for("16s") == ("16",)
    assert asked_for("1990s") == ()
    assert asked_for("ferries") == ()


def test_only_words_with_figures_have_such_forms() -> None:
    assert singular("ferries") is None
    assert singular("16") is None
    assert spelt_with_s("ferry's") is None
    assert forms_of("\u0661\u0666s", "ar").inflected == {"16s", "16"}
