"""Precision and recall of folds against labels, with intervals."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.bench.pairs.labelled import LabelledPair

RESAMPLED = 1000
_LOWEST, _HIGHEST = 0.025, 0.975


def measures(
    pairs: Sequence[LabelledPair],
    folds: Sequence[bool],
    weights: Sequence[float | None] | None = None,
) -> dict[str, Any]:
    """Return precision of folds, recall of copies, and recall of copies and updates.

    The weighted precision is that of the pairs which have a weight, and is left out without any.
    """
    rows = list(zip(pairs, folds, weights or [None] * len(pairs), strict=True))
    result = {
        "precision": _precision([(pair.is_one_story, 1.0) for pair, fold, _ in rows if fold]),
        "recall_copies": _share([fold for pair, fold, _ in rows if pair.label == "copy"]),
        "recall": _share([fold for pair, fold, _ in rows if pair.is_one_story]),
    }
    weighted = [
        (pair.is_one_story, weight) for pair, fold, weight in rows if fold and weight is not None
    ]
    if weighted:
        result["precision_weighted"] = _precision(weighted)
    return result


def by_label(
    pairs: Sequence[LabelledPair], folds: Sequence[bool], source: str
) -> dict[str, list[int]]:
    """Return for each label how many pairs of a source are folded, and how many there are."""
    counts: dict[str, list[int]] = {}
    for pair, fold in zip(pairs, folds, strict=True):
        if pair.source == source:
            count = counts.setdefault(pair.label, [0, 0])
            count[0] += fold
            count[1] += 1
    return dict(sorted(counts.items()))


def intervals(
    pairs: Sequence[LabelledPair], folds: Sequence[bool], weights: Sequence[float | None]
) -> dict[str, list[float]]:
    """Return between which two values 95 % of the measures lie when pairs are drawn anew."""
    random = Random(1)
    rows = list(zip(pairs, folds, weights, strict=True))
    drawn: dict[str, list[float]] = {}
    for _ in range(RESAMPLED if rows else 0):
        sample = random.choices(rows, k=len(rows))
        for key, value in measures(*map(list, zip(*sample, strict=True))).items():
            drawn.setdefault(key, []).append(value)
    return {key: _interval(values) for key, values in drawn.items()}


def _interval(values: list[float]) -> list[float]:
    ordered, last = sorted(values), len(values) - 1
    return [ordered[round(share * last)] for share in (_LOWEST, _HIGHEST)]


def _precision(folded: Sequence[tuple[bool, float]]) -> float:
    total = sum(weight for _, weight in folded)
    return round(sum(weight for right, weight in folded if right) / total, 4) if total else 1.0


def _share(folds: Sequence[bool]) -> float:
    return round(sum(folds) / len(folds), 4) if folds else 1.0
