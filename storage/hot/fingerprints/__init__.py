"""Fingerprints of texts: sampled shingles to article ids; a hot state, rebuilt from the database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Sketch = NDArray[np.uint64]
"""Sampled shingle hashes of one text (FracMinHash: Irber et al. 2022), sorted, without repeats."""


@dataclass(frozen=True, slots=True)
class InFlightText:
    """A text that is being judged; `before` are those like it that were entered earlier.

    `candidates` are as `candidates()` gives them, where they are known already.
    """

    name: str
    before: frozenset[str]
    sketch: Sketch
    candidates: tuple[tuple[int, int], ...] | None = None


class Fingerprints(Protocol):
    """An inverted index from sampled shingles to the articles that hold them."""

    async def add(self, article_id: int, sketch: Sketch, seen: datetime) -> None:
        """Index an article; an article that is there already is replaced."""

    async def candidates(
        self, sketch: Sketch, limit: int, *, least: int = 1
    ) -> list[tuple[int, int]]:
        """Articles that share sampled shingles: (article id, how many), most first, ties by id.

        Those that share fewer than `least` are left out.
        """

    async def enter(
        self, sketch: Sketch, seen: datetime, limit: int, *, least: int = 1
    ) -> InFlightText:
        """Let others know that this text is being judged, and say who entered one like it before.

        Of two copies that are judged at one time the later one waits for the earlier one, in
        whatever processes they are: none is judged before the other one is stored.
        """

    async def in_flight(self, names: frozenset[str]) -> frozenset[str]:
        """Say which of those that entered before are still being judged."""

    async def settle(self, pending: InFlightText, article_id: int | None, seen: datetime) -> None:
        """Say what became of a text: the article as which it is stored and indexed, or None."""

    async def remove(self, article_id: int) -> None:
        """Forget an article; no error when it is not there."""

    async def expire(self, before: datetime) -> int:
        """Forget all articles seen before then; how many there were."""

    async def size(self) -> int:
        """How many articles are indexed."""
