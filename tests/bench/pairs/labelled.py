"""Labelled pairs, as they stand in a file, and what each stands for."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from tests.bench.copies.documents import Document

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

ONE_STORY = frozenset({"copy", "update"})


@dataclass(frozen=True, slots=True)
class LabelledPair:
    """Two texts and what a reader called them; `stratum_size` is 0 where none is known."""

    earlier: Document
    later: Document
    source: str
    label: str
    stratum: str
    stratum_size: int

    @property
    def is_one_story(self) -> bool:
        """Whether a fold is right."""
        return self.label in ONE_STORY


def read_pairs(path: Path) -> list[LabelledPair]:
    """Return the pairs of a file. Texts with the same id are one document."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    numbers: dict[str, int] = {}
    for row in rows:
        for side in ("a", "b"):
            numbers.setdefault(row[f"{side}_id"], len(numbers) + 1)
    return [_pair(row, numbers) for row in rows]


def strata_weights(pairs: Sequence[LabelledPair]) -> list[float | None]:
    """Return how many pairs each stands for; None where its stratum has no size."""
    labelled = Counter((pair.source, pair.stratum) for pair in pairs)
    return [
        pair.stratum_size / labelled[pair.source, pair.stratum] if pair.stratum_size else None
        for pair in pairs
    ]


def _pair(row: dict[str, Any], numbers: dict[str, int]) -> LabelledPair:
    earlier, later = (_document(row, side, numbers) for side in ("a", "b"))
    if earlier.seen_at > later.seen_at:
        earlier, later = later, earlier
    return LabelledPair(
        earlier=earlier,
        later=later,
        source=row["source"],
        label=row["label"],
        stratum=row.get("stratum") or "",
        stratum_size=int(row.get("stratum_size") or 0),
    )


def _document(row: dict[str, Any], side: str, numbers: dict[str, int]) -> Document:
    stated = datetime.fromisoformat(row[f"{side}_date"])
    at = stated.replace(tzinfo=UTC) if stated.tzinfo is None else stated.astimezone(UTC)
    return Document(
        id=numbers[row[f"{side}_id"]],
        group="",
        kind=row["label"],
        site=row[f"{side}_site"],
        title=row[f"{side}_title"],
        text=row[f"{side}_text"],
        published=at,
        seen_at=at,
        original=None,
    )
