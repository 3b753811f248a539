"""Words of Arabic, Hebrew, Persian and Urdu are found in their forms, and no word hides in another.

The tables in `affixes/` hold at least a hundred words for each language.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from scheduler.query.language.parser import parse_query
from scheduler.query.matching.document import Document
from scheduler.query.matching.evaluator import AnalysedDocument, holds

FOLDER = Path(__file__).parent / "affixes"
LANGUAGES = sorted(file.stem for file in FOLDER.glob("*.toml"))


def table(language: str) -> dict[str, Any]:
    return tomllib.loads((FOLDER / f"{language}.toml").read_text("utf-8"))


def with_prefixes(language: str) -> Iterator[tuple[str, str]]:
    """Pair each noun with its forms behind prefixes."""
    read = table(language)
    for noun in " ".join(read["nouns"]).split():
        for prefix in (*read["prefixes"], *read["before_the_article"]):
            yield noun, prefix + noun


def pairs(language: str, key: str) -> Iterator[tuple[str, str]]:
    for word, forms in table(language)[key]:
        yield from ((word, form) for form in forms.split())


def finds(query: str, form: str, language: str) -> bool:
    return holds(parse_query(query), AnalysedDocument(Document("", form, language)))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_word_is_found_in_all_of_its_forms(language: str) -> None:
    missed = [
        f"{word} in {form}"
        for word, form in (*with_prefixes(language), *pairs(language, "found"))
        if not finds(word, form, language)
    ]
    assert missed == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_word_is_found_in_another(language: str) -> None:
    wrong = [
        f"{word} in {form}"
        for word, form in pairs(language, "not_found")
        if finds(word, form, language)
    ]
    assert wrong == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_tables_hold_a_hundred_words(language: str) -> None:
    read = table(language)
    nouns = set(" ".join(read["nouns"]).split()) | {word for word, _ in read["found"]}
    assert len(nouns) >= 100


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_word_in_quotes_or_as_written_has_no_forms(language: str) -> None:
    for word, form in pairs(language, "found"):
        if form != word and parse_query(f'"{word}"') != parse_query(f'"{form}"'):
            assert not finds(f'"{word}"', form, language)
