"""Topics find their articles: quickly and exactly, and they say why."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.watch.matcher import Analysed, Matcher, explain_query, match_query
from scheduler.watch.query import Both, Phrase, Query, Without, parse_query, required
from scheduler.watch.tokens import words
from storage.models import Topic
from tests.scheduler.watch.queries import texts, trees

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
TITLE = "Ferry crews strike in Ostrand"
TEXT = "The Night Ferry's crews stay ashore.\nNo night train, no ferry. Zürich watches."


def topic(number: int, query: str) -> Topic:
    return Topic(number, f"topic {number}", query, NOON)


def holds(query: str) -> bool:
    return match_query(parse_query(query), Analysed(TITLE, TEXT)) is not None


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
    if isinstance(query, Without):
        return not naive(query.part, title, text)
    if isinstance(query, Phrase):
        fields = (
            [title, text] if query.field is None else [{"title": title, "text": text}[query.field]]
        )
        return any(f" {' '.join(query.words)} " in f" {' '.join(words(f))} " for f in fields)
    quantifier = all if isinstance(query, Both) else any
    return quantifier(naive(part, title, text) for part in query.parts)


@settings(max_examples=60)
@given(st.lists(trees, max_size=5), texts, texts)
def test_the_index_finds_what_reading_every_topic_finds(
    queries: list[Query], title: str, text: str
) -> None:
    topics = [topic(n, str(query)) for n, query in enumerate(queries) if required(query)]
    found = [t.id for t, _ in Matcher(topics).match(Analysed(title, text))]
    assert found == [t.id for t in topics if naive(queries[t.id], title, text)]


@settings(max_examples=60)
@given(trees, texts, texts)
def test_highlights_are_the_words_that_held(query: Query, title: str, text: str) -> None:
    matched = match_query(query, Analysed(title, text))
    if matched is None:
        return
    clauses = [parse_query(clause) for clause in matched.clauses]
    parts = {"title": title, "text": text}
    for place in matched.highlights:
        shown = words(parts[place.part][place.start : place.end])
        assert any(isinstance(clause, Phrase) and clause.words == shown for clause in clauses)


def test_a_match_says_what_held_and_where() -> None:
    matched = match_query(parse_query('("night ferry" OR bus) crews -plane'), Analysed(TITLE, TEXT))
    assert matched is not None
    assert matched.clauses == ('"night ferry"', '"crews"')
    assert [
        (p.part, {"title": TITLE, "text": TEXT}[p.part][p.start : p.end])
        for p in matched.highlights
    ] == [("title", "crews"), ("text", "Night Ferry's"), ("text", "crews")]


def test_an_explanation_names_each_clause_with_its_answer() -> None:
    results = explain_query(parse_query("ferry (bus OR plane) -train"), Analysed(TITLE, TEXT))
    assert [(r.clause, r.holds) for r in results] == [
        ('"ferry"', True),
        ('"bus" OR "plane"', False),
        ('NOT "train"', False),
    ]


def test_a_topic_whose_query_can_not_be_read_stops_no_other() -> None:
    matcher = Matcher([topic(1, "ferry AND"), topic(2, "ferry")])
    assert [t.id for t, _ in matcher.match(Analysed(TITLE, TEXT))] == [2]
    assert [t.id for t, _ in matcher.broken] == [1]


def test_thousands_of_topics_are_not_all_read_for_one_article() -> None:
    matcher = Matcher([topic(n, f'ferry AND ("rare{n}" OR "other{n} word")') for n in range(1000)])
    article = Analysed(TITLE, TEXT + " rare77")
    began = time.perf_counter()
    assert [t.id for t, _ in matcher.match(article)] == [77]
    assert time.perf_counter() - began < 0.25
