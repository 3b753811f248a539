"""By what topics are found: the rarest that must be there."""

from __future__ import annotations

import pytest

from scheduler.query.language.parser import parse_query
from scheduler.query.language.tree import WordForm
from scheduler.query.matching.anchors import anchors_of, guessed_share
from scheduler.query.matching.programs import ShapeBuilder
from scheduler.query.matching.vocabulary import Vocabulary

SHARES = {"ferry": 0.02, "strike": 0.01, "port": 0.1, "night": 0.2, "bank": 0.3, "rare": 0.0001}


def found_by(query: str) -> set[str] | None:
    """Name the words, or pairs of words, by which a query is found."""
    vocabulary = Vocabulary()
    numbers = {vocabulary.word(word, form): word for word in SHARES for form in WordForm}
    lowering = ShapeBuilder(vocabulary)
    shape = lowering.shape(parse_query(query))
    anchors = anchors_of(shape, lowering.operands, lambda term: SHARES[numbers[term]])
    if anchors is None:
        return None
    return {" ".join(numbers[term] for term in anchor if term >= 0) for anchor in anchors.found_by}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("ferry", {"ferry"}),
        ("ferry AND strike AND port", {"strike"}),
        ("ferry OR strike", {"ferry", "strike"}),
        ("(ferry OR strike) AND rare", {"rare"}),
        ("(ferry OR strike) AND night", {"ferry", "strike"}),
        ("ferry NOT strike", {"ferry"}),
        ("night NEAR/5 ferry", {"ferry"}),
        ("(rare OR ferry) NEAR/5 (night OR bank)", {"rare", "ferry"}),
        ("port{3}", {"port"}),
        ('"night port"~5', {"port"}),
        ('"rare night"', {"rare"}),
        ('"night bank"', {"night bank"}),
        ('"port night bank"', {"port night"}),
        ("title:ferry", {"ferry"}),
        ("ferry date:>=2026-01-01", {"ferry"}),
        ("(ferry AND night) OR (strike AND bank)", {"ferry", "strike"}),
    ],
)
def test_a_topic_is_found_by_the_rarest_that_must_be_there(query: str, expected: set[str]) -> None:
    assert found_by(query) == expected


def test_what_may_be_missing_is_no_anchor() -> None:
    vocabulary = Vocabulary()
    lowering = ShapeBuilder(vocabulary)
    from scheduler.query.language.tree import Not, Or, Phrase

    either = Or((Phrase(("ferry",)), Not(Phrase(("port",)))))
    shape = lowering.shape(either)
    assert anchors_of(shape, lowering.operands, lambda _: 0.1) is None


def test_longer_words_are_guessed_to_be_rarer() -> None:
    shares = [guessed_share(letters) for letters in range(1, 13)]
    assert shares == sorted(shares, reverse=True)
    assert guessed_share(40) == guessed_share(12)
