"""FracMinHash against winnowing: which sample of shingles finds more copies for its size.

Both samplers choose from the same shingles. Winnowing (Schleimer, Wilkerson, Aiken 2003,
doi:10.1145/872757.872770) takes the least hash of each window of 31 shingles, so that it keeps two
in 32, as many as FracMinHash does with one in 16. A pair is found when two samples have two
shingles in common.
"""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np

from crawler.copies.text.kernels import SAMPLED_ONE_IN
from crawler.copies.text.shingles import shingle
from tests.bench.copies.documents import places_by_story

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from tests.bench.copies.documents import Document

WINDOW = 2 * SAMPLED_ONE_IN - 1
LEAST_COMMON = 2


def winnow(shingles: NDArray[np.uint64], window: int = WINDOW) -> NDArray[np.uint64]:
    """Return the least shingle of each window, sorted and without repeats."""
    if shingles.size <= window:
        return np.unique(shingles)[:1]
    return np.unique(np.lib.stride_tricks.sliding_window_view(shingles, window).min(axis=1))


def compare(documents: Sequence[Document]) -> dict[str, dict[str, Any]]:
    """Of the pairs in one story, the share that a sample finds; and what the sample costs."""
    pairs = [pair for places in places_by_story(documents) for pair in combinations(places, 2)]
    shingled = [shingle(document.text) for document in documents]
    samplers: dict[str, Callable[[int], NDArray[np.uint64]]] = {
        "fracminhash": lambda place: shingled[place].sketch,
        "winnowing": lambda place: winnow(shingled[place].shingles),
    }
    result: dict[str, dict[str, Any]] = {}
    for name, sampler in samplers.items():
        samples = [sampler(place) for place in range(len(documents))]
        found = sum(
            np.intersect1d(samples[one], samples[other], assume_unique=True).size >= LEAST_COMMON
            for one, other in pairs
        )
        result[name] = {
            "shingles_a_document": round(sum(map(len, samples)) / len(samples), 1),
            "pairs_found": round(found / len(pairs), 5) if pairs else 1.0,
        }
    return result
