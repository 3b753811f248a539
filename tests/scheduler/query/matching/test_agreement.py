"""The index and its loops answer as the reference does, whatever is watched and whatever comes."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

from scheduler.query.language.tree import Query
from scheduler.query.matching.document import Document
from scheduler.query.matching.evaluator import AnalysedDocument, holds
from scheduler.query.matching.matcher import Matcher
from tests.scheduler.query.queries import documents, trees, watchable

watched = trees.map(watchable)
LONG_RUN = 1_000_000  # pairs of a query and an article


both_forms = pytest.mark.parametrize("as_machine_code", [True, False], ids=["compiled", "plain"])


def expected(queries: Sequence[Query], document: Document) -> list[int]:
    article = AnalysedDocument(document)
    return [number for number, query in enumerate(queries) if holds(query, article)]


def agree(queries: Sequence[Query], articles: Sequence[Document], *, as_machine_code: bool) -> int:
    """Compare all pairs, twice, so that what was learned from the articles plays its part."""
    matcher = Matcher(as_machine_code=as_machine_code)
    for number, query in enumerate(queries):
        matcher.add(number, query)
    for document in (*articles, *articles):
        wanted = expected(queries, document)
        assert matcher.match(document) == wanted
        checked = matcher.check(document)
        assert (checked.found, checked.holding) == (wanted, wanted)
    return len(queries) * len(articles)


@both_forms
@settings(max_examples=40, deadline=None)
@given(st.lists(watched, min_size=1, max_size=8), st.lists(documents, min_size=1, max_size=6))
def test_random_queries_and_articles_match_as_their_definition_says(
    as_machine_code: bool, queries: list[Query], articles: list[Document]
) -> None:
    agree(queries, articles, as_machine_code=as_machine_code)


@pytest.mark.slow
def test_a_million_pairs_match_as_their_definition_says() -> None:
    pairs = 0
    for run in range(LONG_RUN):  # one after the other: hypothesis remembers all that it tried
        pairs += pairs_of_one_run(run)
        if pairs >= LONG_RUN:
            return


def pairs_of_one_run(run: int) -> int:
    """Compare what hypothesis draws with a seed; how many pairs."""
    pairs = 0

    @seed(run)
    @settings(
        max_examples=30, deadline=None, database=None, suppress_health_check=list(HealthCheck)
    )
    @given(
        st.lists(watched, min_size=30, max_size=40), st.lists(documents, min_size=30, max_size=40)
    )
    def compare(queries: list[Query], articles: list[Document]) -> None:
        nonlocal pairs
        pairs += agree(queries, articles, as_machine_code=True)

    compare()
    return pairs


@both_forms
@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 5), st.one_of(st.none(), watched), documents),
        min_size=1,
        max_size=15,
    )
)
def test_topics_come_change_and_go_between_articles(
    as_machine_code: bool, steps: list[tuple[int, Query | None, Document]]
) -> None:
    matcher = Matcher(as_machine_code=as_machine_code)
    kept: dict[int, Query] = {}
    for number, query, document in steps:
        if query is None:
            matcher.remove(number)
            kept.pop(number, None)
        else:
            matcher.add(number, query)
            kept[number] = query
        article = AnalysedDocument(document)
        wanted = sorted(each for each, query in kept.items() if holds(query, article))
        assert matcher.match(document) == wanted
        assert len(matcher) == len(kept)
        assert sorted(matcher.topic_ids()) == sorted(kept)
