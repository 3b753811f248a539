"""Copy detection on labelled documents: streamed in order through the true detector."""

from __future__ import annotations

import asyncio
import gzip
import json
import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from crawler.copies.detector import CopyDetector
from crawler.copies.normalise import words
from crawler.copies.original import choose_origin
from crawler.copies.records import OriginCandidate, StoredText, SubmittedText
from crawler.copies.shingles import shingle
from crawler.settings import CopySettings
from storage.fingerprints.memory import MemoryFingerprints
from tests.bench.report import progress

if TYPE_CHECKING:
    import argparse
    from collections.abc import Hashable, Iterable, Sequence

    from storage.models import CopyVerdict

PEER_THRESHOLD = 0.4  # of Jaccard; the peer's best on this kind of documents
PEER_PERMUTATIONS = 128


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


def add_flags(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--data", type=Path, required=True, help="documents, gzip JSON Lines")


def run(args: argparse.Namespace) -> dict[str, Any]:
    documents = read_documents(args.data)
    progress(f"{len(documents)} documents")
    began = time.perf_counter()
    stories, verdicts = asyncio.run(fold(documents))
    docs_per_s = len(documents) / (time.perf_counter() - began)
    roots = [stories.root(document.id) for document in documents]
    ours = pairwise([document.group for document in documents], roots)
    progress(f"ours: {ours}, {docs_per_s:.0f} documents/s")
    peer, peer_docs_per_s = fold_as_datasketch(documents)
    progress(f"datasketch: {peer}, {peer_docs_per_s:.0f} documents/s")
    return {
        "documents": len(documents),
        **ours,
        "recall_by_kind": recall_by_kind(documents, roots),
        "original_accuracy": original_accuracy(documents, verdicts),
        "docs_per_s": round(docs_per_s, 1),
        "over_datasketch": round(docs_per_s / peer_docs_per_s, 3),
        "bytes_per_doc": bytes_per_document(documents),
        "peer_datasketch_docs_per_s": round(peer_docs_per_s, 1),
        **{f"peer_datasketch_{key}": value for key, value in peer.items()},
    }


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


async def fold(documents: Sequence[Document]) -> tuple[Stories, dict[int, CopyVerdict]]:
    """Judge and add each document in turn; each copy's closest verdict is kept."""
    stored: dict[int, StoredText] = {}

    async def load(article_ids: Sequence[int]) -> list[StoredText]:
        return [replace(stored[known], story_id=stories.root(known) + 1) for known in article_ids]

    stories = Stories()
    detector = CopyDetector(MemoryFingerprints(), load, CopySettings())
    closest: dict[int, CopyVerdict] = {}
    for document in documents:
        judged = await detector.judge(SubmittedText(document.text, document.site))
        verdicts = judged.verdicts
        stories.add(document.id, [verdict.of_article_id for verdict in verdicts])
        if verdicts:
            closest[document.id] = verdicts[0]
        stored[document.id] = StoredText(document.id, document.text, document.site)
        await detector.add(document.id, document.text, document.seen_at)
    return stories, closest


def fold_as_datasketch(documents: Sequence[Document]) -> tuple[dict[str, float], float]:
    """Do the same with MinHash-LSH on the same shingles of four words."""
    from datasketch import MinHash, MinHashLSH

    began = time.perf_counter()
    index = MinHashLSH(threshold=PEER_THRESHOLD, num_perm=PEER_PERMUTATIONS)
    known: dict[int, MinHash] = {}
    stories = Stories()
    for document in documents:
        found = words(document.text)
        runs = {" ".join(found[place : place + 4]).encode() for place in range(len(found) - 3)}
        minhash = MinHash(num_perm=PEER_PERMUTATIONS)
        minhash.update_batch(list(runs))
        near = [
            other
            for other in index.query(minhash)
            if minhash.jaccard(known[other]) >= PEER_THRESHOLD
        ]
        stories.add(document.id, near)
        index.insert(document.id, minhash)
        known[document.id] = minhash
    seconds = time.perf_counter() - began
    roots = [stories.root(document.id) for document in documents]
    return pairwise([document.group for document in documents], roots), len(documents) / seconds


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


def recall_by_kind(documents: Sequence[Document], roots: Sequence[int]) -> dict[str, float]:
    """Of the pairs that a document of each kind is in, the share that is in one story."""
    groups: dict[str, list[int]] = defaultdict(list)
    for index, document in enumerate(documents):
        groups[document.group].append(index)
    pairs: Counter[str] = Counter()
    found: Counter[str] = Counter()
    for members in groups.values():
        for one in members:
            together = sum(roots[one] == roots[other] for other in members) - 1
            pairs[documents[one].kind] += len(members) - 1
            found[documents[one].kind] += together
    return {kind: round(found[kind] / pairs[kind], 4) for kind in sorted(pairs) if pairs[kind]}


def original_accuracy(documents: Sequence[Document], verdicts: dict[int, CopyVerdict]) -> float:
    """Of the labelled stories that hold a copy, the share whose original is chosen rightly."""
    groups: dict[str, list[Document]] = defaultdict(list)
    for document in documents:
        groups[document.group].append(document)
    judged = [
        members
        for members in groups.values()
        if len(members) > 1 and any(document.original for document in members)
    ]
    right = sum(_chosen(members, verdicts).original is True for members in judged)
    return round(right / len(judged), 4) if judged else 1.0


def _chosen(members: Sequence[Document], verdicts: dict[int, CopyVerdict]) -> Document:
    origin = choose_origin([_candidate(document, verdicts) for document in members])
    return next(document for document in members if document.id == origin.article_id)


def _candidate(document: Document, verdicts: dict[int, CopyVerdict]) -> OriginCandidate:
    return OriginCandidate(
        article_id=document.id,
        host=document.site,
        title=document.title,
        words=len(document.text.split()),
        published=document.published,
        first_seen=document.seen_at,
        verdict=verdicts.get(document.id),
    )


def bytes_per_document(documents: Sequence[Document]) -> int:
    """Memory that the fingerprints of a document take, without its text."""
    sketches = [(document, shingle(document.text).sketch) for document in documents]
    index = MemoryFingerprints()
    asyncio.run(_index(index, sketches))
    return round(index.nbytes / len(documents)) if documents else 0


async def _index(index: MemoryFingerprints, sketches: Iterable[tuple[Document, Any]]) -> None:
    for document, sketch in sketches:
        await index.add(document.id, sketch, document.seen_at)
