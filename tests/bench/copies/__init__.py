"""Copy detection: quality on labelled documents, harder ground, speed, growth and memory."""

from __future__ import annotations

import asyncio
import math
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from crawler.copies.detector import warm_up
from storage.machine_code import can_compile
from tests.bench.copies import ground, peers, sampling
from tests.bench.copies.documents import pairwise, read_documents, recall_by_kind
from tests.bench.copies.folding import fold, original_accuracy
from tests.bench.copies.judging import measure_made
from tests.bench.copies.made import pages_of, read_pages
from tests.bench.copies.stream import Stream, measure
from tests.bench.report import progress

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from tests.bench.copies.documents import Document
    from tests.bench.copies.stream import Measured

SIZES = (10_000, 100_000)
"""Of the index, when no others are asked for; a million takes six minutes."""

TIMED = 10_000
TIMED_BY_PEERS = 3_000
ESTIMATED = 10_000_000


def add_flags(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--data", type=Path, required=True, help="documents, gzip JSON Lines")
    parser.add_argument(
        "--pages",
        type=Path,
        action="append",
        default=[],
        help="pages for other scripts and for sets of made documents, gzip JSON Lines",
    )
    parser.add_argument("--made", type=int, default=0, help="how many sets to make and judge")
    parser.add_argument(
        "--scale",
        type=lambda sizes: tuple(int(size) for size in sizes.split(",") if size),
        default=SIZES,
        help="how many documents the index holds when growth is measured: N,N,…",
    )
    parser.add_argument("--timed", type=int, default=TIMED, help="documents timed at each size")


def run(args: argparse.Namespace) -> dict[str, Any]:
    documents = read_documents(args.data)
    progress(f"{len(documents)} documents")
    originals = [document.text for document in documents if document.original]
    stream = Stream.of_texts(originals)
    result = _quality(documents)
    result["sampling"] = sampling.compare(documents)
    result["harder"] = ground.measure(originals, stream.vocabulary)
    progress(f"harder ground: {result['harder']}")
    if args.pages:
        result["scripts"] = ground.measure_scripts(args.pages)
    if args.made:
        result["made"] = _made(documents, args.pages, args.made)
    result |= _speed(stream, args.timed)
    result |= _growth(stream, args.scale, args.timed)
    return {"documents": len(documents), "compiled": can_compile(), **result}


def _quality(documents: Sequence[Document]) -> dict[str, Any]:
    warm_up()
    began = time.perf_counter()
    folded = asyncio.run(fold(documents))
    docs_per_s = len(documents) / (time.perf_counter() - began)
    roots = [folded.story_of[document.id] for document in documents]
    groups = [document.group for document in documents]
    result: dict[str, Any] = {
        **pairwise(groups, roots),
        "recall_by_kind": recall_by_kind(documents, roots),
        "original_accuracy": original_accuracy(documents, folded.verdicts),
        "original_accuracy_without_history": original_accuracy(
            documents, folded.verdicts, with_history=False
        ),
        "data_docs_per_s": round(docs_per_s, 1),
    }
    progress(f"ours: {result}")
    for name, peer in peers.PEERS.items():
        theirs, peer_docs_per_s = peer([document.text for document in documents])
        found = peers.quality(theirs, groups)
        progress(f"{name}: {found}, {peer_docs_per_s:.0f} documents/s")
        result |= {f"peer_{name}_{key}": value for key, value in found.items()}
        result[f"peer_{name}_data_docs_per_s"] = round(peer_docs_per_s, 1)
    return result


def _made(documents: Sequence[Document], files: Sequence[Path], seeds: int) -> list[dict[str, Any]]:
    pages = read_pages(files) if files else pages_of(documents)
    judged = measure_made(pages, seeds)
    for one in judged:
        progress(f"made: {one}")
    return judged


def _speed(stream: Stream, count: int) -> dict[str, Any]:
    ours = measure(stream, 0, count)
    progress(f"stream: {ours}")
    result: dict[str, Any] = {
        "docs_per_s": round(ours.docs_per_s, 1),
        "stream_wrong": ours.wrong,
    }
    texts, _ = stream.documents(0, min(count, TIMED_BY_PEERS))
    for name, peer in peers.PEERS.items():
        _, peer_docs_per_s = peer(texts)
        progress(f"{name}: {peer_docs_per_s:.0f} documents/s")
        result[f"peer_{name}_docs_per_s"] = round(peer_docs_per_s, 1)
        result[f"over_{name}"] = round(ours.docs_per_s / peer_docs_per_s, 3)
    return result


def _growth(stream: Stream, sizes: Sequence[int], count: int) -> dict[str, Any]:
    measured: dict[int, Measured] = {}
    for size in sizes:
        measured[size] = measure(stream, size, count)
        progress(f"{size} in the index: {measured[size]}")
    if not measured:
        return {"growth": {}}
    most = max(measured)
    return {
        "growth": {str(size): round(one.docs_per_s, 1) for size, one in measured.items()},
        "bytes_by_size": {str(size): round(one.bytes_per_doc) for size, one in measured.items()},
        "bytes_per_doc": round(measured[most].bytes_per_doc),
        "estimate_at_10m": _estimate(measured),
    }


def _estimate(measured: dict[int, Measured]) -> dict[str, float]:
    """Go on as from the least size to the greatest: time a document grows with the logarithm.

    Where it did not grow, within what timings are worth, it is taken not to.
    """
    least, most = min(measured), max(measured)
    slow, fast = 1 / measured[most].docs_per_s, 1 / measured[least].docs_per_s
    decades = math.log10(most / least) if most > least else 1.0
    seconds = slow + max(slow - fast, 0.0) / decades * math.log10(ESTIMATED / most)
    return {
        "docs_per_s": round(1 / seconds, 1),
        "gigabytes": round(measured[most].bytes_per_doc * ESTIMATED / 1e9, 2),
    }
