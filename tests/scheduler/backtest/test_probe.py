"""A query is asked together with what is left of it: a near miss names the one clause in the way."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from scheduler.backtest.probe import Probe, ProbeResult
from scheduler.query.language.parser import parse_query
from scheduler.query.language.tree import And, Query, required_leaves
from scheduler.query.matching.document import Document
from scheduler.query.matching.evaluator import AnalysedDocument, holds
from tests.scheduler.query.queries import documents, trees


def ask(query: str, text: str) -> ProbeResult:
    return Probe(parse_query(query)).try_on(Document("", text))


def test_a_query_that_holds_misses_nothing() -> None:
    assert ask("ferry port", "A ferry in port.") == ProbeResult(holds=True)


@pytest.mark.parametrize(
    ("query", "missing"),
    [
        ("ferry bus", "bus"),
        ("ferry (bus OR train)", "bus OR train"),
        ("ferry NOT port", "NOT port"),
        ("ferry bus train", None),
        ("bus", None),
        ("bus NOT ferry", None),
    ],
)
def test_a_near_miss_names_the_clause_in_the_way(query: str, missing: str | None) -> None:
    assert ask(query, "A ferry in port.") == ProbeResult(False, missing)


@settings(max_examples=60, deadline=None)
@given(trees.filter(lambda tree: bool(required_leaves(tree))), documents)
def test_what_is_missing_is_the_only_clause_that_does_not_hold(
    query: Query, document: Document
) -> None:
    try:
        answer = Probe(query).try_on(document)
    except ValueError:
        return  # only days: no query that can be read
    analysed = AnalysedDocument(document)
    assert answer.holds == holds(query, analysed)
    if answer.missing is not None:
        assert isinstance(query, And)
        failing = [str(part) for part in query.parts if not holds(part, analysed)]
        assert failing == [answer.missing]
