"""Topics find their articles: quickly and exactly, and they say why."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.query.analysis.tokens import folded_words
from scheduler.query.language.parser import parse_query
from scheduler.query.language.tree import And, Not, Or, Phrase, Query, required_leaves
from scheduler.query.matching.document import Document
from scheduler.query.matching.evaluator import AnalysedDocument, explain_query, match_query
from scheduler.query.matching.matcher import Matcher
from tests.scheduler.query.queries import plain_trees as trees
from tests.scheduler.query.queries import texts

TITLE = "Ferry crews strike in Ostrand"
TEXT = "The Night Ferry's crews stay ashore.\nNo night train, no ferry. Zürich watches."


def holds(query: str) -> bool:
    return match_query(parse_query(query), AnalysedDocument(Document(TITLE, TEXT))) is not None


@pytest.mark.parametrize(
    "query",
    [
        "ferry",
        "FERRY strike",
        '"night ferry"',
        '"crews stay"',
        "zurich",
        "title:strike",
        "text:ashore",
        "ferry -plane",
        "plane OR ferry",
        "(plane OR train) AND (ferry OR bus)",
        'title:"ferry crews" -title:night',
        '"ashore no night"',
    ],
)
def test_the_article_answers(query: str) -> None:
    assert holds(query)


@pytest.mark.parametrize(
    "query",
    [
        "plane",
        "fer",
        '"ferry night"',
        '"strike the"',
        "title:night",
        "text:ostrand",
        "ferry -night",
        '"ostrand the"',
        "ferry AND NOT (train OR bus)",
    ],
)
def test_the_article_does_not_answer(query: str) -> None:
    assert not holds(query)


def naive(query: Query, title: str, text: str) -> bool:
    """Read the query's meaning off its definition."""
    if isinstance(query, Not):
        return not naive(query.part, title, text)
    if isinstance(query, Phrase):
        fields = (
            [title, text] if query.field is None else [{"title": title, "text": text}[query.field]]
        )
        return any(f" {' '.join(query.words)} " in f" {' '.join(folded_words(f))} " for f in fields)
    assert isinstance(query, And | Or)
    quantifier = all if isinstance(query, And) else any
    return quantifier(naive(part, title, text) for part in query.parts)


@settings(max_examples=60, deadline=None)
@given(st.lists(trees, max_size=5), texts, texts)
def test_the_index_finds_what_reading_every_topic_finds(
    queries: list[Query], title: str, text: str
) -> None:
    matcher = Matcher()
    kept = [number for number, query in enumerate(queries) if required_leaves(query)]
    for number in kept:
        matcher.add(number, queries[number])
    expected = [number for number in kept if naive(queries[number], title, text)]
    assert matcher.match(Document(title, text)) == expected


@settings(max_examples=60, deadline=None)
@given(trees, texts, texts)
def test_highlights_are_the_words_that_held(query: Query, title: str, text: str) -> None:
    matched = match_query(query, AnalysedDocument(Document(title, text)))
    if matched is None:
        return
    clauses = [parse_query(clause) for clause in matched.clauses]
    parts = {"title": title, "text": text}
    for place in matched.highlights:
        shown = folded_words(parts[place.part][place.start : place.end])
        assert any(isinstance(clause, Phrase) and clause.words == shown for clause in clauses)


def test_a_match_says_what_held_and_where() -> None:
    matched = match_query(
        parse_query('("night ferry" OR bus) crews -plane'), AnalysedDocument(Document(TITLE, TEXT))
    )
    assert matched is not None
    assert matched.clauses == ('"night ferry"', "crews")
    assert [
        (p.part, {"title": TITLE, "text": TEXT}[p.part][p.start : p.end])
        for p in matched.highlights
    ] == [("title", "crews"), ("text", "Night Ferry's"), ("text", "crews")]


def test_an_explanation_names_each_clause_with_its_answer() -> None:
    results = explain_query(
        parse_query("ferry (bus OR plane) -train"), AnalysedDocument(Document(TITLE, TEXT))
    )
    assert [(r.clause, r.holds) for r in results] == [
        ("ferry", True),
        ("bus OR plane", False),
        ("NOT train", False),
    ]
