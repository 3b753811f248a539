"""Extraction beside its peers: quality and speed on recorded pages, all in one run on one core.

Every tool reads whole pages from bytes: text, title, date and authors, as far as it gives them.
Each goes over all pages several times, in turn with the others, and its fastest pass counts. Time
is the processor's, so that what else the machine does disturbs less.
"""

from __future__ import annotations

import argparse
import gc
import multiprocessing
import os
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean
from typing import Any

from tests.bench.extraction import ours, peers
from tests.bench.extraction.found import Found
from tests.bench.replay import Recorded, read_pages
from tests.bench.report import progress
from tests.bench.scores import (
    Overlap,
    date_exact,
    lead_found,
    ngram_overlap,
    phrases_f,
    title_loose,
)

Tool = Callable[[Recorded, bytes], Found]
_ROUNDS = 3
_NOTHING = Found()


@dataclass(frozen=True, slots=True)
class Passed:
    """One tool's pass over all pages: what it found, and how long each page took."""

    found: tuple[Found, ...]
    seconds: tuple[float, ...]

    @property
    def pages_per_s(self) -> float:
        return len(self.seconds) / sum(self.seconds)

    @property
    def p99_ms(self) -> float:
        return 1000 * sorted(self.seconds)[int(0.99 * (len(self.seconds) - 1))]


def add_flags(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--pages", type=Path, required=True, help="gzip JSON Lines, a page a line")
    parser.add_argument("--limit", type=int, help="only the first pages of the file")
    parser.add_argument("--rounds", type=int, default=_ROUNDS, help="passes, the fastest counts")
    parser.add_argument("--each", action="store_true", help="print each page's figures as well")
    parser.add_argument("--alone", action="store_true", help="without peers")


def run(args: argparse.Namespace) -> dict[str, Any]:
    core = min(os.sched_getaffinity(0))
    os.sched_setaffinity(0, {core})
    pages = list(read_pages(args.pages))[: args.limit]
    progress(f"{len(pages)} pages of {args.pages.name}, on core {core}")
    memories = ours.learn(pages)
    tools: dict[str, Tool] = {"cold": ours.cold, "warm": ours.warm(memories)}
    if not args.alone:
        tools |= peers.importable()
    passes = _fastest(tools, pages, args.rounds)
    result = _ours(pages, passes) | ours.learned(pages, memories)
    result["peak_mb"] = _peak_mb(args.pages, args.limit)
    for name, passed in passes.items():
        if name.startswith("peer_"):
            result |= {f"{name}_{key}": value for key, value in figures(pages, passed).items()}
    if args.each:
        _print_each(pages, passes)
    return result | _ratios(result)


def figures(pages: Sequence[Recorded], passed: Passed) -> dict[str, Any]:
    """Hold what a tool found against the truth; a page that it does not read counts nothing."""
    pairs = [(found, page.truth) for page, found in zip(pages, passed.found, strict=True)]
    texts = [_overlap(found, truth) for found, truth in pairs if truth.get("body")]
    return {
        "text_f1": _mean([text.f1 for text in texts]),
        "text_precision": _mean([text.precision for text in texts]),
        "text_recall": _mean([text.recall for text in texts]),
        "date_exact": _mean(
            [date_exact(f.published, t["published"]) for f, t in pairs if t.get("published")]
        ),
        "title_loose": _mean(
            [title_loose(f.title, t["title"]) for f, t in pairs if t.get("title")]
        ),
        "author_exact": _mean(
            [_folded(f.authors) == _folded(t["authors"]) for f, t in pairs if t.get("authors")]
        ),
        "phrases_f": _rounded(phrases_f((f.text, t) for f, t in pairs)),
        "lead_found": _mean([lead_found(f.text, t["lead"]) for f, t in pairs if t.get("lead")]),
        "errors": sum(bool(found.failed) for found in passed.found),
        "pages_per_s": round(passed.pages_per_s, 1),
        "p99_ms": round(passed.p99_ms, 1),
    }


def _ours(pages: Sequence[Recorded], passes: dict[str, Passed]) -> dict[str, Any]:
    cold, warm = figures(pages, passes["cold"]), figures(pages, passes["warm"])
    return {
        "pages": len(pages),
        "refused": Counter(
            found.failed.split(": ")[1] for found in passes["cold"].found if found.failed
        ),
        "taken": sum(
            not found.failed and bool(page.kind)
            for page, found in zip(pages, passes["cold"].found, strict=True)
        ),
        **{key: value for key, value in cold.items() if key != "pages_per_s"},
        "cold_pages_per_s": cold["pages_per_s"],
        "warm_pages_per_s": warm["pages_per_s"],
        "warm_text_f1": warm["text_f1"],
        "slowest_ms": round(1000 * max(passes["cold"].seconds), 1),
        "second_opinions": _mean([found.asked for found in passes["cold"].found]),
        "warm_by_template": _mean([found.by_template for found in passes["warm"].found]),
    }


def _ratios(result: dict[str, Any]) -> dict[str, Any]:
    """How much faster than the peers, and how much better than trafilatura at its best."""
    ratios: dict[str, Any] = {}
    for name in peers.RATIOS:
        theirs = result.get(f"peer_{name}_pages_per_s")
        if theirs:
            ratios[f"cold_over_{name}"] = round(result["cold_pages_per_s"] / theirs, 2)
            ratios[f"warm_over_{name}"] = round(result["warm_pages_per_s"] / theirs, 2)
    settings = {name: result.get(f"peer_{name}_text_f1") for name in peers.TRAFILATURA}
    scored = {name: score for name, score in settings.items() if score is not None}
    if scored and result["text_f1"] is not None:
        best = max(scored, key=lambda name: scored[name])
        ratios["best_of_trafilatura"] = best
        ratios["text_f1_over_trafilatura"] = round(result["text_f1"] - scored[best], 4)
    return ratios


def _fastest(tools: dict[str, Tool], pages: Sequence[Recorded], rounds: int) -> dict[str, Passed]:
    bodies = [page.html.encode("utf-8", "surrogatepass") for page in pages]
    best: dict[str, Passed] = {}
    for name, tool in tools.items():  # imports and caches, outside of the timing
        for page, body in list(zip(pages, bodies, strict=True))[:5]:
            _read(tool, page, body)
        progress(f"{name} is ready")
    gc.collect()
    gc.freeze()  # as our worker does; else whoever is measured pays for the others' imports
    for number in range(rounds):
        for name, tool in tools.items():
            passed = _pass(tool, pages, bodies)
            progress(f"round {number + 1}, {name}: {passed.pages_per_s:.1f} pages/s")
            if name not in best or passed.pages_per_s > best[name].pages_per_s:
                best[name] = passed
    return best


def _pass(tool: Tool, pages: Sequence[Recorded], bodies: Sequence[bytes]) -> Passed:
    found: list[Found] = []
    seconds: list[float] = []
    for page, body in zip(pages, bodies, strict=True):
        began = time.process_time()
        found.append(_read(tool, page, body))
        seconds.append(time.process_time() - began)
    return Passed(tuple(found), tuple(seconds))


def _read(tool: Tool, page: Recorded, body: bytes) -> Found:
    try:
        return tool(page, body)
    except Exception as error:  # noqa: BLE001  a peer raises what it likes
        return Found(failed=f"{type(error).__name__}: {error}"[:100])


def _peak_mb(path: Path, limit: int | None) -> float:
    """Return the most memory that a fresh process took to read all pages cold."""
    context = multiprocessing.get_context("spawn")
    with context.Pool(1) as pool:
        return pool.apply(_peak_of_reading, (path, limit))


def _peak_of_reading(path: Path, limit: int | None) -> float:
    for number, page in enumerate(read_pages(path)):
        if limit is None or number < limit:
            _read(ours.cold, page, page.html.encode("utf-8", "surrogatepass"))
    status = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    most = next(line for line in status if line.startswith("VmHWM:"))  # the rusage has the parent's
    return round(int(most.split()[1]) / 1024, 1)


def _overlap(found: Found, truth: dict[str, Any]) -> Overlap:
    return ngram_overlap(found.text, truth["body"])


def _folded(names: Sequence[str]) -> frozenset[str]:
    return frozenset(" ".join(name.casefold().split()) for name in names)


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)


def _mean(values: Sequence[float]) -> float | None:
    return round(fmean(values), 4) if values else None


def _print_each(pages: Sequence[Recorded], passes: dict[str, Passed]) -> None:
    for at, page in enumerate(pages):
        if page.truth.get("body"):
            scores = {n: f"{_overlap(p.found[at], page.truth).f1:.3f}" for n, p in passes.items()}
            progress("\t".join((page.url, *(f"{name} {score}" for name, score in scores.items()))))
