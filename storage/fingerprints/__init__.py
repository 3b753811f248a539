"""Fingerprints of texts: sampled shingles to article ids; a hot state, rebuilt from the database."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Sketch = NDArray[np.uint64]
"""Sampled shingle hashes of one text, sorted, without repeats."""


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

    async def remove(self, article_id: int) -> None:
        """Forget an article; no error when it is not there."""

    async def expire(self, before: datetime) -> int:
        """Forget all articles seen before then; how many there were."""

    async def size(self) -> int:
        """How many articles are indexed."""
