"""The sweeps over spans give what their definitions give, tried pair by pair, in steps by their number."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.query.matching.spans import Span, minimal, near, windows, within

spans = st.lists(
    st.builds(lambda start, size: (start, start + size), st.integers(0, 40), st.integers(1, 8)),
    max_size=12,
).map(lambda drawn: sorted(set(drawn)))
positions = st.lists(
    st.lists(st.integers(0, 40), max_size=8, unique=True).map(sorted), min_size=1, max_size=4
)


def shortest(found: set[Span]) -> list[Span]:
    return sorted(
        one
        for one in found
        if not any(other != one and one[0] <= other[0] and other[1] <= one[1] for other in found)
    )


def reached(one: list[Span], other: list[Span], distance: int) -> set[Span]:
    return {
        (first[0], second[1])
        for first, second in product(one, other)
        if 0 <= second[0] - first[1] < distance
    }


@given(spans)
def test_minimal_spans_hold_no_other_one(drawn: list[Span]) -> None:
    assert minimal(drawn) == shortest(set(drawn))


@given(spans, spans, st.integers(1, 20), st.booleans())
def test_near_is_the_shortest_reach_of_any_pair(
    one: list[Span], other: list[Span], distance: int, ordered: bool
) -> None:
    found = reached(one, other, distance)
    if not ordered:
        found |= reached(other, one, distance)
    assert near(one, other, distance, ordered=ordered) == shortest(found)


@given(positions, st.integers(1, 20))
def test_a_window_is_the_shortest_run_with_one_of_each(drawn: list[list[int]], width: int) -> None:
    runs = {(min(picked), max(picked) + 1) for picked in product(*drawn)}
    assert windows(drawn, width) == [run for run in shortest(runs) if run[1] - run[0] <= width]


@given(spans, spans)
def test_what_lies_within_lies_in_one_of_the_outer_spans(
    inner: list[Span], outer: list[Span]
) -> None:
    assert list(within(inner, outer)) == [
        (start, end)
        for start, end in inner
        if any(first <= start and end <= last for first, last in outer)
    ]


class CountedSpans(list[Span]):
    """Spans that count how often one of them is looked at by its place."""

    looks = 0

    def __getitem__(self, place: Any) -> Any:
        self.looks += 1
        return super().__getitem__(place)


@pytest.mark.parametrize("ordered", [True, False])
def test_near_looks_at_each_span_a_few_times_however_many_there_are(ordered: bool) -> None:
    words = [CountedSpans((at, at + 1) for at in range(side, 6000, 2)) for side in (0, 1)]
    near(words[0], words[1], 100, ordered=ordered)
    assert max(each.looks for each in words) < 10 * len(words[0])
