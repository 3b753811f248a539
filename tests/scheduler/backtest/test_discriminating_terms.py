"""Terms that separate two groups of texts, and not what every text says."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from scheduler.backtest.discriminating_terms import discriminating_terms, terms_of
from scheduler.query.matching.document import Document


def terms(*texts: str) -> list[frozenset[tuple[str, ...]]]:
    return [terms_of(Document("", text)) for text in texts]


CATS = terms(
    "The jaguar hunts in the rain forest.",
    "A jaguar cub was born in the zoo, the keeper said.",
    "The forest is home to the jaguar, rangers said.",
)
CARS = terms(
    "The Jaguar dealer said the engine is new.",
    "A Jaguar engine is the best, the dealer said.",
    "The engine of the Jaguar failed.",
)
OTHERS = terms(*(f"The mayor of town {n} said the road is closed in May." for n in range(20)))


def test_a_term_of_one_group_only_comes_first() -> None:
    found = discriminating_terms(CARS, CATS, OTHERS)
    assert found[0].term == ("engine",)
    assert found[0].texts == 3


def test_what_both_groups_and_what_all_texts_say_separates_nothing() -> None:
    for group, other in ((CARS, CATS), (CATS, CARS)):
        found = {each.term for each in discriminating_terms(group, other, OTHERS)}
        assert not found & {("jaguar",), ("the",), ("said",), ("in",)}


def test_a_term_of_a_single_text_is_chance() -> None:
    assert ("rain",) not in {each.term for each in discriminating_terms(CATS, CARS, OTHERS)}


def test_words_side_by_side_are_terms_within_a_paragraph() -> None:
    assert terms_of(Document("Night", "Ferry boat\nsinks 7")) == {
        ("night",),
        ("ferry",),
        ("boat",),
        ("sinks",),
        ("ferry", "boat"),
        ("sinks", "7"),
    }


texts = st.lists(st.text("ab c", max_size=12).map(lambda t: terms(t)[0]), max_size=4)


@given(texts, texts, texts)
def test_no_term_separates_both_ways(
    one: list[frozenset[tuple[str, ...]]],
    other: list[frozenset[tuple[str, ...]]],
    background: list[frozenset[tuple[str, ...]]],
) -> None:
    here = {each.term for each in discriminating_terms(one, other, background)}
    there = {each.term for each in discriminating_terms(other, one, background)}
    assert not here & there
