"""Words that matched by what they look like are named, with what gives them away."""

from __future__ import annotations

import pytest

from scheduler.alerts.passage import disguises
from scheduler.query.language.parser import parse_query
from scheduler.query.matching.document import document_of
from scheduler.query.matching.evaluator import AnalysedDocument, match_query
from tests.scheduler.alerts.drafts import article


def told(query: str, text: str, language: str = "en") -> list[str]:
    """Match an article, and give what is said of its disguises."""
    found = article(1, text=text, language=language)
    matched = match_query(parse_query(query), AnalysedDocument(document_of(found)))
    assert matched is not None
    return [str(each) for each in disguises(found, matched.highlights)]


@pytest.mark.parametrize(
    ("written", "language", "word", "by"),
    [
        ("раураl", "en", "paypal", "Cyrillic letters"),
        ("pay\u200bpal", "en", "paypal", "invisible characters"),
        ("р\u200bаураl", "en", "paypal", "Cyrillic letters and invisible characters"),
        ("𝗽𝗮𝘆𝗽𝗮𝗹", "en", "paypal", "ornamental letters"),
        ("Mocквa", "ru", "москва", "Latin letters"),
    ],
)
def test_a_disguise_is_named_by_its_letters(
    written: str, language: str, word: str, by: str
) -> None:
    said = told(word, f"A note on {written} of today.", language)
    assert said == [f"{written} stands for {word}, by {by}"]


def test_an_honest_word_has_no_disguise() -> None:
    assert told("ferry", "The ferry sank.") == []


def test_a_disguise_is_told_once_however_often_it_stands() -> None:
    assert len(told("paypal", "раураl and раураl and paypal")) == 1
