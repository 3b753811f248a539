"""Programs in arrays: equal ones are kept once, and room is used again."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.query.matching.anchor_index import AnchorIndex
from scheduler.query.matching.anchors import Anchor
from scheduler.query.matching.program_store import ProgramStore

ONE_WORD = ("has", 0, 0, 1)
TWO_WORDS = ("and", ("has", 0, 0, 1), ("has", 0, 1, 1))


def test_topics_that_ask_for_the_same_share_one_program() -> None:
    programs = ProgramStore()
    first, is_new = programs.add(1, ONE_WORD, [7])
    assert is_new
    assert programs.add(2, ONE_WORD, [7]) == (first, False)
    assert programs.add(3, ONE_WORD, [8])[1]
    assert sorted(programs.topics_of(first)) == [1, 2]


def test_a_shared_program_goes_with_its_last_topic() -> None:
    programs = ProgramStore()
    program, _ = programs.add(1, ONE_WORD, [7])
    programs.add(2, ONE_WORD, [7])
    assert not programs.remove(1, program)
    assert programs.topics_of(program) == [2]
    assert programs.remove(2, program)
    assert programs.add(3, ONE_WORD, [7])[1]


def test_the_room_of_what_went_is_used_again() -> None:
    programs = ProgramStore()
    for number in range(100):
        program, _ = programs.add(number, TWO_WORDS, [number, number + 1])
        assert programs.remove(number, program)
    assert len(programs) == 1
    assert len(programs.operands) == 2


def test_a_program_gives_back_what_it_was_made_of() -> None:
    programs = ProgramStore()
    program, _ = programs.add(1, TWO_WORDS, [3, 4])
    assert (programs.shape_of(program), programs.operands_of(program)) == (TWO_WORDS, [3, 4])


def programs_at(anchorage: AnchorIndex, anchor: Anchor) -> list[int]:
    """Follow an anchor's list as the loops do."""
    from scheduler.query.matching.loops import list_of_pair

    anchorage.reach(50)
    at_list = anchorage.list_of_term[anchor.term]
    if anchor.second >= 0:
        at_list = int(
            list_of_pair(anchorage.pair_keys, anchorage.pair_lists, anchor.term, anchor.second)
        )
    slot, found = anchorage.heads[at_list] if at_list else 0, []
    while slot:
        found.append(anchorage.slots[2 * slot])
        slot = anchorage.slots[2 * slot + 1]
    return sorted(found)


anchors = st.builds(Anchor, st.integers(0, 40), st.integers(-1, 40))


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 9), st.none() | st.sets(anchors, max_size=6)), max_size=40)
)
def test_lists_hold_the_programs_that_lie_at_their_anchors(
    steps: list[tuple[int, set[Anchor] | None]],
) -> None:
    anchorage = AnchorIndex()
    lying: dict[int, set[Anchor]] = {}
    for program, wanted in steps:
        if program in lying:
            anchorage.take(program)
            del lying[program]
        if wanted is not None:
            anchorage.put(program, wanted)
            lying[program] = wanted
    for anchor in {each for at in lying.values() for each in at} | {Anchor(1), Anchor(1, 2)}:
        expected = sorted(program for program, at in lying.items() if anchor in at)
        assert programs_at(anchorage, anchor) == expected
