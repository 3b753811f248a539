"""Of a listing that is too long what is new is found wherever it stands, and what is cut is said truly."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from crawler.listings.formats.long_listing import Before, Choice
from crawler.listings.formats.long_listing import choose as choose_by
from storage.models.listings import ListedItem

DAY = datetime(2026, 6, 1, tzinfo=UTC)


def choose(items: list[ListedItem], most: int, memory: bytes | None = None) -> Choice:
    return choose_by(items, most, Before(memory))


def undated(*numbers: int) -> list[ListedItem]:
    return [ListedItem(f"https://paper.example/{number}") for number in numbers]


def test_a_short_listing_is_taken_whole_and_not_remembered() -> None:
    choice = choose(undated(1, 2), 4)
    assert choice.items == tuple(undated(1, 2))
    assert (choice.left_out, choice.memory) == (None, None)


def test_only_of_dated_items_it_is_said_that_the_newest_were_taken() -> None:
    dated = [
        ListedItem(f"https://paper.example/{day}", published=DAY - timedelta(days=day))
        for day in range(3)
    ]
    assert choose(dated, 2).left_out == "more than 2 items: only the newest were taken"
    assert "newest" not in str(choose(undated(1, 2, 3), 2).left_out)
    alike = [ListedItem(f"https://paper.example/{day}", changed=DAY) for day in range(3)]
    assert "newest" not in str(choose(alike, 2).left_out)


@given(st.integers(0, 40), st.sets(st.integers(100, 130), max_size=6))
def test_what_is_new_comes_first_wherever_it_stands(place: int, new: set[int]) -> None:
    before = list(range(40))
    memory = choose(undated(*before), 10).memory
    now = [*before[:place], *sorted(new), *before[place:]]
    choice = choose(undated(*now), 10, memory)
    assert choice.items[: len(new)] == tuple(undated(*sorted(new)))
    assert choice.items[len(new) :] == tuple(undated(*before[: 10 - len(new)]))
    assert choice.left_out is None
    assert choose(undated(*now), 10, choice.memory).items[0] not in undated(*range(10, 40))


def test_what_was_left_out_at_first_is_not_new_when_it_moves_up() -> None:
    memory = choose(undated(*range(6)), 3).memory
    assert choose(undated(4, 5, 2), 3, memory).items == tuple(undated(2))


def test_new_items_without_room_are_new_the_next_time() -> None:
    memory = choose(undated(*range(4)), 3).memory
    first = choose(undated(*range(4), 10, 11, 12, 13), 3, memory)
    assert first.items == tuple(undated(10, 11, 12))
    assert first.left_out == "1 of 4 new items were left for the next visit"
    second = choose(undated(*range(4), 10, 11, 12, 13), 3, first.memory)
    assert second.items[0] == undated(13)[0]
    assert second.left_out is None


def test_of_a_part_that_is_read_late_only_what_is_dated_since_is_news() -> None:
    items = [ListedItem("https://paper.example/new", changed=DAY), *undated(1, 2)]
    late = choose_by(items, 9, Before(since=DAY))
    assert late.items == (items[0],)
    assert choose([*items, *undated(3)], 9, late.memory).items == (*undated(3), items[0])
