"""The same documents through other libraries: MinHash-LSH of datasketch, and of rensa."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING, Any

from tests.bench.copies.documents import Stories, pairwise

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

THRESHOLD = 0.4
"""Of Jaccard: the peers' best on this kind of documents."""

PERMUTATIONS = 128
RENSA_BANDS = 32
"""Bands of four rows: half of all pairs with a resemblance of 0.4 become candidates."""

_SEED = 42
_WORD = re.compile(r"\w+")


def datasketch(texts: Sequence[str]) -> tuple[Stories, float]:
    """Fold texts, named by their places; stories, and texts a second."""
    from datasketch import MinHash, MinHashLSH

    index = MinHashLSH(threshold=THRESHOLD, num_perm=PERMUTATIONS)
    known: list[MinHash] = []

    def copied(place: int, text: str) -> list[int]:
        minhash = MinHash(num_perm=PERMUTATIONS)
        minhash.update_batch([run.encode() for run in _runs(text)])
        near = [one for one in index.query(minhash) if minhash.jaccard(known[one]) >= THRESHOLD]
        index.insert(place, minhash)
        known.append(minhash)
        return near

    return _folded(texts, copied)


def rensa(texts: Sequence[str]) -> tuple[Stories, float]:
    """Do the same with rensa, whose sketches are made in Rust."""
    from rensa import RMinHash, RMinHashLSH

    index = RMinHashLSH(threshold=THRESHOLD, num_perm=PERMUTATIONS, num_bands=RENSA_BANDS)
    known: list[Any] = []

    def copied(place: int, text: str) -> list[int]:
        minhash = RMinHash(num_perm=PERMUTATIONS, seed=_SEED)
        minhash.update(_runs(text))
        near = [one for one in index.query(minhash) if minhash.jaccard(known[one]) >= THRESHOLD]
        index.insert(place, minhash)
        known.append(minhash)
        return near

    return _folded(texts, copied)


PEERS: dict[str, Callable[[Sequence[str]], tuple[Stories, float]]] = {
    "datasketch": datasketch,
    "rensa": rensa,
}


def quality(stories: Stories, groups: Sequence[str]) -> dict[str, float]:
    """Pairwise figures of stories whose documents are named by their places."""
    return pairwise(groups, [stories.root(place) for place in range(len(groups))])


def _runs(text: str) -> list[str]:
    """Return the text's distinct shingles of four words, as short a way as Python has."""
    words = _WORD.findall(text.lower())
    return list({" ".join(words[place : place + 4]) for place in range(len(words) - 3)})


def _folded(texts: Sequence[str], copied: Callable[[int, str], list[int]]) -> tuple[Stories, float]:
    stories = Stories()
    began = time.perf_counter()
    for place, text in enumerate(texts):
        stories.add(place, copied(place, text))
    return stories, len(texts) / (time.perf_counter() - began)
