"""Sets of spans joined by linear sweeps: windows, NEAR, minimal ones, and what lies within; pure.

After Clarke, Cormack and Burkowski, An Algebra for Structured Text Search (Computer Journal 38,
1995). A sweep takes steps by the number of spans, but for sorting them, whatever the text: of one
word three thousand times over each quadratic step is a minute.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate

Span = tuple[int, int]
"""Positions from the first word to behind the last."""


def windows(positions: Sequence[Sequence[int]], width: int) -> list[Span]:
    """Return the shortest runs of at most `width` words that hold one of each of the positions.

    One position may stand for two of them.
    """
    places = sorted((at, number) for number, of_word in enumerate(positions) for at in of_word)
    held = [0] * len(positions)
    missing = len(positions)
    following = 0
    runs: list[Span] = []
    for start, number in places:
        while missing and following < len(places):
            missing -= held[places[following][1]] == 0
            held[places[following][1]] += 1
            following += 1
        if missing:
            break
        end = places[following - 1][0] + 1
        if end - start <= width:
            runs.append((start, end))
        held[number] -= 1
        missing += held[number] == 0
    return minimal(runs)


def near(one: Sequence[Span], other: Sequence[Span], distance: int, *, ordered: bool) -> list[Span]:
    """Return the shortest spans from one of the first set to one of the other near it.

    Near is: begins less than `distance` words behind the other's end; either may come first unless
    `ordered`. Both sets are sorted.
    """
    reached = [*_reach(one, other, distance)]
    if not ordered:
        reached.extend(_reach(other, one, distance))
    return minimal(reached)


def minimal(spans: Iterable[Span]) -> list[Span]:
    """Return the spans that hold no other one, by their starts."""
    kept: list[Span] = []
    # By start, the longest first: so one that holds another comes before it.
    for span in sorted(set(spans), key=lambda span: (span[0], -span[1])):
        while kept and kept[-1][1] >= span[1]:
            kept.pop()
        kept.append(span)
    return kept


def within(spans: Sequence[Span], outer: Sequence[Span]) -> Iterator[Span]:
    """Yield the spans that lie within one of the outer ones; both are sorted."""
    starts = [start for start, _ in outer]
    ends = [*accumulate((end for _, end in outer), max)]
    for start, end in spans:
        before = bisect_right(starts, start)
        if before and ends[before - 1] >= end:
            yield start, end


def _reach(one: Sequence[Span], other: Sequence[Span], distance: int) -> Iterator[Span]:
    """Yield, for each span of one set, the shortest reach to one of the other behind it.

    The first set goes by its ends, so that what begins near behind them is a window that only moves
    on; in `nearest` stand those of the window that end before each that begins later.
    """
    nearest: deque[Span] = deque()
    following = 0
    for end, start in sorted((end, start) for start, end in one):
        while following < len(other) and other[following][0] < end + distance:
            while nearest and nearest[-1][1] >= other[following][1]:
                nearest.pop()
            nearest.append(other[following])
            following += 1
        while nearest and nearest[0][0] < end:
            nearest.popleft()
        if nearest:
            yield start, nearest[0][1]
