"""Pairs of texts that a person read and labelled: which are folded, beside datasketch.

Each pair is taken by itself, the earlier text first, so that nothing is learned of it from the
others; and once more all texts of the file as one stream, as the daemon meets them. A fold is right
where the label says copy or update. Where strata are given, a pair counts for as many as its
stratum has for each that was labelled. Intervals are of 95 %, by bootstrap over pairs.
"""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Any

from crawler.copies.detector import warm_up
from tests.bench.copies.folding import Folding
from tests.bench.pairs.labelled import LabelledPair, read_pairs, strata_weights
from tests.bench.pairs.measures import by_label, intervals, measures
from tests.bench.report import progress

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

THRESHOLD = 0.5
"""Of Jaccard, from which datasketch folds."""

PERMUTATIONS = 128


def add_flags(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--data", type=Path, required=True, help="labelled pairs, gzip JSON Lines")
    parser.add_argument("--wrong", action="store_true", help="name the pairs that are got wrong")


def run(args: argparse.Namespace) -> dict[str, Any]:
    pairs = read_pairs(args.data)
    progress(f"{len(pairs)} pairs")
    warm_up()
    alone = asyncio.run(fold_alone(pairs))
    streamed = asyncio.run(fold_streamed(pairs))
    peer = measures(pairs, fold_by_datasketch(pairs))
    weights = strata_weights(pairs)
    result: dict[str, Any] = {
        "pairs": len(pairs),
        **measures(pairs, alone, weights),
        "intervals": intervals(pairs, alone, weights),
        "by_source": {
            source: {
                **_of_source(pairs, alone, weights, source),
                "labels": by_label(pairs, alone, source),
            }
            for source in sorted({pair.source for pair in pairs})
        },
        "stream": {
            **measures(pairs, streamed, weights),
            "intervals": intervals(pairs, streamed, weights),
            "by_source": {
                source: _of_source(pairs, streamed, weights, source)
                for source in sorted({pair.source for pair in pairs})
            },
        },
    }
    if args.wrong:
        result["wrong"] = [
            [place, pair.label, pair.source, bool(alone[place]), bool(streamed[place])]
            for place, pair in enumerate(pairs)
            if not alone[place] == streamed[place] == pair.is_one_story
        ]
    return result | {f"peer_datasketch_{key}": value for key, value in peer.items()}


async def fold_alone(pairs: Sequence[LabelledPair]) -> list[bool]:
    """Say of each pair whether it is folded when nothing else is known."""
    folds: list[bool] = []
    for pair in pairs:
        folding = Folding()
        for document in (pair.earlier, pair.later):
            await folding.take(document)
        story_of = folding.folded.story_of
        folds.append(story_of[pair.earlier.id] == story_of[pair.later.id])
    return folds


async def fold_streamed(pairs: Sequence[LabelledPair]) -> list[bool]:
    """Say of each pair whether it is in one story when all texts have come in, by their dates."""
    documents = {document.id: document for pair in pairs for document in (pair.earlier, pair.later)}
    folding = Folding()
    for document in sorted(documents.values(), key=lambda one: (one.seen_at, one.id)):
        await folding.take(document)
    story_of = folding.folded.story_of
    return [story_of[pair.earlier.id] == story_of[pair.later.id] for pair in pairs]


def fold_by_datasketch(pairs: Sequence[LabelledPair]) -> list[bool]:
    """Say of each pair whether MinHash-LSH finds one text by the other."""
    from datasketch import MinHash, MinHashLSH

    def sketch(text: str) -> MinHash:
        words = text.lower().split()
        minhash = MinHash(num_perm=PERMUTATIONS)
        shingles = {" ".join(words[place : place + 4]) for place in range(max(len(words) - 3, 1))}
        minhash.update_batch([shingle.encode() for shingle in shingles])
        return minhash

    folds: list[bool] = []
    for pair in pairs:
        index = MinHashLSH(threshold=THRESHOLD, num_perm=PERMUTATIONS)
        earlier, later = sketch(pair.earlier.text), sketch(pair.later.text)
        index.insert("earlier", earlier)
        folds.append(bool(index.query(later)) and earlier.jaccard(later) >= THRESHOLD)
    return folds


def _of_source(
    pairs: Sequence[LabelledPair],
    folds: Sequence[bool],
    weights: Sequence[float | None],
    source: str,
) -> dict[str, Any]:
    places = [place for place, pair in enumerate(pairs) if pair.source == source]
    return measures(
        [pairs[place] for place in places],
        [folds[place] for place in places],
        [weights[place] for place in places],
    )
