"""Names of topics: what they may be, and what is made out of a query."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.query.named_queries import name_from, query_name, topic_name
from storage.errors import InputError


def test_a_name_is_kept_without_blanks_around_and_with_one_way_to_write_accents() -> None:
    assert topic_name("  ferry   strike ") == "ferry strike"
    assert topic_name("Cafe\u0301") == "Café"


@pytest.mark.parametrize("name", ["", "  ", "a\x00b", "a\u202eb", "x" * 201])
def test_what_can_not_be_seen_or_told_is_no_name(name: str) -> None:
    with pytest.raises(InputError):
        topic_name(name)


def test_named_queries_are_named_with_or_without_the_sign() -> None:
    assert query_name("@russia-army") == query_name("russia-army") == "russia-army"


@pytest.mark.parametrize("name", ["", "@", "two words", "a.b", "-x", "@@x", "x" * 201])
def test_what_could_not_be_written_in_a_query_names_none(name: str) -> None:
    with pytest.raises(InputError, match="can't name a query"):
        query_name(name)


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ('"Ansel Ferries" AND (strike OR walkout) -boat', "Ansel Ferries strike walkout boat"),
        ("site:example.org ferry", "site:example.org ferry"),
        ("covid-19 NEAR/5 school", "covid-19 school"),
        ('"" ()', "topic"),
        ("word " * 40, "word " * 11 + "word"),
        ("x" * 100, "x" * 60),
    ],
)
def test_a_name_is_made_of_a_querys_words(query: str, name: str) -> None:
    assert name_from(query, ()) == name


def test_a_name_that_is_taken_gets_a_number() -> None:
    assert name_from("ferry", {"ferry"}) == "ferry (2)"
    assert name_from("ferry", {"ferry", "ferry (2)"}) == "ferry (3)"


@given(st.text(max_size=300))
def test_every_query_gives_a_name_that_can_be_kept(query: str) -> None:
    name = name_from(query, ())
    assert topic_name(name) == name
