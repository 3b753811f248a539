"""The language of topics: what it says, how it prints, and what it refuses with which words."""

from __future__ import annotations

import subprocess
import sys
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.watch.language.reading import MOST_DEPTH, MOST_TERMS, parse_query
from scheduler.watch.language.required import required
from scheduler.watch.language.tree import Query, leaves
from storage.errors import QueryError
from tests.scheduler.watch.queries import trees


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("ferry", "ferry"),
        ("Ferry PORT", "ferry AND port"),
        ("+ferry +port", "ferry AND port"),
        ("ferry & port | storm", "ferry AND port OR storm"),
        ("ferry OR port storm", "ferry OR port AND storm"),
        ("(ferry OR port) storm", "(ferry OR port) AND storm"),
        ("ferry -port", "ferry AND NOT port"),
        ("ferry -(-port)", "ferry AND NOT (NOT port)"),
        ("ferry !port", "ferry AND NOT port"),
        ("ferry NOT (port OR storm)", "ferry AND NOT (port OR storm)"),
        ('"Night Ferry"', '"night ferry"'),
        ("night-ferry", 'stem:"night ferry"'),
        ("title:ferry", "title:ferry"),
        ("TITLE:(ferry port)", "title:ferry AND title:port"),
        ('text:"a b" title:c', 'text:"a b" AND title:c'),
        ("title:(ferry text:port)", "title:ferry AND text:port"),
        ("and or", "and AND or"),
        ('"AND"', '"and"'),
        ("ANDROID NOTES", "android AND notes"),
        ("(((ferry)))", "ferry"),
        ("東京", 'stem:"東 京"'),
        ("Zürich's", "zurich"),
    ],
)
def test_queries_mean(written: str, meant: str) -> None:
    assert str(parse_query(written)) == meant


@settings(max_examples=60)
@given(trees)
def test_a_printed_query_reads_as_the_same_query(query: Query) -> None:
    if required(query):
        assert parse_query(str(query)) == query
    else:
        with pytest.raises(QueryError, match="match every article"):
            parse_query(str(query))


@settings(max_examples=60)
@given(trees)
def test_printing_is_stable(query: Query) -> None:
    if required(query):
        assert str(parse_query(str(query))) == str(query)


@settings(max_examples=60)
@given(st.text(max_size=40) | st.text(alphabet='ab"()+-!&|: ANDORT', max_size=40))
def test_any_text_is_a_query_or_an_error_that_says_where(text: str) -> None:
    refused: QueryError | None = None
    try:
        query = parse_query(text)
    except QueryError as error:
        refused = error
    if refused is None:
        assert parse_query(str(query)) == query
    else:
        assert 0 <= refused.position <= len(text)
        assert str(refused)


@pytest.mark.parametrize(
    ("written", "says", "position"),
    [
        ("", "empty", 0),
        (" \n ", "empty", 0),
        ("-ferry", "match every article", 0),
        ("NOT ferry NOT port", "match every article", 0),
        ("ferry OR -port", "match every article", 0),
        ("(ferry", "not closed", 0),
        ("ferry)", "closes nothing", 5),
        ('a "ferry', "not closed", 2),
        ("ferry AND", "the end", 9),
        ("OR ferry", "can't stand here", 0),
        ("ferry AND OR port", "can't stand here", 10),
        ("ferry ()", "can't stand here", 7),
        ("ferry ...", "holds no word", 6),
        ('ferry ""', "holds no word", 6),
    ],
)
def test_what_can_not_be_used_is_refused_with_its_place(
    written: str, says: str, position: int
) -> None:
    with pytest.raises(QueryError, match=says) as caught:
        parse_query(written)
    assert caught.value.position == position


@pytest.mark.parametrize("written", ["(ferry", "ferry AND", "-ferry", "", "ferry ()"])
def test_a_refusal_says_what_would_do(written: str) -> None:
    with pytest.raises(QueryError) as caught:
        parse_query(written)
    assert caught.value.suggestion


def test_an_operator_that_ends_the_query_can_be_meant_as_a_word() -> None:
    with pytest.raises(QueryError) as caught:
        parse_query("trick OR")
    assert caught.value.suggestion is not None
    assert '"OR"' in caught.value.suggestion


def test_the_largest_query_is_read_and_one_word_more_is_refused() -> None:
    began = time.perf_counter()
    largest = " OR ".join(f"w{n}" for n in range(MOST_TERMS))
    assert len(list(leaves(parse_query(largest)))) == MOST_TERMS
    with pytest.raises(QueryError, match="10001 words"):
        parse_query(f"{largest} OR more")
    assert time.perf_counter() - began < 5


def test_the_deepest_brackets_are_read_and_one_more_is_refused() -> None:
    assert str(parse_query("(" * MOST_DEPTH + "a" + ")" * MOST_DEPTH)) == "a"
    with pytest.raises(QueryError, match="nested deeper than 100"):
        parse_query("(" * (MOST_DEPTH + 1) + "a" + ")" * (MOST_DEPTH + 1))


def test_brackets_in_a_phrase_are_text() -> None:
    assert str(parse_query('"a (b"')) == '"a b"'


def test_reading_the_module_builds_no_grammar() -> None:
    code = "import sys, scheduler.watch.language.reading as q; sys.exit(q._grammar.cache_info().currsize)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
