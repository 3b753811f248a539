"""Who holds a named query, by whatever way, and who could not be read without it."""

from __future__ import annotations

from scheduler.query.named_queries import (
    name_spellings,
    names_affected,
    names_used,
    newly_unreadable,
    possible_names,
)

NAMED = {"russia": "kremlin OR moscow", "war": "@russia AND army", "sport": "football"}


def test_a_name_reaches_those_that_hold_it_by_way_of_others() -> None:
    assert names_affected(["russia"], NAMED) == {"russia", "war"}
    assert names_affected(["sport"], NAMED) == {"sport"}
    assert names_affected(["a"], {"a": "@b", "b": "@a"}) == {"a", "b"}, "a circle ends"


def test_what_a_text_mentions_is_seen_also_when_it_can_not_be_read() -> None:
    assert possible_names("((@russia OR \uff20war-2") == {"russia", "war-2"}
    assert name_spellings(["war"]) == ["@war", "\uff20war"]


def test_a_query_holds_what_it_names_and_what_that_names() -> None:
    assert names_used("@war", NAMED) == {"war", "russia"}
    assert names_used('"@war"', NAMED) == frozenset(), "a phrase names nothing"
    assert names_used("((@russia", NAMED) == {"russia"}, "as far as can be told"


def test_only_what_could_be_read_before_counts_as_broken() -> None:
    after = {"war": "army"}
    queries = [("a", "@russia"), ("b", "@sport AND (("), ("c", "@war")]
    assert [found.whose for found in newly_unreadable(queries, NAMED, after)] == ["a"]


def test_a_kept_query_may_say_only_what_must_not_appear() -> None:
    before, after = {"x": "ferry"}, {"x": "NOT ferry"}
    assert not list(newly_unreadable([("y", "@x")], before, after, part=True))
    assert list(newly_unreadable([("topic", "@x")], before, after))
