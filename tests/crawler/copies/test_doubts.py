"""A look is bounded, however large the story, and is worth it only when clearly more is known."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from crawler.copies.doubts import MOST_LOOKED, is_due, looked_at
from storage.models.stories import Doubts


def test_looks_grow_rare_as_doubts_pile_up() -> None:
    settled, looks = 0, []
    for raised in range(1, 801):
        if is_due(Doubts(1, 1, raised, settled)):
            settled = raised
            looks.append(raised)
    assert looks[:6] == [1, 2, 3, 4, 5, 7]
    assert len(looks) <= 32


def test_what_is_settled_is_no_reason_to_look() -> None:
    assert not is_due(Doubts(1, 1, 7, 7))


IDS = st.lists(st.integers(1, 200), unique=True).map(sorted)


@given(IDS, IDS, IDS)
def test_a_look_takes_a_bounded_part_and_names_the_rest(
    members: list[int], doubted: list[int], copies: list[int]
) -> None:
    looked, others = looked_at(members, doubted, copies)
    assert len(looked) <= MOST_LOOKED
    assert sorted((*looked, *others)) == members
    wanted = set(doubted) & set(members)
    assert wanted <= set(looked) or len(looked) == MOST_LOOKED
