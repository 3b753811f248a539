"""A printed query reads as itself, and any text at all is a query or an error that helps."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.query.language.parser import parse_query, parse_with_notes
from scheduler.query.language.tree import Query, required_leaves
from scheduler.query.matching.document import Document
from scheduler.query.matching.evaluator import AnalysedDocument, explain_query, holds, match_query
from storage.errors import QueryError
from tests.scheduler.query.queries import NAMED, documents, trees

_SIGNS = (
    *("ferry", "port", "AND", "OR", "NOT", "NEAR/3", "ONEAR", "AROUND(4)", "ATLEAST/2", "repeat3:"),
    *("title:", "raw:", "exact:", "stem:", "site:", "lang:en", "date:2026", "author:", "url:"),
    *("@sea", "@calm", "allintitle:", 'NEAR("a","b",3)', "//", "/*", "*/", "1..2", "'s", "--"),
    *(" ", " ", " ", "(", ")", '"', "-", "+", "*", "?", "~5", "{3}", "#", ":", "/", "^2", "!", "&"),
    *("|", "[", "]", "=", "“", "”", "«", "»", "\\", ",", "…", "—x", ">", "{", "}", "\n", "東京"),
    *("UND", "SAUF", "hl=", "ti(", "adj3", "atl2/", "$", "%", "<<<", ">>>", "(s)", ";", "date>"),
    *("é", "\u200b", "ﬁ", "İ", "ß", "ก็", "한국", "\u0301", "ŉ", "㌩"),
)
typed = st.lists(st.sampled_from(_SIGNS), max_size=14).map("".join) | st.text(max_size=30)


def read_or_refused(text: str) -> tuple[Query | None, QueryError | None]:
    try:
        return parse_with_notes(text, NAMED).query, None
    except QueryError as error:
        return None, error


@settings(max_examples=100)
@given(trees)
def test_a_printed_query_reads_as_the_same_query(query: Query) -> None:
    assert parse_query(str(query), NAMED, part=True) == query


@settings(max_examples=60)
@given(trees)
def test_a_query_is_read_as_a_topic_when_something_must_appear(query: Query) -> None:
    if required_leaves(query):
        assert parse_query(str(query), NAMED) == query
    else:
        with pytest.raises(QueryError, match="match every article"):
            parse_query(str(query), NAMED)


@settings(max_examples=200)
@given(typed)
def test_any_text_is_a_query_that_prints_as_itself_or_an_error_that_says_where(text: str) -> None:
    query, refused = read_or_refused(text)
    if query is not None:
        assert parse_query(str(query), NAMED) == query
    if refused is not None:
        assert 0 <= refused.position <= len(text)
        assert str(refused)
        assert refused.suggestion


@settings(max_examples=60)
@given(trees, documents)
def test_what_is_printed_means_the_same(query: Query, document: Document) -> None:
    article = AnalysedDocument(document)
    again = parse_query(str(query), NAMED, part=True)
    assert holds(again, article) == holds(query, article)
    assert match_query(again, article) == match_query(query, article)
    assert explain_query(again, article) == explain_query(query, article)
