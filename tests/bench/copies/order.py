"""Whether the order of arrival changes the final stories, and whether unrelated documents change any.

Both are demanded of the detector; a violation is brought down to the fewest documents that show it.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from random import Random
from typing import TYPE_CHECKING

from tests.bench.copies.folding import fold

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tests.bench.copies.documents import Document

Partition = frozenset[frozenset[int]]
"""Stories, as sets of document ids."""


@dataclass(frozen=True, slots=True)
class Violation:
    """A pair of documents that is one story in one run and two in another."""

    one: int
    other: int
    fewest: tuple[Document, ...]
    """Documents in an order of arrival that shows it, none of which can be left out."""


def stories(arrivals: Sequence[Document]) -> Partition:
    """Fold documents in the order given; articles are numbered as they come, as in the store."""
    numbered = [replace(document, id=place) for place, document in enumerate(arrivals)]
    folded = asyncio.run(fold(numbered))
    return frozenset(
        frozenset(arrivals[place].id for place in members) for members in folded.members.values()
    )


def shuffled(documents: Sequence[Document], seed: int) -> list[Document]:
    """Return documents in another order of arrival."""
    return Random(seed).sample(documents, len(documents))


def differing(one: Partition, other: Partition) -> list[tuple[int, int]]:
    """Name a pair of documents for each story of one partition that is not one of the other.

    The two are together in one of the partitions and apart in the other.
    """
    pairs: list[tuple[int, int]] = []
    for here, there in ((one, other), (other, one)):
        place = {member: story for story in there for member in story}
        for story in here:
            first = min(story)
            apart = [member for member in sorted(story) if member not in place[first]]
            if apart:
                pairs.append((first, apart[0]))
    return sorted(set(pairs))


def fewest(
    arrivals: Sequence[Document], holds: Callable[[Sequence[Document]], bool]
) -> tuple[Document, ...]:
    """Leave out what is not needed for something to hold of documents: halves first, then each."""
    kept = list(arrivals)
    size = max(1, len(kept) // 2)
    while True:
        place, shrunk = 0, False
        while place < len(kept):
            fewer = kept[:place] + kept[place + size :]
            if fewer and holds(fewer):
                kept, shrunk = fewer, True
            else:
                place += size
        if size == 1 and not shrunk:
            return tuple(kept)
        size = max(1, size // 2)


def order_violations(
    documents: Sequence[Document], shuffles: int, most: int = 3
) -> list[Violation]:
    """Fold documents in their order and in others; what differs, a few of each shuffle's pairs."""
    first = stories(documents)
    found: dict[tuple[int, int], Violation] = {}
    for seed in range(1, shuffles + 1):
        arrivals = shuffled(documents, seed)
        for pair in differing(first, stories(arrivals))[:most]:
            if pair not in found:
                found[pair] = _violation(documents, arrivals, pair)
    return list(found.values())


def _violation(
    documents: Sequence[Document], arrivals: Sequence[Document], pair: tuple[int, int]
) -> Violation:
    place = {document.id: number for number, document in enumerate(documents)}

    def still_differs(kept: Sequence[Document]) -> bool:
        ids = {document.id for document in kept}
        if not ids.issuperset(pair):
            return False
        ordered = sorted(kept, key=lambda document: place[document.id])
        return _together(stories(ordered), pair) != _together(stories(kept), pair)

    return Violation(*pair, fewest(arrivals, still_differs))


def _together(partition: Partition, pair: tuple[int, int]) -> bool:
    return any(story.issuperset(pair) for story in partition)
