"""What makes a farm, and what does not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.copies.origin.farms import farm_score
from storage.models.stories import DomainFacts

FARM = DomainFacts(
    "farm.example", 40, copies=40, lag=7200.0, wrapper=0.22, dated=40, invented=38, credited=2
)
REPRINTER = DomainFacts(
    "post.example", 40, copies=40, lag=3600.0, wrapper=0.03, dated=40, invented=2, credited=38
)


def test_a_host_that_only_copies_wraps_and_invents_its_dates_is_a_farm() -> None:
    farm = farm_score(FARM)
    assert farm.is_farm
    assert farm.score > 0.9
    assert "40 of 40 articles are copies" in farm.reasons
    assert "38 of 40 dates are that of our visit" in farm.reasons
    assert "22% of a copy is not the copied text" in farm.reasons


@pytest.mark.parametrize(
    "facts",
    [
        REPRINTER,
        DomainFacts("verbatim.example", 40, copies=40, wrapper=0.02, dated=40, invented=8),
        DomainFacts("led.example", 40, copies=40, wrapper=0.3, dated=40, invented=4, credited=36),
        DomainFacts("local.example", 40, copies=20, wrapper=0.25, dated=20, invented=2),
        DomainFacts("wire.example", 40, originals=39),
        DomainFacts("quick.example", 40, copies=30, wrapper=0.0, dated=30, invented=12),
    ],
    ids=lambda facts: facts.host,
)
def test_a_reprinter_is_no_farm(facts: DomainFacts) -> None:
    assert not farm_score(facts).is_farm


@pytest.mark.parametrize(
    "facts",
    [
        DomainFacts("undated.example", 30, copies=30, wrapper=0.25),
        DomainFacts("crediting.example", 30, copies=30, dated=30, invented=30, credited=30),
        DomainFacts("mixed.example", 30, copies=27, wrapper=0.25, dated=20, invented=18),
    ],
    ids=lambda facts: facts.host,
)
def test_two_marks_of_three_make_a_farm(facts: DomainFacts) -> None:
    assert farm_score(facts).is_farm


def test_a_few_articles_say_nothing() -> None:
    few = farm_score(DomainFacts("new.example", 9, copies=9, wrapper=0.3, dated=9, invented=9))
    assert few.score == 1.0
    assert not few.is_farm
    assert "too few" in few.reasons[0]


@given(
    number=st.integers(1, 99),
    copied=st.floats(0, 1),
    wrapper=st.none() | st.floats(0, 1),
    dated=st.floats(0, 1),
    invented=st.floats(0, 1),
    credited=st.floats(0, 1),
)
def test_the_score_is_a_share(
    *,
    number: int,
    copied: float,
    wrapper: float | None,
    dated: float,
    invented: float,
    credited: float,
) -> None:
    copies = round(number * copied)
    stated = round(copies * dated)
    facts = DomainFacts(
        "any.example",
        number,
        copies=copies,
        wrapper=wrapper,
        dated=stated,
        invented=round(stated * invented),
        credited=round(copies * credited),
    )
    assert 0 <= farm_score(facts).score <= 1
