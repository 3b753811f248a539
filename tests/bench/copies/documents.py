"""Labelled documents, and how well a partition of them into stories agrees with the labels."""

from __future__ import annotations

import gzip
import json
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Sequence
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Document:
    """A labelled document, in order of arrival; `original` is None for what is copied by nobody."""

    id: int
    group: str
    kind: str
    site: str
    title: str
    text: str
    published: datetime | None
    seen_at: datetime
    original: bool | None


@dataclass(slots=True)
class Stories:
    """Which documents are one story: sets that are merged when a copy proves them one."""

    parents: dict[int, int] = field(default_factory=dict)

    def add(self, document: int, copies: Iterable[int]) -> None:
        self.parents[document] = document
        for other in copies:
            self.parents[self.root(other)] = self.root(document)

    def root(self, document: int) -> int:
        while self.parents[document] != document:
            self.parents[document] = self.parents[self.parents[document]]
            document = self.parents[document]
        return document


def read_documents(path: Path) -> list[Document]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [_document(index, json.loads(line)) for index, line in enumerate(lines)]


def _document(index: int, row: dict[str, Any]) -> Document:
    stated = row["published"]
    return Document(
        id=index,
        group=row["group"],
        kind=row["kind"],
        site=row["site"],
        title=row["title"],
        text=row["text"],
        published=datetime.fromisoformat(stated).astimezone(UTC) if stated else None,
        seen_at=datetime.fromisoformat(row["seen_at"]).astimezone(UTC),
        original=row["original"],
    )


def pairwise(truth: Sequence[Hashable], found: Sequence[Hashable]) -> dict[str, float]:
    """Precision, recall and F1 over all pairs of documents in one story."""
    both = _pairs(Counter(zip(truth, found, strict=True)))
    claimed, true = _pairs(Counter(found)), _pairs(Counter(truth))
    precision = both / claimed if claimed else 1.0
    recall = both / true if true else 1.0
    f1 = 2 * precision * recall / (precision + recall) if both else 0.0
    return {"precision": round(precision, 4), "recall": round(recall, 4), "f1": round(f1, 4)}


def _pairs(sizes: Counter[Any]) -> int:
    return sum(size * (size - 1) // 2 for size in sizes.values())


def places_by_story(documents: Sequence[Document]) -> list[list[int]]:
    """Return the places of the documents of each labelled story."""
    groups: dict[str, list[int]] = defaultdict(list)
    for place, document in enumerate(documents):
        groups[document.group].append(place)
    return list(groups.values())


def recall_by_kind(documents: Sequence[Document], roots: Sequence[int]) -> dict[str, float]:
    """Of the pairs that a document of each kind is in, the share that is in one story."""
    pairs: Counter[str] = Counter()
    found: Counter[str] = Counter()
    for members in places_by_story(documents):
        for one in members:
            together = sum(roots[one] == roots[other] for other in members) - 1
            pairs[documents[one].kind] += len(members) - 1
            found[documents[one].kind] += together
    return {kind: round(found[kind] / pairs[kind], 4) for kind in sorted(pairs) if pairs[kind]}
