"""Fuzz each reader of strangers' bytes so many times: how many runs, what failed, the slowest.

A corpus that is kept in `--corpus` grows from run to run. The peer is feedparser, given the very inputs
that the feed's fuzzing kept: how many of them it reads without an error of its own.
"""

from __future__ import annotations

import argparse
import random
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import feedparser

from tests.bench.report import progress
from tests.fuzz.harness import Fuzzed, fuzz
from tests.fuzz.targets import names

_A_DAY = 86_400.0


def add_flags(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--runs", type=int, default=1_000_000, help="of each target")
    parser.add_argument("--targets", nargs="*", default=list(names()), choices=names())
    parser.add_argument("--corpus", type=Path, help="a folder that is kept")
    parser.add_argument("--at-once", type=int, default=2)
    parser.add_argument("--max-bytes", type=int, default=4000)
    parser.add_argument("--seed", type=int, default=0, help="0: another one each time")


def run(args: argparse.Namespace) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="wirewatch-fuzz-") as temporary:
        home = args.corpus or Path(temporary)

        def one(name: str) -> Fuzzed:
            folder = home / name
            folder.mkdir(parents=True, exist_ok=True)
            seed = args.seed or random.randrange(1, 2**31)
            found = fuzz(
                name, folder, args.runs, seed=seed, most_bytes=args.max_bytes, seconds=_A_DAY
            )
            progress(f"{name}: {found.runs} runs, slowest {found.slowest_s:.3f} s {found.failure}")
            return found

        with ThreadPoolExecutor(args.at_once) as pool:
            found = dict(zip(args.targets, pool.map(one, args.targets), strict=True))
        peer = _peer(home / "feed" / "corpus") if "feed" in found else {}
    return {
        "runs": sum(each.runs for each in found.values()),
        "runs_by_target": {name: each.runs for name, each in found.items()},
        "failed": [name for name, each in found.items() if not each.well],
        "slowest_s": {name: round(each.slowest_s, 3) for name, each in found.items()},
        **peer,
    }


def _peer(corpus: Path) -> dict[str, Any]:
    failed = 0
    inputs = sorted(corpus.iterdir())
    for file in inputs:
        try:
            feedparser.parse(file.read_bytes())
        except Exception:  # noqa: BLE001 - that it raises is what is counted
            failed += 1
    return {"kept_feeds": len(inputs), "feedparser_alone_raises": failed}
