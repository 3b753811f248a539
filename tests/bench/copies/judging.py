"""How sets of made documents are folded, one set a seed, in the figures of the labelled file."""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any

from tests.bench.copies.documents import pairwise, recall_by_kind
from tests.bench.copies.folding import fold, original_accuracy
from tests.bench.copies.made import ONE_STORY, make

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.bench.copies.documents import Document
    from tests.bench.copies.wrappers import Page


def measure_made(pages: Sequence[Page], seeds: int) -> list[dict[str, Any]]:
    """Judge a set for each seed; the labelled file's kinds alone, then with the further kinds."""
    return [_measure(pages, seed) for seed in range(1, seeds + 1)]


def _measure(pages: Sequence[Page], seed: int) -> dict[str, Any]:
    labelled, further = make(pages, seed)
    folded = asyncio.run(fold(labelled))
    roots = [folded.story_of[document.id] for document in labelled]
    return {
        "seed": seed,
        "documents": len(labelled),
        **pairwise([document.group for document in labelled], roots),
        "recall_by_kind": recall_by_kind(labelled, roots),
        "original_accuracy": original_accuracy(labelled, folded.verdicts),
        **_further(sorted((*labelled, *further), key=lambda made: made.id), further),
    }


def _further(documents: Sequence[Document], further: Sequence[Document]) -> dict[str, Any]:
    """Give, by kind, the share of pairs found, and the share of documents in a strange story."""
    story_of = asyncio.run(fold(documents)).story_of
    found = recall_by_kind(documents, [story_of[document.id] for document in documents])
    groups: dict[int, set[str]] = defaultdict(set)
    for document in documents:
        groups[story_of[document.id]].add(document.group)
    made = Counter(document.kind for document in further)
    strayed = Counter(
        document.kind for document in further if len(groups[story_of[document.id]]) > 1
    )
    return {
        "further_folded": {kind: found[kind] for kind in sorted(made) if kind in ONE_STORY},
        "further_joined_wrongly": {
            kind: round(strayed[kind] / made[kind], 4) for kind in sorted(made)
        },
    }
