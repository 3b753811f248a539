"""What a topic finds and what it does not: a table of queries and articles in many languages."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import get_args

import pytest

from scheduler.query.language.parser import parse_query
from scheduler.query.language.tree import (
    FIELDS,
    FILTERS,
    AtLeast,
    Filter,
    Near,
    Phrase,
    Query,
    SloppyPhrase,
    WordForm,
    children,
    is_pattern,
)
from scheduler.query.matching.document import Document
from scheduler.query.matching.evaluator import AnalysedDocument, match_query
from scheduler.query.matching.matcher import Matcher
from storage.models.matches import QueryMatch
from tests.scheduler.query.conformance.table import Case, cases

FEWEST_CASES = 200
FEWEST_LANGUAGES = 12


def _watching_all(*, as_machine_code: bool) -> Matcher:
    matcher = Matcher(as_machine_code=as_machine_code)
    for case in cases():
        matcher.add(case.number, case.query)
    return matcher


@pytest.fixture(scope="module")
def matchers() -> tuple[Matcher, ...]:
    """Watch the queries of all cases at once, by plain loops and by machine code."""
    return _watching_all(as_machine_code=False), _watching_all(as_machine_code=True)


@pytest.mark.parametrize("case", cases(), ids=lambda case: case.name)
def test_a_query_finds_an_article_or_does_not(case: Case, matchers: tuple[Matcher, ...]) -> None:
    matched = match_query(case.query, AnalysedDocument(case.document))
    assert (matched is not None) == case.found
    for matcher in matchers:
        assert (case.number in matcher.match(case.document)) == case.found
    if matched is not None and case.marks is not None:
        assert _marked(matched, case.document) == case.marks
    if matched is not None and case.shows is not None:
        assert tuple(place.disguised for place in matched.highlights) == case.shows


def test_every_article_has_the_answers_of_reading_every_query(
    matchers: tuple[Matcher, ...],
) -> None:
    queries = {case.number: case.query for case in cases()}
    for document in dict.fromkeys(case.document for case in cases()):
        article = AnalysedDocument(document)
        holding = [n for n, query in queries.items() if match_query(query, article) is not None]
        assert [matcher.match(document) for matcher in matchers] == [holding, holding]


def test_the_queries_read_as_themselves_when_they_are_printed() -> None:
    for case in cases():
        query = case.query
        assert parse_query(str(query), case.named) == query


def test_the_table_holds_every_operator_and_field_and_many_languages() -> None:
    nodes = [node for case in cases() for node in _nodes(case.query)]
    assert len(cases()) >= FEWEST_CASES
    assert {type(node) for node in nodes} == set(get_args(Query))
    assert {node.ordered for node in nodes if isinstance(node, Near)} == {False, True}
    worded = [node for node in nodes if isinstance(node, Phrase | SloppyPhrase)]
    assert {node.field for node in worded} == {None, *FIELDS}
    assert {node.form for node in worded} == set(WordForm)
    assert {node.field for node in nodes if isinstance(node, Filter)} == set(FILTERS)
    assert {type(node.part) for node in nodes if isinstance(node, AtLeast)} >= {Phrase, Near}
    patterns = [word for node in worded for word in node.words if is_pattern(word)]
    assert {_stars(pattern) for pattern in patterns} == set(product((False, True), repeat=2))
    assert len({case.document.language for case in cases()} - {None}) >= FEWEST_LANGUAGES


def test_each_operator_has_articles_that_it_finds_and_others() -> None:
    for found in (True, False):
        nodes = {type(n) for case in cases() if case.found is found for n in _nodes(case.query)}
        assert nodes == set(get_args(Query))


def _marked(matched: QueryMatch, document: Document) -> tuple[str, ...]:
    parts = {"title": document.title, "text": document.text}
    return tuple(parts[place.part][place.start : place.end] for place in matched.highlights)


def _nodes(query: Query) -> Iterator[Query]:
    yield query
    for part in children(query):
        yield from _nodes(part)


def _stars(pattern: str) -> tuple[bool, bool]:
    return pattern[0] == "*", pattern[-1] == "*"
